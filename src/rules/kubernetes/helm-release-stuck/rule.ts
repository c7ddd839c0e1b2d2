// Helm's own record of the release stands in the way.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/helm-release-stuck",
  title:
    "Helm refuses because of the state of the release: an operation was cut off, the name is taken, or the first install failed",
  why: "Helm keeps each revision as a Secret. A run that was killed leaves one in pending-install or pending-upgrade, and every later run answers that another operation is in progress. After a failed first install there is no deployed revision to upgrade from, and the name stays in use.",
  severity: "critical",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "none",
  phase: "config",
  from: "any",
  texts: [
    "another operation (install/upgrade/rollback) is in progress",
    "cannot re-use a name that is still in use",
    "has no deployed releases",
  ],
  says: ({ line }) => {
    const name = /"([\w.-]{1,80})" has no deployed/.exec(line.text)?.[1];
    return /another operation/.test(line.text)
      ? "A Helm run was cut off and its release stands in pending-install or pending-upgrade: every further run is refused (another operation is in progress)"
      : /re-use/.test(line.text)
        ? "The release name is in use already, by a release that may have failed: use helm upgrade --install, or uninstall it first"
        : `Release ${name ?? ""} has no revision that was ever deployed (its first install failed), so there is nothing to upgrade`;
  },
  decideWith: "helm list -a -n NAMESPACE",
  references: ["https://helm.sh/docs/helm/helm_rollback/"],
  fix: (finding) =>
    byHand(
      /pending/.test(finding.says)
        ? "helm history RELEASE, then helm rollback RELEASE REVISION to the last deployed one (a release that was never deployed: helm uninstall RELEASE); then run the upgrade again with --wait and a longer --timeout"
        : "helm uninstall RELEASE (look at helm list -a and at volumes first), then helm upgrade --install",
      "See the state of the release",
      "helm list -a -n NAMESPACE; helm history RELEASE -n NAMESPACE",
    ),
});
