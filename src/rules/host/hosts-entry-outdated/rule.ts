// A line in /etc/hosts wins over DNS, also years after the machine has moved.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { isLoopback } from "../../../stack/subnets.ts";
import { byHand } from "../../by-hand.ts";
import { failing, namesOf } from "../../failing-towards.ts";

export const rule = defineRule({
  id: "host/hosts-entry-outdated",
  title: "A line in /etc/hosts gives a machine an address that it does not have",
  why: "The resolver reads /etc/hosts before it asks DNS, and containers in host mode get a copy. A line for a machine that has moved sends every connection by its name to an address that nobody or somebody else has, while DNS, dig and nslookup show the right one.",
  severity: "critical",
  component: "host",
  layer: "dns",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: ["host.settings"],
  uses: ["host.addresses", "prometheus.targets", "host.dials"],
  rivals: [
    {
      rule: "host/firewall-blocks-port",
      tellApart: "there the name leads to the right machine and its firewall answers or drops",
    },
  ],
  decideWith: "getent ahosts NAME; grep NAME /etc/hosts; on the machine itself: ip -br addr",
  references: ["https://man7.org/linux/man-pages/man5/hosts.5.html"],
  check(facts) {
    const failed = failing(facts);
    const found = new Map<string, FindingDraft>();
    for (const entry of facts["host.settings"]) {
      const name = /^hosts (\S+)$/.exec(entry.name)?.[1];
      const address = String(entry.value);
      if (!name || entry.host === undefined || isLoopback(address)) continue;
      const machine = facts["host.addresses"].find(
        ({ host, container }) =>
          container === undefined && host !== undefined && host !== entry.host && isNamed(host, name),
      );
      const missed = failed.find(({ host }) => host === name);
      // An address that is mapped on its way (NAT, a floating one) is on no interface, and works.
      if (machine?.host === undefined || missed === undefined) continue;
      const own = namesOf(machine.host, facts);
      const key = `${entry.host} ${name}`;
      if (own.has(address) || found.has(key)) continue;
      found.set(key, {
        subject: { kind: "file", id: `${entry.host}:/etc/hosts` },
        says: `/etc/hosts of ${entry.host} says that ${name} is ${address}, and ${name} itself has ${[...own].filter((each) => /^[\d.]+$/.test(each) && !isLoopback(each)).join(", ")}`,
        proof: [entry.at, machine.at, missed.at],
        certainty: "proven",
        concerns: [name, machine.host],
      });
    }
    return [...found.values()];
  },
  fix: (finding) =>
    byHand(
      "Correct or remove the line, then restart the containers that got a copy of the file",
      `Correct ${finding.subject.id}`,
      "getent ahosts NAME",
    ),
});

function isNamed(host: string, name: string): boolean {
  return host === name || host.split(".")[0] === name.split(".")[0];
}
