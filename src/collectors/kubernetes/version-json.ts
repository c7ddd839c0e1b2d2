// `kubectl get --raw /version` and `kubectl version -o json`: which version the API server and kubectl are.
import type { Segment } from "../../model/evidence.ts";
import { isRecord, textOf, valueAt } from "../../model/json-value.ts";
import type { Emit, Parser } from "../parser.ts";

const longest = 20_000;

export const versionJsonParser: Parser = {
  id: "kubectl-version-json",
  reads: "kubectl get --raw /version, kubectl version -o json",
  provides: ["host.versions"],
  recognise({ text }) {
    if (text.length > longest || !/^\s{0,1000}\{/.test(text)) return 0;
    return /"gitVersion"\s{0,9}:\s{0,9}"v\d/.test(text) && /"(?:gitCommit|platform)"/.test(text) ? 0.97 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.versions");
    const value = readJson(segment.text);
    const server = isRecord(value) && "gitVersion" in value ? value : valueAt(value, "serverVersion");
    emitVersion(segment, "kubernetes", valueAt(server, "gitVersion"), emit);
    emitVersion(segment, "kubectl", valueAt(value, "clientVersion", "gitVersion"), emit);
  },
};

/** A cut answer says nothing. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function emitVersion(segment: Segment, of: string, value: unknown, emit: Emit): void {
  const text = textOf(value);
  if (text === undefined) return;
  const line = segment.text.slice(0, Math.max(segment.text.indexOf(text), 0)).split("\n").length - 1;
  emit.fact("host.versions", {
    at: { source: segment.source, line: segment.startLine + line },
    ...(segment.host === undefined ? {} : { host: segment.host }),
    of,
    version: text.replace(/^v/, ""),
  });
}
