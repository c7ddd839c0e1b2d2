// Without IP forwarding nothing gets into or out of a bridge.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "IPv4 forwarding is disabled. Networking will not work",
  "WARNING: IPv4 forwarding is disabled",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "docker/ip-forwarding-off",
  title:
    "IP forwarding is switched off on the Docker host (net.ipv4.ip_forward = 0), so containers have no network beyond their bridge",
  why: "Docker switches forwarding on when it starts; sysctl hardening or a restart of the network service sets it back to 0. Published ports and outbound connections then die, while containers of one bridge still reach each other.",
  severity: "critical",
  component: "docker",
  layer: "network",
  nature: "cause",
  effect: "host-down",
  phase: "run",
  needs: [],
  needsAny: ["text.lines", "host.settings"],
  uses: ["docker.containers", "docker.engines", "docker.networks"],
  texts,
  rivals: [
    { rule: "docker/iptables-chains-missing", tellApart: "there forwarding is on and the chains are gone" },
  ],
  decideWith: "sysctl net.ipv4.ip_forward",
  references: [
    "https://github.com/moby/moby/issues/27319",
    "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
  ],
  check(facts) {
    const setting = facts["host.settings"].findLast(
      (entry) => entry.name === "net.ipv4.ip_forward" && entry.container === undefined,
    );
    if (setting && setting.value.trim() !== "0") return [];
    const line = facts["text.lines"].findLast((entry) => matches(patterns, entry));
    const hasDocker =
      facts["docker.containers"].length + facts["docker.engines"].length + facts["docker.networks"].length >
      0;
    if (!line && !(setting && hasDocker)) return [];
    const host = setting?.host ?? line?.host ?? "host";
    const finding: FindingDraft = {
      subject: { kind: "host", id: host },
      says: `net.ipv4.ip_forward is 0 on ${host === "host" ? "the Docker host" : host}: IP forwarding is off, so published ports and outbound traffic of containers do not work`,
      proof: [...(setting ? [setting.at] : []), ...(line ? [{ ...line.at, excerpt: line.text }] : [])],
      certainty: "proven",
    };
    return [finding];
  },
  fix: () =>
    byHand(
      "sysctl -w net.ipv4.ip_forward=1 and net.ipv4.ip_forward=1 in /etc/sysctl.d/99-docker.conf (look for the file that sets 0)",
      "On the host",
      "sysctl -w net.ipv4.ip_forward=1",
      "safe",
    ),
});
