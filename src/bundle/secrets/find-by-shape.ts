// Finds secrets that show what they are by their form.
import { isPlaceholder } from "./secret-keys.ts";
import { shapes } from "./shapes.ts";
import type { SecretSpan } from "./span.ts";

export function findByShape(text: string, line: number): readonly SecretSpan[] {
  const spans: SecretSpan[] = [];
  for (const { kind, hints, pattern, accepts } of shapes) {
    if (!hints.some((hint) => text.includes(hint))) continue;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const range = match.indices?.groups?.secret;
      const secret = match.groups?.secret ?? "";
      if (!range || isPlaceholder(secret) || (accepts && !accepts(secret))) continue;
      spans.push({ line, start: range[0], end: range[1], kind });
    }
  }
  return spans;
}
