// Colours and signs of a text format: everything a writer prints goes through here, so options are honoured in one place.
import { createColors } from "picocolors";
import type { Severity } from "../../model/finding.ts";
import type { TextOptions } from "../options.ts";
import { ascii, oneLine, visible } from "./safe.ts";

type Paint = (text: string) => string;

export interface Glyphs {
  readonly tee: string;
  readonly corner: string;
  readonly bar: string;
  readonly rule: string;
  readonly gutter: string;
  readonly arrow: string;
  readonly point: string;
  readonly dot: string;
  readonly ellipsis: string;
  readonly refuted: string;
  readonly open: string;
  readonly times: string;
  readonly underline: string;
}

export interface Ink {
  readonly width: number;
  readonly glyphs: Glyphs;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly green: Paint;
  readonly cyan: Paint;
  /** Foreign text on one line, printable. */
  readonly text: (text: string) => string;
  /** Foreign text with its line breaks, printable. */
  readonly lines: (text: string) => string[];
  readonly severity: (severity: Severity, text: string) => string;
}

const unicodeGlyphs: Glyphs = {
  tee: "├─ ",
  corner: "└─ ",
  bar: "│  ",
  rule: "─",
  gutter: "│",
  arrow: "→",
  point: "-->",
  dot: "·",
  ellipsis: "…",
  refuted: "✗",
  open: "?",
  times: "×",
  underline: "^",
};

const asciiGlyphs: Glyphs = {
  tee: "|- ",
  corner: "`- ",
  bar: "|  ",
  rule: "-",
  gutter: "|",
  arrow: "->",
  point: "-->",
  dot: "-",
  ellipsis: "...",
  refuted: "x",
  open: "?",
  times: "x",
  underline: "^",
};

export function createInk(options: TextOptions): Ink {
  const colours = createColors(options.colour ?? false);
  const unicode = options.unicode ?? true;
  const printable: Paint = unicode ? (text) => text : ascii;
  const bySeverity: Readonly<Record<Severity, Paint>> = {
    critical: colours.red,
    warning: colours.yellow,
    notice: colours.cyan,
  };
  return {
    width: Math.min(Math.max(options.width ?? 80, 40), 140),
    glyphs: unicode ? unicodeGlyphs : asciiGlyphs,
    bold: colours.bold,
    dim: colours.dim,
    red: colours.red,
    yellow: colours.yellow,
    green: colours.green,
    cyan: colours.cyan,
    text: (text) => printable(oneLine(text)),
    lines: (text) => printable(visible(text)).split("\n"),
    severity: (severity, text) => colours.bold(bySeverity[severity](text)),
  };
}
