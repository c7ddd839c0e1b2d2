// The old pod holds a ReadWriteOnce volume that the new pod on another node needs.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/volume-still-attached",
  title:
    "A ReadWriteOnce volume is still attached to the node of the old pod, so the new pod cannot start (Multi-Attach)",
  why: "A rolling update of a Deployment starts the new pod first. On another node it cannot attach a ReadWriteOnce volume that the old pod still uses. After a node was lost, the attachment stays for about six minutes.",
  severity: "critical",
  component: "kubernetes",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "volume",
  from: "any",
  texts: [
    "Multi-Attach error for volume {volume}",
    "Volume is already used by pod(s) {pods*}",
    "Volume is already exclusively attached to one node",
  ],
  says: ({ line, captures }) =>
    `Volume ${captures.volume?.replace(/[\\"]/g, "") ?? ""} is still attached elsewhere${line.text.match(/used by pod\(s\) (\S+)/)?.[1] ? ` (used by ${line.text.match(/used by pod\(s\) (\S+)/)?.[1]})` : ""}: the old pod still holds the ReadWriteOnce volume (rolling update, or its node was lost)`,
  decideWith: "kubectl -n NAMESPACE get pods -o wide; kubectl get volumeattachment",
  references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes"],
  fix: () => ({
    summary:
      "Use strategy Recreate (chart: deploymentStrategy.type) so that the old pod ends first; after a lost node wait, or taint it out-of-service",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Change the strategy",
        command:
          'kubectl -n NAMESPACE patch deployment NAME -p \'{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}\'',
      },
    ],
  }),
});
