// Alloy's (and Grafana Agent Flow's) configuration files, recognised by the names of their components.
import type { Segment } from "../../model/evidence.ts";
import type { Parser } from "../parser.ts";
import { readAlloy } from "./alloy/reader.ts";
import { configDocument, documentOfReader } from "./yaml-document.ts";

const component =
  /^\s{0,40}(?:loki|prometheus|discovery|local|remote|otelcol|pyroscope|mimir|faro|beyla|database_observability|string|module|import)\.[a-z_.]{1,80}\s+"[^"\n]{1,200}"\s*\{/m;
const block =
  /^\s{0,40}(?:logging|tracing|http|livedebugging|remotecfg|import\.[a-z]+\s+"[^"\n]{1,200}"|declare\s+"[^"\n]{1,200}"|argument\s+"[^"\n]{1,200}")\s*\{/m;

/** The first line that is neither blank nor comment opens a block or sets an attribute; in YAML it would be a key with a colon. */
function startsWithStatement(head: string): boolean {
  const bare = head.slice(0, 8 * 1024).replace(/\/\*[\s\S]{0,4000}?\*\//g, " ");
  const first = bare.split("\n").find((line) => line.trim() !== "" && !/^\s*(?:\/\/|#)/.test(line));
  return first !== undefined && /^\s{0,40}[a-z_][\w.]{0,100}\s*(?:"[^"\n]{1,200}"\s*)?(?:\{|=)/.test(first);
}

export const alloyFile: Parser = {
  id: "alloy-file",
  reads: "*.alloy, *.river: configuration of Alloy and of Grafana Agent in Flow mode",
  provides: ["config.documents"],
  readsFiles: true,
  recognise(segment) {
    const head = segment.text.slice(0, 64 * 1024);
    if (!startsWithStatement(head)) return 0;
    if (component.test(head)) return 0.95;
    return block.test(head) ? 0.8 : 0;
  },
  parse(segment: Segment, emit) {
    const { value, log, duplicates, fault } = readAlloy(segment.text);
    const parsed = documentOfReader(segment, { value, log, duplicates, ...(fault ? { fault } : {}) });
    emit.fact("config.documents", configDocument(segment, parsed, "alloy"));
  },
};
