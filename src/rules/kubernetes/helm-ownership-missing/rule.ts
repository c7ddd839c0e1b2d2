// An object exists already and belongs to nobody, or to another release.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/helm-ownership-missing",
  title:
    "Helm refuses the release because an object exists that it does not own (invalid ownership metadata)",
  why: "Helm takes over an existing object only if its label app.kubernetes.io/managed-by and the annotations meta.helm.sh/release-name and release-namespace name this release. Objects made by kubectl, by a hook, by another release or left over after an uninstall (CRDs, ClusterRoles) stop the whole upgrade.",
  severity: "critical",
  component: "kubernetes",
  layer: "admission",
  nature: "cause",
  effect: "none",
  from: "any",
  texts: [
    "invalid ownership metadata; {detail*}",
    "cannot be imported into the current release: invalid ownership metadata",
  ],
  says: ({ line }) => {
    const [, kind, name, namespace] =
      /(\w+) \\?"([^"\\]+)\\?" in namespace \\?"([^"\\]*)\\?" exists and cannot be imported/.exec(
        line.text,
      ) ?? [];
    const owner = /current value is \\?"([^"\\]*)\\?"/.exec(line.text)?.[1];
    return `${kind ?? "An object"} ${name ?? ""}${namespace ? ` in namespace ${namespace}` : ""} exists and is not Helm's for this release (invalid ownership metadata${owner ? `: it belongs to release ${owner}` : ": label managed-by or annotation release-name is missing"})`;
  },
  subject: (hit) => ({
    kind: "object",
    id:
      /\w+ \\?"[^"\\]+\\?" in namespace/.exec(hit.line.text)?.[0].replace(/\\|"| in namespace/g, "") ??
      "object",
  }),
  decideWith: "kubectl get KIND NAME -o jsonpath='{.metadata.labels}{.metadata.annotations}'",
  references: [
    "https://helm.sh/docs/helm/helm_upgrade/",
    "https://github.com/grafana/k8s-monitoring-helm/issues/1964",
  ],
  fix: () =>
    byHand(
      "helm upgrade --install … --take-ownership (Helm 3.17 and newer) once; before: kubectl label … app.kubernetes.io/managed-by=Helm and kubectl annotate … meta.helm.sh/release-name=RELEASE meta.helm.sh/release-namespace=NAMESPACE; or delete the left-over object",
      "Hand the object over",
      "helm upgrade --install RELEASE CHART --take-ownership",
    ),
});
