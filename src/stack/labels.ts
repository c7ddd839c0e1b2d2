// Label selectors, as Kubernetes matches them.

/** True when every pair of a matchLabels selector is in the labels. An empty selector selects nothing here (a Service's). */
export function selects(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  if (!selector || !labels) return false;
  const pairs = Object.entries(selector);
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value);
}
