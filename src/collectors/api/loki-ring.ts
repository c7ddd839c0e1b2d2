// Loki's rings: JSON of `/ring`, its HTML page, and that page copied as text; and the list of `/services`.
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { headOf, hostOf, linesOf, placeOf } from "../lines.ts";
import { itemsOf, memberOf, textOf } from "../loose-json.ts";
import type { Emit, Parser } from "../parser.ts";
import { answersOf, hasKeys, placeOfNode } from "./answer.ts";

const states = /\b(ACTIVE|LEAVING|PENDING|JOINING|LEFT|UNHEALTHY|READONLY)\b/i;
const header = /Instance\s+(?:ID|Name).*\bState\b/i;
const address = /\b((?:\d{1,3}\.){3}\d{1,3}:\d{1,5}|\[[0-9a-fA-F:]{2,45}\]:\d{1,5}|[\w.-]{1,200}:\d{2,5})\b/;

export const lokiRing: Parser = {
  id: "loki-ring",
  reads: "Loki /ring, /compactor/ring, /scheduler/ring, … as JSON, HTML or copied text",
  provides: ["loki.ring"],
  startsAt: (line) => header.test(line) && line.length < 400,
  recognise(segment) {
    if (
      hasKeys(segment, "shards") &&
      (hasKeys(segment, "state") || /"shards"\s*:\s*(?:\[\s*\]|null)/.test(segment.text.slice(0, 400)))
    )
      return 0.97;
    const head = segment.text.slice(0, 16_384);
    if (/<title>[^<]{0,80}Ring Status/i.test(head)) return 0.97;
    return headOf(segment, 12).some((line) => header.test(line)) && states.test(head) ? 0.9 : 0;
  },
  parse(segment, emit) {
    emit.seen("loki.ring");
    const head = segment.text.slice(0, 1_000).trimStart();
    if (head.startsWith("{") || head.startsWith('"')) readJson(segment, emit);
    else if (head.startsWith("<")) readHtml(segment, emit);
    else readRows(segment, emit);
  },
};

function readJson(segment: Segment, emit: Emit): void {
  for (const document of answersOf(segment)) {
    for (const shard of itemsOf(memberOf(document, "shards"))) {
      const id = textOf(memberOf(shard, "id"));
      const state = textOf(memberOf(shard, "state"));
      if (id === undefined || state === undefined) continue;
      emit.fact(
        "loki.ring",
        given({ at: placeOfNode(segment, shard), id, state, address: textOf(memberOf(shard, "address")) }),
      );
    }
  }
}

/** Each row of the table is `<tr> … <td>` id, zone, state, address `…`. */
function readHtml(segment: Segment, emit: Emit): void {
  let cells: { text: string; line: number }[] = [];
  for (const line of linesOf(segment, 50_000)) {
    if (/<tr[\s>]/i.test(line.text)) cells = [];
    for (const [, text = ""] of line.text.matchAll(/<td[^>]{0,200}>([^<]{0,300})/gi))
      cells.push({ text: text.trim(), line: line.index });
    if (!/<\/tr>/i.test(line.text)) continue;
    emitCells(
      segment,
      cells.map((cell) => cell.text),
      cells[0]?.line ?? line.index,
      emit,
    );
    cells = [];
  }
}

function readRows(segment: Segment, emit: Emit): void {
  for (const line of linesOf(segment, 20_000)) {
    if (header.test(line.text) || !states.test(line.text)) continue;
    emitCells(
      segment,
      line.text
        .trim()
        .split(
          /\t+|\s{2,}|\s+(?=(?:ACTIVE|LEAVING|PENDING|JOINING|LEFT|UNHEALTHY)\b)|(?<=\b(?:ACTIVE|LEAVING|PENDING|JOINING|LEFT|UNHEALTHY))\s+/,
        ),
      line.index,
      emit,
    );
  }
}

function emitCells(segment: Segment, cells: readonly string[], index: number, emit: Emit): void {
  const [id] = cells;
  const state = cells.slice(1).flatMap((cell) => states.exec(cell)?.[1] ?? [])[0];
  if (id === undefined || id === "" || state === undefined) return;
  const at = cells.slice(1).flatMap((cell) => address.exec(cell)?.[1] ?? [])[0];
  emit.fact("loki.ring", given({ at: placeOf(segment, index), id, state: state.toUpperCase(), address: at }));
}

const service = /^\s*([a-z][a-z0-9-]{1,60})\s*=>\s*(New|Starting|Running|Stopping|Terminated|Failed)\s*$/;

export const lokiServices: Parser = {
  id: "loki-services",
  reads: "Loki /services",
  provides: ["component.health"],
  recognise(segment) {
    const head = headOf(segment, 8);
    const rows = head.filter((line) => service.test(line)).length;
    return rows > 0 && rows * 2 >= head.length ? 0.95 : 0;
  },
  parse(segment, emit) {
    emit.seen("component.health");
    for (const line of linesOf(segment, 500)) {
      const [, name, state] = service.exec(line.text) ?? [];
      if (name === undefined || state === undefined) continue;
      const healthy = state === "Running";
      const body = `${name} => ${state}`;
      emit.fact(
        "component.health",
        given({
          at: placeOf(segment, line.index),
          host: hostOf(segment),
          component: "loki" as const,
          body,
          healthy,
        }),
      );
      if (!healthy)
        emit.text({ text: body, line: segment.startLine + line.index, stream: "answer", component: "loki" });
    }
  },
};
