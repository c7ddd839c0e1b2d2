// One data directory serves one process; replicas that share a volume fight for its lock.

import { ownerOf, repair } from "../../change-configuration.ts";
import { runOne } from "../../change-object.ts";
import { mentionsReplicas, sharedVolumeOwners } from "../../lock-holders.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/lock-held-by-second-replica",
  title: "Several Prometheus replicas share one data volume; only one can hold the TSDB lock",
  why: "The data directory is locked by the process that uses it. With more than one replica on the same volume exactly one works and the others end with `resource temporarily unavailable`; on a network volume they may even damage the data.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: ["lock DB directory: resource temporarily unavailable", "Locked by other process"],
  uses: ["kubernetes.objects", "kubernetes.workloads", "kubernetes.pods", "config.documents"],
  unconfirmed: "possible",
  confirm: (hit, facts) => {
    const shared = sharedVolumeOwners(hit.component, facts);
    if (shared)
      return {
        holds: shared.replicas > 1,
        proof: [shared.at],
        says: `${shared.replicas} replicas of ${shared.name} share one volume; the lock of its data directory can be held by one only`,
      };
    return mentionsReplicas(facts["text.lines"]) ?? {};
  },
  says: () => "Another Prometheus process holds the lock of this data directory",
  rivals: [
    {
      rule: "prometheus/lock-held-by-old-pod",
      tellApart: "there one replica is wanted and two ReplicaSets overlap during a rolling update",
    },
    {
      rule: "prometheus/file-locking-unsupported",
      tellApart: "there no second process exists and the volume is NFS or SMB",
      decideWith: "findmnt -T DATA_DIRECTORY",
    },
  ],
  decideWith: "kubectl -n NAMESPACE get pods,pvc -o wide   # how many pods use the claim?",
  references: [
    "https://github.com/prometheus-community/helm-charts/issues/2894",
    "https://github.com/prometheus/prometheus/issues/8308",
  ],
  fix: (finding, facts, stack) =>
    repair(
      "Run one Prometheus on the volume",
      "disruptive",
      runOne(facts, ownerOf(finding, stack)?.workload, "Run one Prometheus on the volume"),
    ) ?? {
      summary:
        "Run one replica per volume: replicas 1, or a StatefulSet with one claim each (chart: server.statefulSet.enabled=true)",
      risk: "disruptive",
      steps: [
        {
          do: "by-hand",
          title: "Scale to one replica",
          command: "kubectl -n NAMESPACE scale deployment PROMETHEUS --replicas=1",
        },
      ],
    },
});
