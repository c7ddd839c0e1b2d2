// A line in /etc/hosts wins over DNS, also years after the machine has moved.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Setting } from "../../../model/host.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { isLoopback } from "../../../stack/subnets.ts";
import { byHand } from "../../by-hand.ts";
import { repair } from "../../change-configuration.ts";
import { addressOf } from "../../change-running.ts";
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
  fix: (finding, facts) =>
    repair("Correct the address, and start the containers that got a copy of the file again", "disruptive", [
      ...correct(finding, facts),
    ]) ??
    byHand(
      "Correct or remove the line, then restart the containers that got a copy of the file",
      `Correct ${finding.subject.id}`,
      "getent ahosts NAME",
    ),
});

type Needed = Pick<Facts, "host.settings" | "host.addresses">;

/** Only where the machine has one address to the outside: of several, which one is meant is not known. */
function correct({ says }: FindingDraft, facts: Needed): readonly Step[] {
  const [, host, name, wrong] = /^\/etc\/hosts of (\S+) says that (\S+) is (\S+),/.exec(says) ?? [];
  if (host === undefined || name === undefined || wrong === undefined) return [];
  const isWrong = (one: Setting): boolean =>
    one.host === host && one.name === `hosts ${name}` && one.value === wrong;
  const entry = facts["host.settings"].find((one) => isWrong(one) && one.container === undefined);
  const machine = facts["host.addresses"].find(
    (one) =>
      one.container === undefined && one.host !== undefined && one.host !== host && isNamed(one.host, name),
  )?.host;
  const address = machine === undefined ? undefined : addressOf(machine, name, facts);
  const { written, at } = entry ?? {};
  if (address === undefined || at?.line === undefined || !written?.trimStart().startsWith(wrong)) return [];
  // A line that names other machines as well is not about this one alone.
  const names = written.trim().split("#")[0]?.trim().split(/\s+/).slice(1) ?? [];
  if (!names.every((one) => isNamed(name, one) || isNamed(one, name))) return [];
  const copies = facts["host.settings"].flatMap((one) => (isWrong(one) ? (one.container ?? []) : []));
  return [
    {
      do: "replace-lines",
      title: `Let /etc/hosts of ${host} give ${name} the address ${address}`,
      file: { source: at.source, line: at.line },
      from: at.line,
      to: at.line,
      expect: written,
      replacement: written.replace(wrong, address),
      live: { kind: "file", host, path: "/etc/hosts" },
    },
    ...[...new Set(copies)].map(
      (container): Step => ({
        do: "restart",
        title: `Let ${container} get the corrected file`,
        what: { kind: "container", host, name: container },
      }),
    ),
  ];
}

function isNamed(host: string, name: string): boolean {
  return host === name || host.split(".")[0] === name.split(".")[0];
}
