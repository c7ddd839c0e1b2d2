// What time a machine believes it is, and whether it keeps it right: `date`, `timedatectl`, `chronyc`, `ntpq -p`, `uptime`.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { Clock } from "../../model/host.ts";
import { commandOf } from "../command.ts";
import { headOf, hostOf, type Line, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { parseDateOutput } from "../time-stamp.ts";

function emitClock(segment: Segment, line: Line, emit: Emit, clock: Omit<Clock, "at">): void {
  emit.fact("host.clocks", given({ at: placeOf(segment, line.index), host: hostOf(segment), ...clock }));
}

const label = /^([A-Za-z][\w.-]{0,62}):\s+(\S.*)$/;
/** Every word of the line is one that a date has: nothing else may stand beside it. */
const dateWords = [
  /^\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?$/,
  /^[A-Za-zÀ-ÿ]{2,9}[.,]?$/,
  /^(?:\d{1,2}|\d{4})[.,]?$/,
  /^[+-]\d\d:?(?:\d\d)?$/,
  /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)?$/,
];

function isDateOnly(text: string): boolean {
  const words = text.split(/\s+/);
  return (
    words.length <= 8 &&
    words.every((word) => dateWords.some((pattern) => pattern.test(word))) &&
    /\d\d:\d\d:\d\d/.test(text)
  );
}

export const dateOutput: Parser = {
  id: "date",
  reads: "date, also labelled lines of several machines (`host: Thu Sep 10 18:22:31 UTC 2026`)",
  provides: ["host.clocks"],
  recognise(segment) {
    const head = headOf(segment, 20);
    if (head.length === 0 || head.length > 15) return 0;
    const own = head.filter(
      (line) => readDate(line, commandOf(segment, "date") !== undefined) !== undefined,
    ).length;
    return own === head.length ? 0.92 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.clocks");
    for (const line of linesOf(segment, 200)) {
      const read = readDate(line.text, commandOf(segment, "date") !== undefined);
      if (read) emitClock(segment, line, emit, read);
      else leaveAsText(segment, line, emit);
    }
  },
};

/** A line that is nothing but a time, or a label and a time: the label is the machine. */
function readDate(text: string, isDate: boolean): { nowMs: number; host?: string } | undefined {
  const bare = text.trim();
  const labelled = label.exec(bare);
  const time = labelled?.[2] ?? bare;
  if (isDate && /^\d{10}(?:\.\d+)?$/.test(time)) return { nowMs: Math.round(Number(time) * 1000) };
  if (time.length > 60 || !isDateOnly(time)) return undefined;
  const nowMs = parseDateOutput(time);
  if (nowMs === undefined) return undefined;
  return labelled?.[1] === undefined ? { nowMs } : { nowMs, host: labelled[1] };
}

export const timedatectl: Parser = {
  id: "timedatectl",
  reads: "timedatectl, timedatectl status, timedatectl timesync-status",
  provides: ["host.clocks"],
  startsAt: (line, next) =>
    /^\s*Local time: \w{3} \d{4}-/.test(line) && next !== undefined && /Universal time:/.test(next),
  recognise(segment) {
    const head = headOf(segment);
    const own = head.filter((line) =>
      /^\s*(?:Local time|Universal time|RTC time|Time zone|System clock synchronized|NTP (?:service|synchronized|enabled)|Network time on|RTC in local TZ|systemd-timesyncd\.service active|NTPSynchronized|NTP|TimeUSec)[:=]/.test(
        line,
      ),
    );
    return own.length >= 2 ||
      head.some((line) => /^\s*(?:System clock synchronized|NTP synchronized): /.test(line))
      ? 0.95
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.clocks");
    let clock: Omit<Clock, "at"> = {};
    let proof: Line | undefined;
    for (const line of linesOf(segment, 200)) {
      const [, key = "", value = ""] = /^\s*([A-Za-z][\w .-]{2,40}?)[:=]\s*(.+?)\s*$/.exec(line.text) ?? [];
      if (key === "Universal time") clock = { ...clock, ...given({ nowMs: universal(value) }) };
      if (/^(?:System clock synchronized|NTP synchronized|NTPSynchronized)$/.test(key)) {
        clock = { ...clock, synchronised: value === "yes" };
        proof = line;
      }
      if (/^(?:NTP service|NTP enabled|Network time on|systemd-timesyncd\.service active|NTP)$/.test(key)) {
        clock = { ...clock, ntpActive: /^(?:active|yes)$/.test(value) };
        proof ??= line;
      }
      if (key === "Offset") clock = { ...clock, ...given({ offsetSeconds: seconds(value) }) };
    }
    const first = proof ?? linesOf(segment, 200).find((line) => line.text.trim() !== "");
    if (first && Object.keys(clock).length > 0) emitClock(segment, first, emit, clock);
  },
};

/** `Thu 2026-09-10 18:22:31 UTC`. */
function universal(text: string): number | undefined {
  const match = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(text);
  return match ? Date.parse(`${match[1]}T${match[2]}Z`) : undefined;
}

/** `+5.352ms`, `-231us`, `1.2s`. */
function seconds(text: string): number | undefined {
  const match = /^([+-]?\d{1,12}(?:\.\d{1,12})?)\s?(ns|us|µs|ms|s|min)?/.exec(text.trim());
  if (!match) return undefined;
  const factor = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, min: 60 }[match[2] ?? "s"] ?? 1;
  return Number(match[1]) * factor;
}

const trackingLine =
  /^(?:Reference ID|Stratum|Ref time \(UTC\)|System time|Last offset|RMS offset|Frequency|Leap status|Update interval)\s*: /;

export const chrony: Parser = {
  id: "chronyc",
  reads: "chronyc tracking, chronyc sources",
  provides: ["host.clocks"],
  startsAt: (line, next) =>
    /^Reference ID\s+: /.test(line) && (next === undefined || /^Stratum\s+:|^Last offset/.test(next)),
  recognise(segment) {
    const head = headOf(segment);
    if (head.filter((line) => trackingLine.test(line)).length >= 2) return 0.96;
    return head.some(
      (line) =>
        /^MS Name\/IP address\s+Stratum Poll Reach/.test(line) || /^506 Cannot talk to daemon/.test(line),
    )
      ? 0.96
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.clocks");
    const lines = linesOf(segment, 500);
    if (lines.some((line) => trackingLine.test(line.text))) readTracking(segment, lines, emit);
    else readSources(segment, lines, emit);
  },
};

function readTracking(segment: Segment, lines: readonly Line[], emit: Emit): void {
  const value = (key: string) => {
    const line = lines.find((candidate) => candidate.text.startsWith(key));
    return line && { line, text: line.text.slice(line.text.indexOf(":") + 1).trim() };
  };
  const leap = value("Leap status");
  const system = value("System time");
  const offset = /^(\d+\.\d+) seconds (slow|fast)/.exec(system?.text ?? "");
  const last = /^([+-]?\d+\.\d+) seconds/.exec(value("Last offset")?.text ?? "");
  const proof = leap?.line ?? system?.line ?? lines[0];
  if (!proof) return;
  emitClock(
    segment,
    proof,
    emit,
    given({
      synchronised: leap === undefined ? undefined : leap.text !== "Not synchronised",
      ntpActive: true,
      offsetSeconds: offset
        ? Number(offset[1]) * (offset[2] === "fast" ? 1 : -1)
        : last
          ? Number(last[1])
          : undefined,
    }),
  );
}

/** `^*` is the source in use; none of them means that the clock runs free. */
function readSources(segment: Segment, lines: readonly Line[], emit: Emit): void {
  const sources = lines.filter((line) => /^[\^=#][*+\-?x~ ]/.test(line.text));
  const chosen = sources.find((line) => line.text[1] === "*");
  const proof = chosen ?? sources[0] ?? lines.find((line) => line.text.trim() !== "");
  if (proof)
    emitClock(segment, proof, emit, { ntpActive: sources.length > 0, synchronised: chosen !== undefined });
}

const peersHeader = /^\s*remote\s+refid\s+st\s+t\s+when\s+poll\s+reach/;

export const ntpq: Parser = {
  id: "ntpq",
  reads: "ntpq -p",
  provides: ["host.clocks"],
  startsAt: (line) => peersHeader.test(line),
  recognise: (segment) => (headOf(segment, 4).some((line) => peersHeader.test(line)) ? 0.96 : 0),
  parse(segment, emit) {
    emit.seen("host.clocks");
    const lines = linesOf(segment, 500);
    const peers = lines.filter((line) => /^[ *+\-#ox.]\S+\s+\S+\s+\d{1,2}\s/.test(line.text));
    const chosen = peers.find((line) => /^[*o]/.test(line.text));
    const proof = chosen ?? peers[0];
    if (!proof) return;
    const offset = proof.text.trim().split(/\s+/)[8];
    const offsetSeconds =
      offset !== undefined && /^[+-]?\d+(?:\.\d+)?$/.test(offset) ? -Number(offset) / 1000 : undefined;
    emitClock(
      segment,
      proof,
      emit,
      given({ ntpActive: true, synchronised: chosen !== undefined, offsetSeconds }),
    );
  },
};

const uptimeLine =
  /^\s*\d\d:\d\d:\d\d up (.+?),\s+(?:\d+ users?,\s+)?load average: ([\d.]+), ([\d.]+), ([\d.]+)/;

export const uptime: Parser = {
  id: "uptime",
  reads: "uptime, the first line of top and w",
  provides: ["host.settings"],
  startsAt: (line) => uptimeLine.test(line.replace(/^top - /, "")),
  recognise: (segment) =>
    headOf(segment, 1).some((line) => uptimeLine.test(line.replace(/^top - /, ""))) ? 0.9 : 0,
  parse(segment, emit) {
    emit.seen("host.settings");
    for (const line of linesOf(segment, 2_000)) {
      const match = uptimeLine.exec(line.text.replace(/^top - /, ""));
      if (!match) {
        leaveAsText(segment, line, emit);
        continue;
      }
      const base = { at: placeOf(segment, line.index), host: hostOf(segment) };
      emit.fact("host.settings", given({ ...base, name: "uptime", value: match[1] ?? "" }));
      emit.fact(
        "host.settings",
        given({ ...base, name: "load average", value: `${match[2]} ${match[3]} ${match[4]}` }),
      );
    }
  },
};
