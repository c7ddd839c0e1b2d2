// A CRD in the cluster still stores objects of a version that the new file does not know.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/crd-stored-version-dropped",
  title: "A CRD cannot be replaced: the cluster notes a stored version that the new definition no longer has",
  why: "status.storedVersions lists every version in which objects were ever stored. An older operator or agent left its CRD behind; the definition of the new chart lacks that version, and the API server refuses it so that no object becomes unreadable.",
  severity: "critical",
  component: "kubernetes",
  layer: "version",
  nature: "cause",
  effect: "none",
  phase: "schedule",
  from: "any",
  texts: ['status.storedVersions[{n}]: Invalid value: "{version}": must appear in spec.versions'],
  says: ({ line, captures }) =>
    `CRD ${/CustomResourceDefinition "([^"]+)"/.exec(line.text)?.[1] ?? "(not named)"} has ${captures.version ?? "an old version"} in status.storedVersions, and the new definition has no such version (must appear in spec.versions): an older chart left the CRD behind`,
  decideWith:
    "kubectl get crd NAME -o jsonpath='{.status.storedVersions} {.spec.versions[*].name}'; kubectl get KIND -A",
  references: [
    "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#upgrade-existing-objects-to-a-new-stored-version",
    "https://github.com/grafana/alloy/issues/765",
  ],
  fix: () =>
    byHand(
      "Where no object of the kind is needed, delete the old CRD and install again; otherwise migrate the objects, then take the version out of status.storedVersions (kubectl patch --subresource=status)",
      "In the cluster, after a look at what exists of the kind",
      "kubectl get KIND -A",
      "destructive",
    ),
});
