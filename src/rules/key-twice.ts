// One key twice in a configuration file: Prometheus and Loki refuse it, each reports the line; other readers let the last one win.
import type { ComponentKind } from "../model/component.ts";
import type { ConfigDocument, ConfigKind } from "../model/config.ts";
import type { FindingDraft } from "../model/finding.ts";
import type { Stack } from "../model/stack.ts";

/** Findings for documents of these kinds that a process is (or would be) started with. */
export function keysTwice(
  documents: readonly ConfigDocument[],
  kinds: readonly ConfigKind[],
  component: ComponentKind,
  stack: Stack,
): readonly FindingDraft[] {
  return documents
    .filter((doc) => kinds.includes(doc.kind) && doc.origin === "file" && doc.duplicateKeys.length > 0)
    .map((doc): FindingDraft => {
      const owner = stack.components.find(
        (candidate) => candidate.kind === component && candidate.configs.includes(doc),
      );
      const file = doc.embeddedIn?.key ?? doc.path ?? doc.at.source;
      const words = doc.duplicateKeys.map(
        ({ pointer, at }) => `${pointer.split("/").slice(1).join(".")} (line ${at.line ?? "?"})`,
      );
      return {
        subject: { kind: "file", id: file },
        ...(owner ? { component: owner.id } : {}),
        says: `${file} has a key twice in one mapping: ${words.join(", ")}: duplicate keys are refused ("mapping key already defined"), the whole file is invalid`,
        proof: doc.duplicateKeys.map(({ at }) => at),
        certainty: "proven",
      };
    });
}

/** `mapping key "ingester" already defined at line 31` */
export const keyTwiceTexts = [
  'mapping key "{key}" already defined at line {number#}',
  "key {key} already set in map",
] as const;
