// AlertmanagerConfig objects get a namespace matcher that their author did not write.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import { textAt } from "../../../stack/config-value.ts";
import { lineOf, objectsOf } from "../../../stack/monitors.ts";
import { repair } from "../../change-configuration.ts";
import { changeObject } from "../../change-object.ts";

export const rule = defineRule({
  id: "alertmanager/routes-match-own-namespace-only",
  title:
    "Routes of an AlertmanagerConfig match only alerts of its own namespace, so other alerts fall to the default receiver",
  why: 'With the default alertmanagerConfigMatcherStrategy OnNamespace the operator adds a matcher namespace="…" to every route of an AlertmanagerConfig. Alerts of other namespaces, and alerts without that label (Watchdog, node alerts), never reach it.',
  severity: "warning",
  component: "alertmanager",
  layer: "delivery",
  nature: "cause",
  effect: "no-data-out",
  needs: ["kubernetes.objects", "text.lines"],
  uses: ["config.documents"],
  texts: [
    "alerts only from …namespace",
    "not receiving alerts",
    "no notifications for …namespace",
    "not routed",
    "receiver is ignored",
    "is being ignored",
  ],
  decideWith:
    "kubectl -n NAMESPACE get secret alertmanager-NAME-generated -o jsonpath='{.data.alertmanager\\.yaml\\.gz}' | base64 -d | gunzip",
  references: ["https://prometheus-operator.dev/docs/developer/alerting/"],
  check(facts) {
    const findings: FindingDraft[] = [];
    const strict = objectsOf(facts, "Alertmanager").find(
      (object) =>
        (textAt(object.value, "spec", "alertmanagerConfigMatcherStrategy", "type") ?? "OnNamespace") ===
        "OnNamespace",
    );
    const said = facts["text.lines"].find(
      (line) =>
        line.stream === "note" &&
        /alert|receiver/i.test(line.text) &&
        /namespace|default receiver|not (received|sent|routed|delivered)|Watchdog|\bignored\b/i.test(
          line.text,
        ),
    );
    for (const object of objectsOf(facts, "AlertmanagerConfig")) {
      const generated = generatedRoute(facts["config.documents"], object.namespace, object.name);
      const place = strict ? lineOf(strict, "spec") : generated;
      if (!place || !said) continue;
      findings.push({
        subject: {
          kind: "object",
          id: `AlertmanagerConfig ${object.namespace ? `${object.namespace}/` : ""}${object.name}`,
        },
        says: `AlertmanagerConfig ${object.name} gets the matcher namespace="${object.namespace ?? "its own"}" (strategy OnNamespace): alerts of other namespaces are not routed by it`,
        proof: [place, object.at, { ...said.at, excerpt: said.text }],
        certainty: "likely",
      });
    }
    return findings;
  },
  fix: (_finding, facts) =>
    repair(
      "Route alerts by what the tenants wrote, without a matcher of their namespace (they then see all alerts)",
      "disruptive",
      objectsOf(facts, "Alertmanager").flatMap(({ namespace, name }) =>
        changeObject(
          facts,
          { kind: "Alertmanager", namespace, name },
          "Leave the routes as they are written",
          (value) =>
            textAt(value, "spec", "alertmanagerConfigMatcherStrategy", "type") === "None"
              ? []
              : [{ op: "set", path: ["spec", "alertmanagerConfigMatcherStrategy", "type"], value: "None" }],
        ),
      ),
    ) ?? {
      summary:
        "Set spec.alertmanagerConfigMatcherStrategy.type: None on the Alertmanager object (tenants then see all alerts)",
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title: "Patch the Alertmanager",
          command:
            'kubectl -n NAMESPACE patch alertmanager NAME --type merge -p \'{"spec":{"alertmanagerConfigMatcherStrategy":{"type":"None"}}}\'',
        },
      ],
    },
});

/** The configuration the operator generated, with the matcher it added to the route of this object. */
function generatedRoute(
  documents: readonly ConfigDocument[],
  namespace: string | undefined,
  name: string,
): Place | undefined {
  if (!namespace) return undefined;
  return documents.find(
    ({ kind, text }) =>
      kind === "alertmanager" &&
      text.includes(`receiver: ${namespace}/${name}/`) &&
      text.includes(`namespace="${namespace}"`),
  )?.at;
}
