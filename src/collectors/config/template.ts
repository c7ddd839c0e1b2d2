// Tells an unrendered template (Helm, Jinja, ERB) from a broken file: both fail to parse, only one is somebody's mistake.

const statement =
  /^\s{0,200}(?:-\s)?(?:\{%[-+]?\s|\{\{[-~]?\s?(?:if|else|end|range|with|include|toYaml|template|define|block|tpl|\/\*|-)|<%[=#-]?\s)/;
/**
 * `key: {{ .Values.x }}`: a value, unquoted, that starts with an expression. `{{ $labels.x }}` is Prometheus' own, which
 * expands it in the loaded rule: without quotes it is a mistake.
 */
const bareValue =
  /^\s{0,200}(?:-\s{1,20})?(?:"[^"]{0,200}"|'[^']{0,200}'|[\w./-]{1,200})?\s{0,20}:?\s{0,20}(?:[|>][-+]?\s{0,5})?\{\{(?!-?\s{0,5}\$(?:labels|value|externalLabels|externalURL)\b)/;

/** Does the text hold template statements, or expressions where YAML would need quotes? */
export function isTemplate(text: string): boolean {
  if (!text.includes("{{") && !text.includes("{%") && !text.includes("<%")) return false;
  return text
    .slice(0, 4_000_000)
    .split("\n")
    .some((line) => statement.test(line.slice(0, 600)) || bareValue.test(line.slice(0, 600)));
}
