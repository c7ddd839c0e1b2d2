// Texts that other parsers find inside structured output (event messages, lastError, waiting.message) become lines like
// those of a log: with the same filter, the same reading of levels, and the same failed dials.
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { TextPattern } from "../../model/pattern.ts";
import type { TextLine } from "../../model/text.ts";
import type { Emit, EmittedText, Parser } from "../parser.ts";
import { dialsOf, readLine, reasonsOf } from "./read-line.ts";
import { textSet } from "./texts.ts";

/** A parser whose emitted texts are filtered and turned into lines before they reach the facts. */
export function withTextFilter(parser: Parser, texts: readonly TextPattern[]): Parser {
  const filtered = (segment: Segment, emit: Emit): Emit => ({
    ...emit,
    text: emittedTexts(segment, texts, emit),
  });
  const { notices } = parser;
  return {
    ...parser,
    parse: (segment, emit) => parser.parse(segment, filtered(segment, emit)),
    ...(notices
      ? { notices: (segment, emit) => notices.call(parser, segment, filtered(segment, emit)) }
      : {}),
  };
}

/**
 * The sink for one segment: texts of one object share a stream, so that order and recovery are judged within it. The texts are
 * compiled with the first line: folders of configuration have none.
 */
export function emittedTexts(
  segment: Segment,
  texts: readonly TextPattern[],
  emit: Emit,
): (line: EmittedText) => void {
  const counts = new Map<string, number>();
  return (emitted) => {
    emit.seen("text.lines");
    const streamId = [
      `${segment.source}:${segment.startLine}#${emitted.stream}`,
      ...[emitted.namespace, emitted.pod, emitted.container].filter((part) => part !== undefined),
    ].join("/");
    const index = counts.get(streamId) ?? 0;
    counts.set(streamId, index + 1);
    const line = readLine(emitted.text, index);
    tellDials(segment, emitted, line, emit);
    if (reasonsOf(line, textSet(texts)).length > 0)
      emit.fact("text.lines", textLine(segment, emitted, line, streamId));
  };
}

function textLine(
  segment: Segment,
  emitted: EmittedText,
  { record, index, bare }: ReturnType<typeof readLine>,
  streamId: string,
): TextLine {
  return given({
    at: { source: segment.source, line: emitted.line },
    text: bare.text,
    stream: emitted.stream,
    streamId,
    index,
    component: emitted.component,
    namespace: emitted.namespace,
    pod: emitted.pod,
    container: emitted.container,
    host: emitted.host ?? segment.host,
    level: record.level,
    timeMs: emitted.timeMs ?? record.timeMs,
    msg: record.dialect === "plain" ? undefined : record.msg,
    fields: record.fields,
    count: emitted.count,
  });
}

function tellDials(
  segment: Segment,
  emitted: EmittedText,
  line: ReturnType<typeof readLine>,
  emit: Emit,
): void {
  for (const dial of dialsOf(line)) {
    emit.fact(
      "host.dials",
      given({
        at: { source: segment.source, line: emitted.line },
        fromHost: emitted.host ?? segment.host,
        fromContainer: emitted.stream === "event" ? undefined : (emitted.container ?? emitted.pod),
        fromNamespace: emitted.namespace,
        fromPod: emitted.stream === "event" ? undefined : emitted.pod,
        // A probe is dialled by the kubelet; lastError and the like by the component they are about.
        fromComponent: /\bprobe failed\b/i.test(emitted.text) ? ("kubelet" as const) : emitted.component,
        tool: "log",
        ...dial,
        timeMs: emitted.timeMs,
        count: emitted.count,
      }),
    );
  }
}
