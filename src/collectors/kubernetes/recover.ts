// What can still be read of a document that does not parse: templates, pastes cut short, text behind the object.
import type { Segment } from "../../model/evidence.ts";
import { readJsonValue } from "../config/json-reader.ts";
import { configDocument, type ParsedDocument, readDocument } from "../config/yaml-document.ts";
import type { Emit } from "../parser.ts";
import { closeJson } from "./close-json.ts";
import { isManifest } from "./manifest.ts";
import { hasOpenStructure, withoutExpressions } from "./template-text.ts";

export interface Recovered {
  readonly doc?: ParsedDocument;
  /** Text behind the document that belongs to something else. */
  readonly rest?: Segment;
}

export function recoverDocument(broken: ParsedDocument, segment: Segment, emit: Emit): Recovered {
  if (broken.template) return fromTemplate(broken, segment, emit);
  const { rest, doc } = broken.syntax === "json" ? cutJson(broken, segment) : cutYaml(broken, segment);
  if (doc) return rest ? { doc, rest } : { doc };
  if (!isManifest(broken.text)) return { rest: part(segment, broken.startLine, broken.text) };
  if (isLive(broken.text)) return cutShort(broken, segment, emit);
  emit.fact("config.documents", configDocument(segment, broken, "kubernetes-manifest"));
  return {};
}

function fromTemplate(broken: ParsedDocument, segment: Segment, emit: Emit): Recovered {
  const text = withoutExpressions(broken.text);
  const read = text === undefined ? undefined : reread(broken, segment, text);
  // What a ConfigMap embeds can be read piece by piece; an object whose parts are open would be compared with others.
  const isOpen = hasOpenStructure(broken.text) && !/^kind:\s*["']?ConfigMap\b/m.test(broken.text);
  const doc = isOpen ? undefined : read;
  emit.gap({
    what: segment.path ?? segment.source,
    because: "unparseable",
    detail: doc
      ? "an unrendered template: its expressions are taken as plain text, its conditions as true"
      : "an unrendered template that cannot be read without its values: lint what helm template prints instead",
    at: broken.at,
    decideWith: "helm template RELEASE CHART -f values.yaml",
  });
  return doc ? { doc } : {};
}

function reread(broken: ParsedDocument, segment: Segment, text: string): ParsedDocument | undefined {
  const startLine = broken.startLine;
  const doc = readDocument({
    source: segment.source,
    startLine,
    text,
    ...(segment.path ? { path: segment.path } : {}),
  });
  return doc && !doc.parseError && !doc.template ? doc : undefined;
}

function part(segment: Segment, startLine: number, text: string): Segment {
  const { command: _command, ...rest } = segment;
  return { ...rest, startLine, text };
}

/** A complete JSON value with something else behind it. */
function cutJson(broken: ParsedDocument, segment: Segment): Recovered {
  const end = endOfJson(broken.text);
  if (end === undefined || broken.text.slice(end).trim() === "") return {};
  const doc = reread(broken, segment, broken.text.slice(0, end));
  if (!doc) return {};
  const line = broken.startLine + broken.text.slice(0, end).split("\n").length - 1;
  return { doc, rest: part(segment, line, broken.text.slice(end)) };
}

function endOfJson(text: string): number | undefined {
  try {
    return readJsonValue(text).end;
  } catch {
    return undefined;
  }
}

/** A line at the margin that is neither a key nor an element nor a comment: a remark below the pasted object. */
function cutYaml(broken: ParsedDocument, segment: Segment): Recovered {
  const lines = broken.text.split("\n");
  const at = lines.findIndex(
    (line, i) => i > 0 && /^[^\s#\-"'{}[\]%]/.test(line) && !/^[\w./-]+:(?:\s|$)/.test(line),
  );
  if (at < 0) return {};
  const doc = reread(broken, segment, lines.slice(0, at).join("\n"));
  if (!doc) return {};
  return { doc, rest: part(segment, broken.startLine + at, lines.slice(at).join("\n")) };
}

/** Read from a cluster: then the fault is in how it was copied, not in the object. */
function isLive(text: string): boolean {
  return /\bresourceVersion"?:|\buid"?:/.test(text);
}

function cutShort(broken: ParsedDocument, segment: Segment, emit: Emit): Recovered {
  const line = (broken.parseError?.at.line ?? broken.startLine) - broken.startLine;
  const lines = broken.text.split("\n");
  const kept = lines.slice(0, Math.max(line, 1)).join("\n");
  const text = broken.syntax === "json" ? closeJson(kept) : kept;
  const doc = reread(broken, segment, text);
  emit.gap({
    what: segment.command ?? segment.source,
    because: "unparseable",
    detail: `${doc ? "read up to line" : "not readable: line"} ${broken.startLine + line}: ${broken.parseError?.message ?? "broken off"}`,
    at: broken.parseError?.at ?? broken.at,
  });
  return doc ? { doc } : {};
}
