// Events from tables of `kubectl get events`, old and new, and from lines without a header.

import type { Place } from "../../model/place.ts";
import { isAge, parseAge, parseSightings } from "./ages.ts";
import { containerOfFieldPath, objectOfEventName, type RawEvent } from "./events.ts";
import type { KubectlCommand } from "./kubectl-command.ts";
import { parsePrefixedName, resourceType } from "./resource-names.ts";
import { known, type Row, shown } from "./row.ts";

export function eventFromRow(row: Row): RawEvent | undefined {
  const { cells } = row;
  const message = cells.MESSAGE;
  const reason = cells.REASON;
  if (reason === undefined || (message === undefined && cells.OBJECT === undefined)) return undefined;
  const object = objectOf(row);
  const seen = parseSightings(cells.LASTSEEN);
  const first = parseAge(cells.FIRSTSEEN);
  const counted = /^\d{1,9}$/.test(cells.COUNT ?? "") ? Number(cells.COUNT) : undefined;
  return {
    at: row.at,
    reason,
    message: message ?? "",
    ...known({
      namespace: row.namespace,
      name: object.name,
      objectKind: object.kind,
      type: shown(row, "TYPE"),
      container: containerOfFieldPath(shown(row, "SUBOBJECT")),
      lastSeenSecondsAgo: seen.lastSeenSecondsAgo,
      firstSeenSecondsAgo: first ?? seen.firstSeenSecondsAgo,
      count: counted ?? seen.count,
    }),
  };
}

/** OBJECT is `pod/x`; kubectl 1.14 called that column KIND; older ones have KIND and the event's own NAME. */
function objectOf(row: Row): { name?: string; kind?: string } {
  const object = row.cells.OBJECT ?? (row.cells.KIND?.includes("/") ? row.cells.KIND : undefined);
  if (object !== undefined) {
    const { type, name } = parsePrefixedName(object);
    return known({ name, kind: type?.kind });
  }
  const kind = row.cells.KIND;
  const name = row.cells.NAME;
  return known({
    name: name === undefined ? undefined : objectOfEventName(name),
    kind: kind === undefined ? undefined : (resourceType(kind)?.kind ?? kind),
  });
}

const age = String.raw`(?:\d+(?:ms|[ywdhms]))+|<unknown>`;
const bareEvent = new RegExp(
  String.raw`^\s*(?:([a-z0-9][a-z0-9-]{0,62})\s+)?((?:${age})(?: \(x\d+(?: over (?:${age}))?\))?)\s+(Normal|Warning)\s+([A-Z][A-Za-z]+)\s+([A-Za-z][A-Za-z.]*\/\S+)\s+(\S.*)$`,
);

/** A line of an events table whose header was not copied. Undefined when it may be anything else. */
export function eventFromBareLine(line: string, at: Place, command?: KubectlCommand): RawEvent | undefined {
  const head = line.slice(0, 8_000);
  const match = bareEvent.exec(head);
  if (!match) return eventFromOldLine(head, at, command);
  const [, namespace = command?.namespace, seen, type = "", reason = "", object = "", message = ""] = match;
  const { type: resource, name } = parsePrefixedName(object);
  return {
    at,
    reason,
    message: message.trimEnd(),
    type,
    name,
    ...parseSightings(seen),
    ...known({ namespace, objectKind: resource?.kind }),
  };
}

/** LASTSEEN FIRSTSEEN COUNT NAME KIND SUBOBJECT TYPE REASON SOURCE MESSAGE (kubectl up to 1.13). */
function eventFromOldLine(line: string, at: Place, command?: KubectlCommand): RawEvent | undefined {
  const chunks = line.trim().split(/\s{2,}|\t+/);
  const start = isAge(chunks[0] ?? "") ? 0 : 1;
  const [last = "", first = "", count = "", name = "", kindWord = ""] = chunks.slice(start);
  const kind = resourceType(kindWord)?.kind;
  const type = chunks.findIndex((chunk, i) => i > start + 4 && /^(?:Normal|Warning)$/.test(chunk));
  const reason = chunks[type + 1];
  if (!isAge(last) || !isAge(first) || !/^\d{1,9}$/.test(count) || !kind || type < 0 || !reason)
    return undefined;
  return {
    at,
    type: chunks[type] ?? "",
    reason,
    message: chunks.slice(type + 3).join("  "),
    name: objectOfEventName(name),
    objectKind: kind,
    count: Number(count),
    ...known({
      namespace: start === 1 ? chunks[0] : command?.namespace,
      container: chunks
        .slice(start + 5, type)
        .map(containerOfFieldPath)
        .find(Boolean),
      lastSeenSecondsAgo: parseAge(last),
      firstSeenSecondsAgo: parseAge(first),
    }),
  };
}
