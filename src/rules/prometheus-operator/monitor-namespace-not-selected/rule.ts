// The Prometheus object (or the operator) looks for monitors in other namespaces only.

import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { KubernetesObject } from "../../../model/kubernetes.ts";
import type { Place } from "../../../model/place.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Stack } from "../../../model/stack.ts";
import { valueAt } from "../../../stack/config-value.ts";
import { labelsOf, lacking, lineOf, monitorKinds, objectsOf, selectorAt } from "../../../stack/monitors.ts";
import { byHand } from "../../by-hand.ts";
import { repair } from "../../change-configuration.ts";
import { changeObject, type ObjectFacts } from "../../change-object.ts";
import { splitName } from "../../change-selector.ts";

export const rule = defineRule({
  id: "prometheus-operator/monitor-namespace-not-selected",
  title: "The namespace of a monitor or rule object is not selected, so the operator ignores the object",
  why: "serviceMonitorNamespaceSelector (and its siblings for pods, probes and rules) selects namespaces by their labels; left out, only the Prometheus object's own namespace counts. The operator's --namespaces flag narrows it once more. Objects elsewhere are ignored without a word. A namespaceSelector that is indented below selector is no namespaceSelector.",
  severity: "warning",
  component: "prometheus-operator",
  layer: "discovery",
  nature: "cause",
  effect: "no-data-in",
  needs: ["kubernetes.objects"],
  uses: ["config.documents"],
  rivals: [
    {
      rule: "prometheus-operator/monitor-lacks-selected-label",
      tellApart: "there the object's own labels do not fit",
    },
    {
      rule: "prometheus/discovery-forbidden",
      tellApart: "there the object is taken and RBAC errors are logged",
    },
  ],
  decideWith:
    "kubectl get prometheus -A -o jsonpath='{.items[*].spec.serviceMonitorNamespaceSelector}'; kubectl get ns --show-labels",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/blob/main/Documentation/platform/troubleshooting.md",
  ],
  check(facts, stack) {
    const [server, second] = objectsOf(facts, "Prometheus");
    const only = second === undefined ? server : undefined;
    return Object.entries(monitorKinds).flatMap(([kind, selector]) =>
      objectsOf(facts, kind).flatMap((monitor): FindingDraft[] => {
        const problem =
          indented(monitor) ??
          (monitor.namespace
            ? (byFlag(monitor.namespace, stack) ??
              (only &&
                bySelector(
                  facts,
                  only,
                  monitor.namespace,
                  selector.replace("Selector", "NamespaceSelector"),
                )))
            : undefined);
        if (!problem) return [];
        const id = `${kind} ${monitor.namespace ? `${monitor.namespace}/` : ""}${monitor.name}`;
        return [
          {
            subject: { kind: "object", id },
            says: `${id} is ignored: ${problem.says}`,
            proof: [problem.at, monitor.at],
            certainty: "proven",
          },
        ];
      }),
    );
  },
  fix: (finding, facts) =>
    repair(
      finding.says.includes("indented")
        ? "Move namespaceSelector beside selector"
        : "Label the namespace as Prometheus selects it",
      "safe",
      finding.says.includes("indented") ? outdent(finding, facts) : labelNamespace(finding, facts),
    ) ??
    (finding.says.includes("indented")
      ? byHand(
          "Move namespaceSelector one level up, beside selector",
          "In the monitor's spec",
          undefined,
          "safe",
        )
      : byHand(
          "Label the namespace as the selector wants it, or select all of them: serviceMonitorNamespaceSelector: {} (kube-prometheus-stack: prometheus.prometheusSpec.serviceMonitorNamespaceSelector), and widen the operator's --namespaces",
          "In the Prometheus object or the chart's values",
          undefined,
          "safe",
        )),
});

interface Problem {
  readonly says: string;
  readonly at: Place;
}

function indented(monitor: KubernetesObject): Problem | undefined {
  if (valueAt(monitor.value, "spec", "selector", "namespaceSelector") === undefined) return undefined;
  return {
    says: "namespaceSelector is indented below selector, where it has no meaning; it belongs beside it",
    at: lineOf(monitor, "spec", "selector", "namespaceSelector"),
  };
}

function byFlag(namespace: string, stack: Stack): Problem | undefined {
  const operator = stack.components.find(({ kind }) => kind === "prometheus-operator");
  const flag = operator?.args.find(({ text }) => /^--?namespaces=\S/.test(text));
  const names = flag?.text.replace(/^[^=]*=/, "").split(",");
  if (!flag || !names || names.includes(namespace)) return undefined;
  return { says: `the operator watches only ${names.join(", ")} (${flag.text})`, at: flag.at };
}

function bySelector(
  facts: Pick<Facts, "kubernetes.objects">,
  server: KubernetesObject,
  namespace: string,
  key: string,
): Problem | undefined {
  if (server.namespace === namespace) return undefined;
  const id = `Prometheus ${server.namespace ? `${server.namespace}/` : ""}${server.name}`;
  const selector = selectorAt(server, "spec", key);
  if (!selector) {
    // only what the API server answered shows all that is set
    const isWhole = valueAt(server.value, "metadata", "uid") !== undefined;
    if (!isWhole || valueAt(server.value, "spec") === undefined || server.namespace === undefined)
      return undefined;
    return {
      says: `${id} has no ${key}, so only its own namespace ${server.namespace} counts, not ${namespace}`,
      at: lineOf(server, "spec"),
    };
  }
  if (selector.hasExpressions) return undefined;
  const object = objectsOf(facts, "Namespace").find(({ name }) => name === namespace);
  // every namespace has this label by itself
  const labels = { ...(object ? labelsOf(object) : {}), "kubernetes.io/metadata.name": namespace };
  const missing = lacking(selector, labels);
  const isKnown =
    object !== undefined || missing.every((pair) => pair.startsWith("kubernetes.io/metadata.name="));
  if (missing.length === 0 || !isKnown) return undefined;
  return {
    says: `${id} selects namespaces with ${missing.join(", ")} (${key}), which ${namespace} lacks`,
    at: selector.at,
  };
}

function outdent({ subject }: FindingDraft, facts: ObjectFacts): readonly Step[] {
  const [kind = "", id = ""] = subject.id.split(" ");
  return changeObject(facts, { kind, ...splitName(id) }, "Move namespaceSelector one level up", (value) => {
    const stands = valueAt(value, "spec", "selector", "namespaceSelector");
    if (stands === undefined || valueAt(value, "spec", "namespaceSelector") !== undefined) return [];
    return [
      { op: "set", path: ["spec", "namespaceSelector"], value: stands },
      { op: "remove", path: ["spec", "selector", "namespaceSelector"] },
    ];
  });
}

function labelNamespace({ says }: FindingDraft, facts: ObjectFacts): readonly Step[] {
  const [, pairs = "", namespace] =
    /selects namespaces with (.+) \(\w+\), which (\S+) lacks$/.exec(says) ?? [];
  if (namespace === undefined) return [];
  return changeObject(facts, { kind: "Namespace", name: namespace }, `Label namespace ${namespace}`, () =>
    pairs.split(", ").flatMap((pair) => {
      const [key = "", value = ""] = pair.split("=");
      // This one is the API server's own.
      if (key === "kubernetes.io/metadata.name") return [];
      return [{ op: "set" as const, path: ["metadata", "labels", key], value }];
    }),
  );
}
