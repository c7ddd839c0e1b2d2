// The engine itself does not run: its containers are gone from the network, and asking it fails.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { SystemdUnit } from "../../../model/host.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { failing, namesOf } from "../../failing-towards.ts";

export const rule = defineRule({
  id: "docker/daemon-stopped",
  title: "The Docker engine of a host is stopped, so its containers do not run",
  why: "Stopping docker.service ends every container whose engine has no live-restore, and a socket-activated engine starts again only when docker.socket listens. Exporters on that host are refused although nothing is wrong with them, with the network or with the firewall.",
  severity: "critical",
  component: "docker",
  layer: "runtime",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: ["host.units"],
  uses: ["docker.containers", "docker.engines", "prometheus.targets", "host.dials", "host.addresses"],
  explains: [
    {
      rule: "host/nothing-listens",
      via: "anything",
      mechanism: "what would listen is a container of the stopped engine",
    },
  ],
  rivals: [
    {
      rule: "host/nothing-listens",
      tellApart: "there the engine runs and the program is missing or bound elsewhere",
    },
  ],
  decideWith: "systemctl status docker.service docker.socket; journalctl -u docker.service -n 50",
  references: [
    "https://docs.docker.com/engine/daemon/live-restore/",
    "https://docs.docker.com/engine/daemon/troubleshoot/",
  ],
  check(facts) {
    return facts["host.units"].flatMap((unit): FindingDraft[] => {
      if (unit.name !== "docker.service" || (unit.active !== "inactive" && unit.active !== "failed"))
        return [];
      if (unit.host === undefined || hasContainers(unit.host, facts) || usesPodman(unit.host, facts))
        return [];
      if (facts["host.units"].find((other) => isSame(other, unit)) !== unit) return [];
      const names = namesOf(unit.host, facts);
      const missed = failing(facts).filter(({ host }) => names.has(host));
      // Nobody misses an engine that is switched off on purpose.
      if (unit.active === "inactive" && missed.length === 0) return [];
      return [
        {
          subject: { kind: "host", id: unit.host },
          says: `docker.service of ${unit.host} is ${unit.active}${unit.result ? ` (${unit.result})` : ""}: its containers do not run${missed.length > 0 ? ", and connections to the host fail" : ""}`,
          proof: [unit.at, ...missed.slice(0, 2).map(({ at }) => at)],
          certainty: "proven",
          concerns: [...names],
        },
      ];
    });
  },
  fix: (finding, facts) => {
    const host = finding.subject.id;
    const summary =
      "Start the engine, and enable it so that it comes back after a reboot: systemctl enable --now docker.socket docker.service; containers without a restart policy have to be started, too";
    const unit = facts["host.units"].find((one) => one.host === host && one.name === "docker.service");
    // What has failed to start says why in its journal, and fails again.
    if (unit?.active !== "inactive")
      return byHand(
        summary,
        `Start Docker on ${host}`,
        "journalctl -u docker.service -n 50; systemctl enable --now docker.socket docker.service && docker ps -a",
      );
    return {
      summary,
      risk: "disruptive",
      steps: [
        {
          do: "restart",
          title: `Start the engine of ${host}`,
          what: { kind: "unit", host, name: "docker.service" },
        },
      ],
    };
  },
});

/** Its state stands in the list of units and in what was asked of it alone. */
function isSame(one: SystemdUnit, other: SystemdUnit): boolean {
  return one.host === other.host && one.name === other.name && one.active === other.active;
}

/** Its containers belong to another engine, which answered. */
function usesPodman(host: string, facts: Pick<Facts, "docker.engines">): boolean {
  return facts["docker.engines"].some((engine) => engine.host === host && engine.isPodman === true);
}

function hasContainers(host: string, facts: Pick<Facts, "docker.containers">): boolean {
  return facts["docker.containers"].some(
    (container) => container.host === host && container.origin === "running" && container.state === "running",
  );
}
