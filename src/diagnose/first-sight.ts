// What the first look at live systems shows, before anything is redacted or judged: it decides what the second look asks for.
import type { SourceText } from "../bundle/source-text.ts";
import { toSegments } from "../bundle/to-segments.ts";
import { parsersFor } from "../collectors/index.ts";
import { recogniseAll } from "../collectors/recognise.ts";
import { type CollectedItem, isMissing } from "../model/collected.ts";
import type { Facts } from "../model/facts.ts";
import type { Stack } from "../model/stack.ts";
import { buildStack } from "../stack/build.ts";
import { mergeFacts } from "../stack/merge.ts";

export interface FirstSight {
  readonly facts: Facts;
  readonly stack: Stack;
}

/** Without logs (large texts that are not held are logs, too): they tell nothing about where things run. */
export function firstSight(items: readonly CollectedItem[]): FirstSight {
  const sources = items.flatMap(sourceOf);
  const { facts } = recogniseAll(
    sources.flatMap((source) => [...toSegments(source)]),
    parsersFor([]),
  );
  const merged = mergeFacts(facts);
  return { facts: merged, stack: buildStack(merged) };
}

function sourceOf({ locator, body, command, host, path, hints, isLog }: CollectedItem): SourceText[] {
  if (isLog || isMissing(body) || !(body instanceof Uint8Array)) return [];
  return [
    {
      kind: "text",
      source: locator,
      bytes: body,
      ...(command ? { command } : {}),
      ...(host ? { host } : {}),
      ...(path ? { path } : {}),
      ...(hints ? { hints } : {}),
    },
  ];
}
