// Server-side apply: two managers want the same field.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/apply-conflict",
  title: "Server-side apply is refused because another manager (helm, a GitOps controller) owns the fields",
  why: "With kubectl apply --server-side each field belongs to the manager that set it. CRDs that Helm, Flux or Argo CD installed belong to them; kubectl (or a CRD upgrade job) that sets .spec.versions or the version annotations is a second manager, and the API server answers 409 conflict and changes nothing.",
  severity: "warning",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "none",
  phase: "config",
  from: "any",
  texts: ["Apply failed with {count#} conflict: {rest*}", "Apply failed with {count#} conflicts: {rest*}"],
  says: ({ line, captures }) => {
    const manager = /conflicts? with \\*"([^"\\]{1,80})/.exec(line.text)?.[1] ?? "another manager";
    const kind = /using ([\w./-]{1,80})/.exec(line.text)?.[1];
    return `Nothing was applied: ${captures.count} field${captures.count === "1" ? "" : "s"}${kind ? ` of ${kind}` : ""} belong to the field manager ${manager}; take them over with --force-conflicts, or let ${manager} make the change`;
  },
  decideWith: "kubectl get crd NAME -o yaml --show-managed-fields | grep manager:",
  references: ["https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts"],
  fix: (finding) =>
    byHand(
      `kubectl apply --server-side --force-conflicts -f FILE: kubectl becomes the manager of these fields (right for CRDs that Helm installed once and never upgrades). Where ${/field manager ([\w.-]+)/.exec(finding.says)?.[1] ?? "the manager"} keeps them in step, change its source instead`,
      "Apply the CRDs again",
      "kubectl apply --server-side --force-conflicts -f FILE",
      "safe",
    ),
});
