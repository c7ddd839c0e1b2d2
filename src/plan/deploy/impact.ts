// What a restart of a component means for those who read the data: how long nothing is scraped, and what could be lost.
import type { ContainerSpec } from "../../model/desired.ts";
import { itemsOf, type JsonRecord, textOf, valueAt } from "../../model/json-value.ts";
import type { DeployedKind } from "../../model/stack-file.ts";

/** Seconds a component usually takes until it answers again, without replay of a log. */
const startSeconds: Readonly<Record<DeployedKind, number>> = {
  prometheus: 10,
  alertmanager: 3,
  loki: 20,
  grafana: 10,
  "blackbox-exporter": 2,
  "node-exporter": 2,
  cadvisor: 4,
  alloy: 5,
  promtail: 3,
  "prometheus-agent": 5,
};

export function gapOf(kind: DeployedKind, intervalSeconds: number): string {
  const seconds = startSeconds[kind];
  const missed = Math.ceil(seconds / intervalSeconds);
  const samples = missed === 1 ? "1 sample" : `${missed} samples`;
  switch (kind) {
    case "prometheus":
      return `nothing is scraped for about ${seconds} s (${samples} of every target), longer while it replays its log`;
    case "loki":
      return `no log can be sent or read for about ${seconds} s; the agents keep the lines and send them again`;
    case "alertmanager":
      return `alerts wait about ${seconds} s in Prometheus`;
    case "grafana":
      return `dashboards are away for about ${seconds} s`;
    case "alloy":
    case "promtail":
      return `lines of the host wait about ${seconds} s and are read from where it stopped; ${samples} of its own metrics`;
    default:
      return `about ${seconds} s, up to ${samples} of ${kind} on this host`;
  }
}

/** Where the data lies would change: what was collected is not lost, but the new container does not see it. */
export function dataAtRisk(spec: ContainerSpec, inspect: JsonRecord | undefined): string | undefined {
  if (!inspect) return undefined;
  const had = new Map(
    itemsOf(inspect.Mounts).map((mount) => [
      textOf(valueAt(mount, "Destination")) ?? "",
      {
        source: textOf(valueAt(mount, "Source")) ?? "",
        name: textOf(valueAt(mount, "Name")),
        writable: valueAt(mount, "RW") === true,
      },
    ]),
  );
  for (const mount of spec.mounts.filter(({ readOnly }) => !readOnly)) {
    const old = had.get(mount.target);
    if (!old?.writable || old.source === mount.source || old.name === mount.source) continue;
    return `its data lies in ${old.name ?? old.source} now and would be left there: it starts empty in ${mount.source}. To keep it, set components.${spec.component}.data to ${old.name ?? old.source}`;
  }
  return undefined;
}
