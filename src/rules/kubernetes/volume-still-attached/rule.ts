// A ReadWriteOnce volume is held by a pod on another node.
import { podName } from "../../pod-state.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/volume-still-attached",
  title:
    "The new pod waits for a ReadWriteOnce volume that is still attached to another node (Multi-Attach error)",
  why: "A ReadWriteOnce volume can be attached to one node. In a rolling update of a Deployment the new pod starts on another node while the old one still runs and holds the volume: neither gives way. After a node failure the volume stays attached until the old pod is really gone.",
  severity: "critical",
  component: "kubernetes",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "volume",
  from: "any",
  texts: [
    'Multi-Attach error for volume "{volume}" Volume is already used by pod(s) {pods*}',
    'Multi-Attach error for volume "{volume}" Volume is already exclusively attached to one node and can\'t be attached to another',
    'Multi-Attach error for volume "{volume}"',
  ],
  recoveredBy: ['AttachVolume.Attach succeeded for volume "{volume}"'],
  uses: ["kubernetes.pods", "kubernetes.nodes", "kubernetes.workloads"],
  confirm: (hit, facts) => {
    const holders = hit.captures.pods?.split(/[,\s]+/).filter(Boolean) ?? [];
    const lost = facts["kubernetes.nodes"].find((node) => node.ready === false);
    const holder = facts["kubernetes.pods"].find((pod) => holders.includes(pod.name));
    const leaving = holder && (holder.deleting || holder.statusText === "Terminating");
    if (lost) return { holds: false };
    const base = `Volume ${hit.captures.volume} (ReadWriteOnce) is still attached for pod ${holder ? podName(holder) : (holders[0] ?? "of another node")}`;
    const rolling = facts["kubernetes.workloads"].find(
      (entry) => entry.kind === "Deployment" && entry.updateStrategy === "RollingUpdate",
    );
    return {
      holds: true,
      proof: [...(holder ? [holder.at] : []), ...(rolling ? [rolling.at] : [])],
      says: leaving
        ? `${base}, which is Terminating; the new pod waits until it is gone`
        : `${base}${holders.length > 0 ? ", the old pod of the rolling update" : ""}: the new pod on another node cannot have it (Multi-Attach); a Deployment with such a volume needs strategy Recreate`,
    };
  },
  says: ({ captures }) => `Volume ${captures.volume} is still attached to another node`,
  rivals: [
    {
      rule: "kubernetes/node-not-ready",
      tellApart: "there the old pod is Terminating on a node that does not answer",
    },
    {
      rule: "prometheus/lock-held-by-old-pod",
      tellApart: "on the same node the volume can be shared, and the lock fails instead",
    },
  ],
  decideWith: "kubectl get volumeattachment; kubectl -n NAMESPACE get pods -o wide",
  references: [
    "https://github.com/prometheus-community/helm-charts/issues/655",
    "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy",
  ],
  fix: () => ({
    summary:
      "Set the Deployment's strategy to Recreate (chart: server.strategy.type: Recreate, deploymentStrategy.type: Recreate), or use a StatefulSet; now delete the old pod so that the volume is released",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Let the old pod go before the new one starts",
        command: `kubectl -n NAMESPACE patch deployment NAME --type merge -p '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}'`,
      },
    ],
  }),
});
