// An expression of a template engine that nobody rendered stands in the object as plain text.
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";

const expression =
  /\{\{-?\s{0,5}(?:\.Values|\.Release|\.Chart|include\s|lookup\s|ansible_|hostvars|item\b)[^}]{0,200}\}\}/;

export const rule = defineRule({
  id: "kubernetes/template-unrendered",
  title: "An object carries an unrendered template expression as plain text",
  why: "A manifest with Helm expressions was applied with kubectl, or an inner template was quoted twice: the expression became the value. An annotation such as checksum/config then never changes, so that a new configuration does not roll the pods.",
  severity: "notice",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "none",
  needs: [],
  needsAny: ["kubernetes.pods", "kubernetes.workloads"],
  decideWith: "kubectl -n NAMESPACE get WORKLOAD NAME -o yaml | grep -n '{{'",
  references: ["https://helm.sh/docs/howto/charts_tips_and_tricks/#automatically-roll-deployments"],
  check(facts) {
    const found = new Map<string, FindingDraft>();
    const look = (id: string, at: Place, values: Readonly<Record<string, string>> | undefined): void => {
      for (const [key, value] of Object.entries(values ?? {})) {
        const text = expression.exec(value.slice(0, 2_000))?.[0];
        if (!text || found.has(id)) continue;
        found.set(id, {
          subject: { kind: "object", id },
          says: `${id}: ${key} is the text ${text}, a template expression nobody rendered`,
          proof: [at],
          certainty: "proven",
        });
      }
    };
    for (const pod of facts["kubernetes.pods"])
      if (pod.origin === "live") look(`Pod ${pod.name}`, pod.at, { ...pod.labels, ...pod.annotations });
    for (const workload of facts["kubernetes.workloads"])
      if (workload.origin === "live")
        look(`${workload.kind} ${workload.name}`, workload.at, {
          ...workload.labels,
          ...workload.templateLabels,
          ...workload.templateAnnotations,
        });
    return [...found.values()];
  },
  fix: (finding) => ({
    summary: "Apply the rendered manifest (helm template … | kubectl apply -f -), or write the value itself",
    risk: "safe",
    steps: [{ do: "by-hand", title: `Render the value in ${finding.subject.id}` }],
  }),
});
