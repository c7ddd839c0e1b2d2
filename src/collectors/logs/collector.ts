// Collects the lines of one source that matter, folded, and hands them over in order when the source ends.
import type { TextLine } from "../../model/text.ts";
import type { Emit } from "../parser.ts";
import { readLogCommand } from "./command.ts";
import { certain, type Opinion, opinionOf } from "./component.ts";
import { readDialect } from "./dialect.ts";
import { isBad } from "./level.ts";
import { type Speaker, speakerChange, speakerOfPath, type TextOrigin } from "./origin.ts";
import { type BareLine, stripPrefix } from "./prefix.ts";
import type { LogRecord } from "./record.ts";
import type { Shape } from "./shape.ts";
import { componentOf, openStream, type Stream, voteFor } from "./stream.ts";
import { matchesOf, type TextSet } from "./texts.ts";

/** Kinds of messages kept per stream: for every pattern, and for lines that only have a level. */
const mostPerPattern = 100;
const mostPerLevel = 200;
const mostStreams = 1_000;
/** Lines kept for context at both ends of a stream. */
const context = 3;
const starting =
  /\bstarting (?:loki|promtail|prometheus|alertmanager|grafana|node_exporter|blackbox|kube-state|thanos|mimir|pushgateway|cadvisor|alloy)|\bversion[=: ]\\?"?\(?v?\d+\.\d/i;

/** One message, however often it came. */
export interface Kind {
  readonly stream: Stream;
  readonly first: ReadLine;
  /** Index of the newest line, and that line. */
  last: number;
  lastRaw: string;
  count: number;
  readonly kept: boolean;
}

interface ReadLine {
  readonly index: number;
  readonly bare: BareLine;
  readonly record: LogRecord;
  readonly opinion: Opinion | undefined;
}

export class TextCollector {
  readonly #origin: TextOrigin;
  readonly #texts: TextSet;
  readonly #shape: Shape;
  readonly #speaker: Speaker;
  readonly #streams = new Map<string, Stream>();
  readonly #kinds: Kind[] = [];
  readonly #quota = new Map<string, Kind[]>();
  readonly #edge = new Map<Stream, { head: ReadLine[]; tail: ReadLine[] }>();
  readonly #isLogCommand: boolean;
  #current: Speaker;
  #changes = 0;

  constructor(origin: TextOrigin, texts: TextSet, shape: Shape) {
    const command = readLogCommand(origin.command);
    this.#origin = origin;
    this.#texts = texts;
    this.#shape = shape;
    this.#isLogCommand = command !== undefined;
    this.#speaker = firstSpeaker(origin, command);
    this.#current = this.#speaker;
  }

  /** Lines of different speakers are different messages. */
  get seed(): number {
    return this.#changes;
  }

  /** Takes a line that is not known yet. `index` counts lines from 0. */
  add(raw: string, index: number): Kind {
    const line = this.#read(raw, index);
    const stream = this.#streamOf(line.bare);
    voteFor(stream, line.opinion);
    const reasons = this.#reasons(line, index);
    const full = this.#fullKind(stream, reasons);
    if (full) {
      full.count += 1;
      full.last = index;
      full.lastRaw = raw;
      return full;
    }
    const kind: Kind = { stream, first: line, last: index, lastRaw: raw, count: 1, kept: reasons.length > 0 };
    if (kind.kept) this.#kinds.push(kind);
    for (const reason of reasons) {
      const key = `${stream.id}\n${reason}`;
      const list = this.#quota.get(key);
      if (list) list.push(kind);
      else this.#quota.set(key, [kind]);
    }
    return kind;
  }

  /** A line near one end of the source. */
  addEdge(raw: string, index: number): void {
    const line = this.#read(raw, index);
    const stream = this.#streamOf(line.bare);
    if (line.bare.text === "") return;
    voteFor(stream, line.opinion);
    const edge = this.#edge.get(stream) ?? { head: [], tail: [] };
    this.#edge.set(stream, edge);
    if (edge.head.length < context) edge.head.push(line);
    else {
      edge.tail.push(line);
      if (edge.tail.length > context) edge.tail.shift();
    }
  }

  end(emit: Emit): void {
    emit.seen("text.lines");
    const lines = new Map<number, TextLine>();
    for (const [stream, { head, tail }] of this.#edge) {
      for (const line of [...head, ...tail]) lines.set(line.index, this.#textLine(stream, line, 1));
    }
    for (const kind of this.#kinds) {
      const two = kind.last > kind.first.index;
      const last = two ? this.#read(kind.lastRaw, kind.last) : undefined;
      lines.set(
        kind.first.index,
        this.#textLine(kind.stream, kind.first, last ? kind.count - 1 : kind.count),
      );
      if (last) lines.set(kind.last, this.#textLine(kind.stream, last, 1));
    }
    for (const index of [...lines.keys()].sort((a, b) => a - b)) {
      const line = lines.get(index);
      if (line) emit.fact("text.lines", line);
    }
  }

  #read(raw: string, index: number): ReadLine {
    const bare = stripPrefix(raw);
    const record = readDialect(bare.content);
    return { index, bare, record, opinion: opinionOf(record, bare.content, bare.process) };
  }

  #reasons({ bare, record }: ReadLine, _index: number): readonly string[] {
    const change = speakerChange(bare.text, this.#current);
    if (change) {
      this.#current = change;
      this.#changes += 1;
    }
    const reasons = matchesOf(this.#texts, bare.text).map(String);
    if (isBad(record.level)) reasons.push("level");
    if (starting.test(bare.text.slice(0, 2_000))) reasons.push("start");
    return reasons;
  }

  /** Once every quota of a line is used up it counts for the newest message of its pattern. */
  #fullKind(stream: Stream, reasons: readonly string[]): Kind | undefined {
    let last: Kind | undefined;
    for (const reason of reasons) {
      const list = this.#quota.get(`${stream.id}\n${reason}`);
      if ((list?.length ?? 0) < (/^\d/.test(reason) ? mostPerPattern : mostPerLevel)) return undefined;
      last ??= list?.at(-1);
    }
    return last;
  }

  #streamOf(bare: BareLine): Stream {
    const speaker: Speaker = { ...this.#current, ...speakerParts(bare) };
    const own = [speaker.namespace, speaker.pod, speaker.container, speaker.host, speaker.process]
      .map((part) => part ?? "")
      .join("/");
    const isBase = own === "////";
    const known = this.#streams.get(own);
    if (known) return known;
    const base = `${this.#origin.source}:${this.#origin.startLine}`;
    if (this.#streams.size >= mostStreams)
      return [...this.#streams.values()][0] ?? openStream(base, speaker, undefined);
    const stream = openStream(isBase ? base : `${base}#${own}`, speaker, this.#origin.hints?.component);
    this.#streams.set(own, stream);
    return stream;
  }

  #textLine(stream: Stream, line: ReadLine, count: number): TextLine {
    const { bare, record, opinion, index } = line;
    const { source, startLine } = this.#origin;
    const kind = this.#streamKind(line);
    const sure = opinion && opinion.weight >= certain ? opinion.component : undefined;
    // Prose has no writer; a quoted error may still give one away.
    const component = kind === "note" ? sure : componentOf(stream, opinion);
    const { namespace, pod, container, host, previous } = stream.speaker;
    const timeMs = record.timeMs ?? bare.timeMs;
    return {
      at: { source, line: startLine + index },
      text: bare.text,
      stream: kind,
      streamId: stream.id,
      index,
      ...(component ? { component } : {}),
      ...(namespace ? { namespace } : {}),
      ...(pod ? { pod } : {}),
      ...(container ? { container } : {}),
      ...(host ? { host } : {}),
      ...(record.level ? { level: record.level } : {}),
      ...(timeMs === undefined ? {} : { timeMs }),
      ...(record.msg === undefined ? {} : { msg: record.msg }),
      ...(record.fields ? { fields: record.fields } : {}),
      ...(previous ? { previous } : {}),
      ...(count > 1 ? { count } : {}),
    };
  }

  #streamKind({ bare, record }: ReadLine): TextLine["stream"] {
    if (this.#isLogCommand || bare.container || bare.pod || bare.process || bare.timeMs !== undefined)
      return "log";
    if (record.dialect === "command" || record.dialect === "ansible") return "output";
    if (record.dialect !== "plain") return "log";
    if (this.#origin.command !== undefined) return "output";
    return this.#shape === "note" ? "note" : "log";
  }
}

function speakerParts(bare: BareLine): Speaker {
  const { namespace, pod, container, host, process } = bare;
  return {
    ...(namespace ? { namespace } : {}),
    ...(pod ? { pod } : {}),
    ...(container ? { container } : {}),
    ...(host ? { host } : {}),
    ...(process ? { process } : {}),
  };
}

function firstSpeaker(origin: TextOrigin, command: ReturnType<typeof readLogCommand>): Speaker {
  const { hints } = origin;
  const host = command?.host ?? origin.host ?? hints?.host;
  const previous = command?.previous ?? hints?.previous;
  const pod = command?.pod ?? hints?.pod;
  const container = command?.container ?? hints?.container;
  return {
    ...(origin.path ? speakerOfPath(origin.path) : {}),
    ...(command?.namespace ? { namespace: command.namespace } : {}),
    ...(pod ? { pod } : {}),
    ...(container ? { container } : {}),
    ...(command?.unit ? { process: command.unit } : {}),
    ...(host ? { host } : {}),
    ...(previous ? { previous } : {}),
  };
}
