// The Events: section of `kubectl describe`, new and old columns, with or without its object.
import type { Segment } from "../../model/evidence.ts";
import { isAge, parseAge, parseSightings } from "./ages.ts";
import { containerOfFieldPath, type RawEvent } from "./events.ts";
import { known } from "./row.ts";

/** The object the section belongs to, as far as known. */
export interface Subject {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface EventLines {
  readonly events: readonly RawEvent[];
  /** 0-based lines that are neither events nor headings. */
  readonly leftover: readonly number[];
}

const age = String.raw`(?:(?:\d+(?:ms|[ywdhms]))+|<unknown>|<invalid>)`;
const row = new RegExp(
  String.raw`^\s*(Normal|Warning)\s+([A-Z][A-Za-z]*)\s+(${age}(?: \(x\d+(?: over ${age})?\))?)(\s+.*)?$`,
);

/** Is this line an event of a describe output? */
export function isEventLine(line: string): boolean {
  const head = line.slice(0, 2_000);
  return row.test(head) || ageless.test(head) || oldRow(head) !== undefined;
}

const heading =
  /^\s*(?:Type\s+Reason\s+Age\s+From|(?:First|Last)Seen\s+(?:Last|First)Seen\s+Count|-{2,}\s+-{2,})/;

export function isEventHeading(line: string): boolean {
  return heading.test(line.slice(0, 500));
}

/** Lines `from` to the end. */
export function readEventLines(
  segment: Pick<Segment, "source" | "startLine">,
  lines: readonly string[],
  from: number,
  subject: Subject,
): EventLines {
  const events: RawEvent[] = [];
  const leftover: number[] = [];
  let ended = false;
  for (let i = from; i < lines.length; i++) {
    const line = (lines[i] ?? "").slice(0, 8_000);
    if (!/\S/.test(line)) continue;
    if (isEventHeading(line)) continue;
    const found = ended ? undefined : (newRow(line) ?? agelessRow(line) ?? oldRow(line));
    const last = events.at(-1);
    if (found) {
      const at = { source: segment.source, line: segment.startLine + i };
      const { kind, name, namespace } = subject;
      events.push({ at, ...found, ...known({ objectKind: kind, name, namespace }) });
    } else if (last && /^\s/.test(line) && !ended) {
      events[events.length - 1] = { ...last, message: `${last.message} ${line.trim()}`.slice(0, 8_000) };
    } else {
      ended = true;
      leftover.push(i);
    }
  }
  return { events, leftover };
}

type EventRow = Pick<RawEvent, "type" | "reason" | "message"> & Partial<RawEvent>;

function newRow(line: string): EventRow | undefined {
  const match = row.exec(line);
  if (!match) return undefined;
  const [, type = "", reason = "", seen, rest = ""] = match;
  return { type, reason, message: messageOf(rest), ...parseSightings(seen) };
}

/** Somebody left the age out: then only wide gaps and a component's name tell it from prose. */
const ageless =
  /^\s*(Normal|Warning)\s{2,}([A-Z][A-Za-z]{2,60})\s{2,}([a-z][a-z0-9-]{2,60}(?:, \S{1,253})?)\s{2,}(\S.*)$/;

function agelessRow(line: string): EventRow | undefined {
  const match = ageless.exec(line);
  return match
    ? { type: match[1] ?? "", reason: match[2] ?? "", message: (match[4] ?? "").trimEnd() }
    : undefined;
}

/** FROM is a word or `kubelet, node`; some events have none. */
function messageOf(rest: string): string {
  const text = rest.trim();
  const wide = /^\S+(?: \S+)*?\s{2,}(\S.*)$/.exec(text);
  if (wide?.[1] && /^[a-zA-Z][\w./-]*(?:, \S+)?\s{2,}/.test(text)) return wide[1];
  const narrow =
    /^(?:kubelet(?:, \S+)?|[a-z][a-z0-9]*-(?:scheduler|controller|manager|detach-controller)[\w-]*|persistentvolume-controller)\s+(\S.*)$/.exec(
      text,
    );
  return narrow?.[1] ?? text;
}

/** FirstSeen LastSeen Count From SubObjectPath Type Reason Message (kubectl up to 1.6). */
function oldRow(line: string): EventRow | undefined {
  const chunks = line.trim().split(/\s{2,}|\t+/);
  const [first, last, count] = chunks;
  if (!isAge(first ?? "") || !isAge(last ?? "") || !/^\d+$/.test(count ?? "")) return undefined;
  const at = chunks.findIndex((chunk, i) => i > 2 && /^(?:Normal|Warning)$/.test(chunk));
  const reason = chunks[at + 1];
  if (at < 0 || reason === undefined) return undefined;
  const container = chunks.slice(3, at).map(containerOfFieldPath).find(Boolean);
  return {
    type: chunks[at] ?? "",
    reason,
    message: chunks.slice(at + 2).join("  "),
    count: Number(count),
    ...known({
      container,
      firstSeenSecondsAgo: parseAge(first),
      lastSeenSecondsAgo: parseAge(last),
    }),
  };
}
