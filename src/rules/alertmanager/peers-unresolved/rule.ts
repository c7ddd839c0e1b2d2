// Peers that stay unknown long after the start.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "alertmanager/peers-unresolved",
  title:
    "Alertmanager's cluster peers do not resolve: the governing headless Service is missing or DNS fails",
  why: "Peers are found by names of the headless Service. During a rollout unresolved names are normal; when they last, the Service is gone, its endpoints are empty, the cluster domain is wrong, or replicas were reduced.",
  severity: "warning",
  component: "alertmanager",
  layer: "dns",
  nature: "cause",
  effect: "none",
  texts: [
    "Failed to resolve {peer}: lookup {name} on {resolver}: no such host",
    "msg=refresh result=failure addr={peer}",
    "unable to join gossip mesh",
  ],
  uses: ["kubernetes.services", "kubernetes.endpoints"],
  unconfirmed: "silent",
  confirm: (hit, facts) => {
    const service = facts["kubernetes.services"].some((entry) =>
      /alertmanager.*operated|alertmanager-headless/.test(entry.name),
    );
    const empty = facts["kubernetes.endpoints"].find(
      (entry) => /alertmanager/.test(entry.name) && entry.ready.length === 0,
    );
    if (empty) return { holds: true, proof: [empty.at] };
    if (
      facts["kubernetes.services"].length > 0 &&
      !service &&
      facts["kubernetes.services"].some((entry) => /alertmanager/.test(entry.name))
    )
      return { holds: true, certainty: "likely" };
    const times = hit.lines.flatMap((line) => (line.timeMs === undefined ? [] : [line.timeMs]));
    const spanMs = times.length > 1 ? Math.max(...times) - Math.min(...times) : 0;
    return spanMs > 10 * 60 * 1000 ? { holds: true, certainty: "likely" } : {};
  },
  says: ({ captures }) =>
    `Peer ${captures.peer ?? captures.name ?? "names"} cannot be resolved: the headless Service of the Alertmanager pods is missing or has no ready endpoints`,
  decideWith:
    "kubectl -n NAMESPACE get svc,endpoints alertmanager-operated; curl -s http://ALERTMANAGER:9093/metrics | grep alertmanager_cluster_members",
  references: ["https://github.com/prometheus/alertmanager/pull/1428"],
  fix: () => ({
    summary:
      "Restore the headless Service (or the pods behind it), then look at alertmanager_cluster_members",
    risk: "safe",
    steps: [{ do: "by-hand", title: "See what is there", command: "kubectl -n NAMESPACE get svc,endpoints" }],
  }),
});
