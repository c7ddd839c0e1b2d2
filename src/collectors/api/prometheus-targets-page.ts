// The /targets page of Prometheus as people copy it out of the browser: one cell per line or tabs between them.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { headOf, hostOf, type Line, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";
import { emitTarget, healthOf } from "./prometheus-targets.ts";

/** `node-exporter (1/3 up)`, with or without the button behind it. */
const poolLine = /^\s*(\S[^()\n]{0,120}?)\s*\(\s*(\d{1,6})\s*\/\s*(\d{1,6})\s+(?:active\s+)?up\s*\)/i;
const columns = /^\s*Endpoint\s+(?:State\s+Labels|Labels\s+Last scrape)/i;
const endpoint = /^\s*(https?:\/\/\S{1,500})/;
const state = /(?:^|\s)(UP|DOWN|UNKNOWN)(?:\s|$)/i;
const label = /([A-Za-z_]\w{0,100})="((?:[^"\\]|\\.){0,500})"/g;
const age = /^(?:[\d.]+(?:ms|s|m|h|d)\s*)+(?:ago)?$|^-?never$/i;

export const prometheusTargetsPage: Parser = {
  id: "prometheus-targets-page",
  reads: "the /targets page of Prometheus, copied as text",
  provides: ["prometheus.targets", "text.lines"],
  startsAt: (line) => poolLine.test(line) || columns.test(line),
  recognise(segment) {
    const head = headOf(segment, 40);
    if (head.some((line) => poolLine.test(line))) return 0.95;
    if (head.some((line) => columns.test(line))) return 0.9;
    const rows = head.filter((line) => endpoint.test(line) && state.test(line) && line.includes('="'));
    return rows.length > 0 ? 0.85 : 0;
  },
  parse(segment, emit) {
    emit.seen("prometheus.targets");
    let pool: string | undefined;
    let row: Line[] = [];
    const flush = () => {
      if (row.length > 0) readRow(segment, row, pool, emit);
      row = [];
    };
    for (const line of linesOf(segment)) {
      const header = poolLine.exec(line.text);
      if (header || columns.test(line.text)) {
        flush();
        if (header) pool = header[1];
      } else if (endpoint.test(line.text)) {
        flush();
        row = [line];
      } else if (row.length > 0 && row.length < 40) row.push(line);
    }
    flush();
  },
};

function readRow(
  segment: Segment,
  row: readonly Line[],
  pool: string | undefined,
  emit: Parameters<Parser["parse"]>[1],
): void {
  const [first] = row;
  const url = first && endpoint.exec(first.text)?.[1];
  if (!first || url === undefined) return;
  const cells = row.flatMap((line) => line.text.split("\t").map((text) => ({ text: text.trim(), line })));
  const health = cells
    .map((cell) => (cell.line === first ? cell.text.replace(url, "") : cell.text))
    .flatMap((text) => state.exec(text)?.[1] ?? [])[0];
  const labels: Record<string, string> = {};
  for (const { text } of cells)
    for (const [, name = "", value = ""] of text.matchAll(label)) labels[name] = value;
  const error = cells.filter((cell) => isErrorCell(cell.text, url)).at(-1);
  emitTarget(
    given({
      at: placeOf(segment, first.index),
      host: hostOf(segment),
      job: labels.job ?? pool ?? "",
      instance: labels.instance,
      scrapeUrl: url,
      health: healthOf(health),
      lastError: error?.text,
      errorAt: error ? placeOf(segment, error.line.index) : undefined,
      labels,
      scrapePool: pool,
    }),
    emit,
  );
}

/** What is left of a row: neither the address, the state, labels nor times. */
function isErrorCell(text: string, url: string): boolean {
  if (
    text === "" ||
    text.startsWith(url) ||
    age.test(text) ||
    /^(?:UP|DOWN|UNKNOWN|show (?:more|less)|none)$/i.test(text)
  )
    return false;
  const rest = text.replace(label, "").trim();
  return (
    rest !== "" &&
    !/^(?:UP|DOWN|UNKNOWN)?\s*$/i.test(rest) &&
    / /.test(rest) &&
    !age.test(rest.replace(/^(?:UP|DOWN|UNKNOWN)\s*/i, ""))
  );
}
