// Collects the messages of one source that matter and hands them over, in order, when the source ends.
import { given } from "../../model/given.ts";
import type { Dial } from "../../model/host.ts";
import type { TextLine } from "../../model/text.ts";
import type { Emit } from "../parser.ts";
import { certain } from "./component.ts";
import { DialBook } from "./dial-book.ts";
import { type Kind, Quota } from "./kinds.ts";
import type { TextOrigin } from "./origin.ts";
import { dialsOf, type ReadLine, readLine, reasonsOf } from "./read-line.ts";
import type { Shape } from "./shape.ts";
import { Speakers } from "./speakers.ts";
import { componentOf, type Stream, voteFor } from "./stream.ts";
import type { TextSet } from "./texts.ts";

/** Lines kept for context at both ends of a stream. */
const context = 3;
/** What a reporter writes is short, and rules ask it for what no command shows: "since the upgrade", "with two replicas". */
const mostProse = 100;
/** Messages kept only for the dials they tell of. */
const mostDialKinds = 5_000;

interface Shown {
  readonly stream: Stream;
  readonly line: ReadLine;
  readonly kind: Kind | undefined;
}

export class TextCollector {
  readonly #origin: TextOrigin;
  readonly #texts: TextSet;
  readonly #shape: Shape;
  readonly #speakers: Speakers;
  readonly #kinds: Kind[] = [];
  readonly #quota = new Quota();
  readonly #skipped: ReadonlySet<number>;
  readonly #edges = new Map<Stream, { readonly head: Shown[]; readonly tail: Shown[] }>();

  /** `skipped`: indexes of lines that are no messages. */
  constructor(origin: TextOrigin, texts: TextSet, shape: Shape, skipped: ReadonlySet<number>) {
    this.#skipped = skipped;
    this.#origin = origin;
    this.#texts = texts;
    this.#shape = shape;
    this.#speakers = new Speakers(origin);
  }

  /** Lines of different speakers are different messages. */
  get seed(): number {
    return this.#speakers.number;
  }

  /** Takes a line that is not known yet; `index` counts lines from 0. Undefined when it is no message. */
  add(raw: string, index: number): Kind | undefined {
    if (this.#skipped.has(index)) return undefined;
    const line = readLine(raw, index);
    if (this.#speakers.follow(line.bare.text, index)) return undefined;
    const stream = this.#speakers.streamOf(line.bare, index);
    voteFor(stream, line.opinion);
    const reasons = reasonsOf(line, this.#texts);
    const full = this.#quota.fullKind(stream, reasons);
    if (full) {
      Object.assign(full, { count: full.count + 1, last: index, lastRaw: raw, isFull: true });
      return full;
    }
    const dials = dialsOf(line);
    const isProse = this.#shape === "note" && this.#kinds.length < mostProse;
    const kept = reasons.length > 0 || isProse;
    const wanted = kept || (dials.length > 0 && this.#kinds.length < mostDialKinds);
    const kind: Kind = {
      stream,
      first: line,
      dials,
      kept,
      wanted,
      isFull: false,
      last: index,
      lastRaw: raw,
      count: 1,
    };
    if (wanted) this.#kinds.push(kind);
    if (kept) this.#quota.add(kind, reasons);
    return kind;
  }

  /** Takes a line near one end of the source, in order. */
  addEdge(raw: string, index: number, kind: Kind | undefined): void {
    if (this.#skipped.has(index)) return;
    const line = readLine(raw, index);
    if (line.bare.text === "" || this.#speakers.isChange(line.bare.text)) return;
    const stream = kind?.stream ?? this.#speakers.streamOf(line.bare, index);
    if (!kind) voteFor(stream, line.opinion);
    const edge = this.#edges.get(stream) ?? { head: [], tail: [] };
    this.#edges.set(stream, edge);
    const shown = { stream, line, kind };
    if (edge.head.length < context) edge.head.push(shown);
    else edge.tail.push(shown);
    if (edge.tail.length > context) edge.tail.shift();
  }

  end(emit: Emit): void {
    emit.seen("text.lines");
    const lines = this.#shownLines();
    const repeated = new Map<Kind, number>();
    for (const { kind } of lines.values()) if (kind) repeated.set(kind, (repeated.get(kind) ?? 0) + 1);
    const dials = new DialBook(this.#origin);
    const ends = this.#streamEnds(lines);
    for (const index of [...lines.keys()].sort((a, b) => a - b)) {
      const shown = lines.get(index);
      if (!shown) continue;
      const { kind, line, stream } = shown;
      // The first line of a message counts for all that are not shown.
      const hidden = kind && kind.first.index === index ? kind.count - (repeated.get(kind) ?? 1) : 0;
      emit.fact("text.lines", this.#textLine(stream, line, 1 + hidden, ends.get(stream)));
    }
    for (const kind of this.#kinds) dials.add(kind, this.#component(kind.stream, kind.first));
    for (const dial of dials.all()) emit.fact("host.dials", dial satisfies Dial);
    if (this.#quota.merged > 0) this.#tellMerged(emit);
  }

  #shownLines(): Map<number, Shown> {
    const lines = new Map<number, Shown>();
    const isProse = this.#shape === "note";
    for (const { head, tail } of this.#edges.values()) {
      for (const shown of [...head, ...tail])
        if (!isProse || shown.kind?.kept) lines.set(shown.line.index, shown);
    }
    for (const kind of this.#kinds) {
      if (!kind.kept) continue;
      const { stream, first } = kind;
      lines.set(first.index, { stream, line: first, kind });
      if (kind.last > first.index)
        lines.set(kind.last, { stream, line: readLine(kind.lastRaw, kind.last), kind });
    }
    return lines;
  }

  /** By what is shown: the last lines of the source are, and the last one of every message that matters. */
  #streamEnds(lines: ReadonlyMap<number, Shown>): ReadonlyMap<Stream, number> {
    const ends = new Map<Stream, number>();
    for (const { stream, line } of lines.values()) {
      const timeMs = line.record.timeMs ?? line.bare.timeMs;
      if (timeMs !== undefined) ends.set(stream, Math.max(ends.get(stream) ?? timeMs, timeMs));
    }
    return ends;
  }

  #component(stream: Stream, line: ReadLine): TextLine["component"] {
    const { opinion } = line;
    // Prose has no writer; a quoted error may still give one away.
    if (this.#streamKind(line) !== "note") return componentOf(stream, opinion);
    return opinion && opinion.weight >= certain ? opinion.component : undefined;
  }

  #textLine(stream: Stream, line: ReadLine, count: number, streamEndMs: number | undefined): TextLine {
    const { bare, record, index } = line;
    const { source, startLine } = this.#origin;
    const { namespace, pod, container, host, previous } = stream.speaker;
    return given({
      at: { source, line: startLine + index },
      text: bare.text,
      stream: this.#streamKind(line),
      streamId: stream.id,
      index,
      component: this.#component(stream, line),
      namespace,
      pod,
      container,
      host,
      level: record.level,
      timeMs: record.timeMs ?? bare.timeMs,
      streamEndMs,
      msg: record.msg,
      fields: record.fields,
      previous,
      count: count > 1 ? count : undefined,
    });
  }

  #streamKind({ bare, record }: ReadLine): TextLine["stream"] {
    if (this.#speakers.isLog || bare.container || bare.pod || bare.process || bare.timeMs !== undefined)
      return "log";
    if (record.dialect === "command" && this.#shape === "log" && !this.#origin.command) return "log";
    if (record.dialect === "command" || record.dialect === "ansible") return "output";
    if (record.dialect !== "plain") return "log";
    if (this.#origin.command !== undefined) return "output";
    return this.#shape === "note" ? "note" : "log";
  }

  #tellMerged(emit: Emit): void {
    const { source, startLine } = this.#origin;
    emit.gap({
      what: source,
      because: "too-large",
      detail: `${this.#quota.merged} further different messages were counted for similar ones`,
      at: { source, line: startLine },
    });
  }
}
