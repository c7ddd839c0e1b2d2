// One line, taken apart: without prefixes, its dialect, whose it is, which patterns it matches, which dials failed.
import { type Opinion, opinionOf } from "./component.ts";
import { readDialect } from "./dialect.ts";
import { type FailedDial, failedDials } from "./dials.ts";
import { isBad } from "./level.ts";
import { type BareLine, stripPrefix } from "./prefix.ts";
import type { LogRecord } from "./record.ts";
import { matchesOf, type TextSet } from "./texts.ts";
import { startNames } from "./triggers.ts";

export interface ReadLine {
  readonly index: number;
  readonly bare: BareLine;
  readonly record: LogRecord;
  readonly opinion: Opinion | undefined;
}

/** Why a line is kept: numbers of patterns, `level`, `start`. */
export type Reason = number | "level" | "start";

const colour = /\u001b\[[0-9;?]{0,40}[A-Za-z]|\u001b\][^\u0007\u001b]{0,200}(?:\u0007|\u001b\\)/g;
const starting = new RegExp(
  String.raw`\bstarting (?:${startNames.join("|")})|\(version=v?\d|\bCadvisorVersion:|, version v?\d+\.\d`,
  "i",
);

export function readLine(raw: string, index: number): ReadLine {
  const bare = stripPrefix(raw.includes("\u001b") ? raw.replace(colour, "") : raw);
  const record = readDialect(bare.content);
  return { index, bare, record, opinion: opinionOf(record, bare.content, bare.process) };
}

export function reasonsOf({ bare, record }: ReadLine, texts: TextSet): readonly Reason[] {
  const reasons: Reason[] = [...matchesOf(texts, bare.text)];
  if (isBad(record.level)) reasons.push("level");
  if (starting.test(bare.text.slice(0, 2_000))) reasons.push("start");
  return reasons;
}

export function dialsOf({ bare, record }: ReadLine): readonly FailedDial[] {
  return failedDials(bare.content, record.fields);
}
