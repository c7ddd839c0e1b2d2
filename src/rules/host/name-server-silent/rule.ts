// The name server a machine asks does not answer: every look-up fails, which is not the answer that there is no such name.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Dial, Setting } from "../../../model/host.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "host/name-server-silent",
  title: "A name server that a machine is told to ask does not answer, so no name resolves there",
  why: "A resolver that gets no answer waits, asks again and gives up after 5 to 30 seconds; programs with shorter time-outs only say that the deadline is exceeded. `No such host` would be an answer. Containers in host mode, and Docker's own name server, use what /etc/resolv.conf said when they were started.",
  severity: "critical",
  component: "host",
  layer: "dns",
  nature: "cause",
  effect: "host-down",
  phase: "run",
  needs: ["host.dials", "host.settings"],
  rivals: [
    {
      rule: "docker/no-shared-network",
      tellApart: "there the name server answers, and says that the name does not exist",
    },
    { rule: "host/hosts-entry-outdated", tellApart: "there no name server is asked" },
  ],
  decideWith: "cat /etc/resolv.conf; dig +time=2 +tries=1 @SERVER NAME",
  references: [
    "https://man7.org/linux/man-pages/man5/resolv.conf.5.html",
    "https://pkg.go.dev/net#hdr-Name_Resolution",
  ],
  check(facts) {
    const found = new Map<string, FindingDraft>();
    for (const dial of facts["host.dials"]) {
      const server = dial.resolver?.replace(/[:#]53$/, "").replace(/^\[|\]$/g, "");
      if (server === undefined || server === "127.0.0.11" || found.has(server)) continue;
      if (!isSilence(dial) || answers(server, facts)) continue;
      const configured = settingOf(server, dial, facts);
      // a server that no machine is told to ask may be a cluster's own, or a guess of the person who asked
      if (configured === undefined || dial.fromPod !== undefined) continue;
      const where = dial.fromHost ?? configured.host;
      found.set(server, {
        subject: { kind: "network", id: `name server ${server}` },
        says: `${server}, the name server of ${where ?? "this machine"}, does not answer a question for ${dial.targetHost ?? dial.target}: no name resolves there`,
        proof: [dial.at, configured.at],
        certainty: "proven",
        concerns: [server, ...(where === undefined ? [] : [where])],
        ...(dial.timeMs === undefined ? {} : { timeMs: dial.timeMs }),
      });
    }
    return [...found.values()];
  },
  fix: (finding) =>
    byHand(
      "Name a server that answers in /etc/resolv.conf (or where it is made: netplan, NetworkManager, systemd-resolved, DHCP), or start the one that is named; then restart containers that were started with the old file",
      "Ask the server from that machine",
      `dig +time=2 +tries=1 @${finding.subject.id.replace(/^name server /, "")} localhost`,
    ),
});

/** Only what asked this server itself: `cannot resolve` is said of a missing name, too. */
function isSilence({ outcome, tool, error }: Dial): boolean {
  if (tool === "log")
    return /i\/o timeout|connection refused|no route to host|network is unreachable/i.test(error ?? "");
  return (
    outcome === "timeout" ||
    outcome === "refused" ||
    outcome === "no-route" ||
    outcome === "network-unreachable"
  );
}

/** One answer, to whomever, shows that the server lives. */
function answers(server: string, facts: Pick<Facts, "host.dials">): boolean {
  return facts["host.dials"].some(
    ({ resolver, outcome, tool }) =>
      tool !== "log" && isAt(server, resolver) && (outcome === "connected" || outcome === "nxdomain"),
  );
}

/** `10.0.0.5#53` is asked where 10.0.0.5 stands, 10.0.0.53 is not. */
function isAt(server: string, resolver: string | undefined): boolean {
  return (
    resolver === server || /^[#:]\d+$/.test(resolver?.startsWith(server) ? resolver.slice(server.length) : "")
  );
}

function settingOf(server: string, dial: Dial, facts: Pick<Facts, "host.settings">): Setting | undefined {
  const own = facts["host.settings"].filter(
    ({ name, value }) => name === "resolv.conf nameserver" && value === server,
  );
  return own.find(({ host }) => host !== undefined && host === dial.fromHost) ?? own[0];
}
