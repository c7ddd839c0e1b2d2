// The image asks for API versions that this cluster does not serve.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kube-state-metrics/api-not-served",
  title:
    "kube-state-metrics asks for an API version that the cluster does not serve (their versions do not fit)",
  why: "Each kube-state-metrics release is built against one client-go. On a newer cluster its old API versions (v1beta1 Ingress, CronJob, PodDisruptionBudget) are gone, on an older one its new versions are not there yet: those kinds are missing, and old releases hang as a whole.",
  severity: "warning",
  component: "kube-state-metrics",
  layer: "version",
  nature: "cause",
  effect: "no-data-in",
  from: ["kube-state-metrics", "kubernetes"],
  texts: [
    "Failed to list *{kind}: the server could not find the requested resource",
    "Failed to watch *{kind}: failed to list *{same}: the server could not find the requested resource",
    "Failed to watch *{kind}: the server could not find the requested resource",
  ],
  confirm: (hit, facts) => {
    const { component: writer, at, text } = hit.line;
    // a quoted line has no writer: the sentences around it name one
    const isNamed =
      /kube-state-metrics/.test(text) ||
      (writer === undefined &&
        facts["text.lines"].some(
          (line) =>
            line.stream === "note" && line.at.source === at.source && /kube-?state-?metrics/i.test(line.text),
        ));
    if (writer !== "kube-state-metrics" && !isNamed) return { holds: false };
    const kinds = [
      ...new Set(
        hit.lines.map((line) => line.text.match(/\*(v\w+\.\w+)/)?.[1]).filter((kind) => kind !== undefined),
      ),
    ];
    const optional = kinds.length === 1 && /alpha|VerticalPodAutoscaler/.test(kinds[0] ?? "");
    if (optional) return { holds: false };
    const version = hit.component?.version;
    return {
      holds: true,
      says: `kube-state-metrics${version ? ` ${version}` : ""} lists ${kinds.join(", ")}, which this cluster does not serve: image and cluster version do not fit`,
    };
  },
  says: ({ line }) => line.text,
  rivals: [{ rule: "kube-state-metrics/listing-forbidden", tellApart: "there the answer is forbidden" }],
  decideWith: "kubectl api-versions; kubectl version",
  references: [
    "https://github.com/kubernetes/kube-state-metrics#compatibility-matrix",
    "https://github.com/kubernetes/kube-state-metrics/issues/295",
  ],
  fix: () => ({
    summary:
      "Use the kube-state-metrics release that the compatibility matrix names for the cluster's version",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Compare",
        command: "kubectl version; kubectl get deploy -A -o wide | grep kube-state-metrics",
      },
    ],
  }),
});
