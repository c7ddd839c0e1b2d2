// The chart's templates stop over a value of the wrong shape, or over a check of the chart's own.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/helm-template-fails",
  title:
    "Helm cannot render the chart: a value is missing, has the wrong shape or place, or the chart refuses it",
  why: "Templates read values by path. When the parent is null, a string or a list instead of a mapping, Go answers nil pointer evaluating or can't evaluate field; a chart's own check fails with execution error. Often the values belong to another version of the chart or stand one level too high or deep.",
  severity: "critical",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "none",
  phase: "config",
  from: "any",
  texts: [
    "nil pointer evaluating {what*}",
    "can't evaluate field {field} in type {type*}",
    "wrong type for value; expected {want}; got {got}",
    "chart requires kubeVersion: {range*} which is incompatible with Kubernetes {version}",
    "values don't meet the specifications of the schema(s)",
  ],
  except: ["goroutine ", "runtime error", "panic:"],
  confirm: ({ line }) => ({
    holds: /template|values|chart|helm|kubeVersion|INSTALLATION FAILED|UPGRADE FAILED/.test(line.text),
  }),
  says: ({ line }) => {
    const { text } = line;
    const at = /<(\.[\w.$]{1,120})/.exec(text)?.[1];
    const where = /(?:template: |at \()([\w./-]{1,200}):(\d{1,5})/.exec(text);
    const chart = where ? ` in ${where[1]}, line ${where[2]}` : "";
    const range = /kubeVersion: (.{1,60}?) which is incompatible with Kubernetes (v?[\w.+-]{1,40})/.exec(
      text,
    );
    if (range) return `The chart wants Kubernetes ${range[1]}, the cluster is ${range[2]}`;
    if (/don't meet the specifications/.test(text))
      return "The values do not meet the chart's schema: a key is misspelt, misplaced, or of the wrong type";
    const field = /(?:evaluating [\w{} ]{1,40}\.|evaluate field )(\w{1,60})/.exec(text)?.[1];
    return `The chart's template stops${chart}: ${field ? `${field} is read below ` : "a value is read below "}${at ?? "a key"} that is null or of the wrong shape in the values`;
  },
  decideWith: "helm template RELEASE CHART --version VERSION -f values.yaml",
  references: ["https://helm.sh/docs/chart_template_guide/debugging/"],
  fix: () =>
    byHand(
      "Compare the values with `helm show values CHART --version VERSION`: give the parent its mapping (remove `key: null` and bare strings), and move keys that another version had elsewhere; helm template shows the result without touching the cluster",
      "Render without applying",
      "helm template RELEASE CHART --version VERSION -f values.yaml >/dev/null",
      "safe",
    ),
});
