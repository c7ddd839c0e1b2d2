// A configuration document from a text, as the collectors would make it.
import { configDocument, readDocument } from "../../src/collectors/config/yaml-document.ts";
import type { ConfigDocument, ConfigKind } from "../../src/model/config.ts";

export function documentOf(text: string, kind: ConfigKind): ConfigDocument {
  const segment = { source: "f.yml", startLine: 1, text };
  const doc = readDocument(segment);
  if (!doc) throw new Error("no document");
  return configDocument(segment, doc, kind);
}
