// Quotes the evidence like a compiler quotes source: place, line number, text, carets under the part that decides.
import type { Finding } from "../../model/finding.ts";
import type { Proof } from "../../model/place.ts";
import { decisivePart } from "../decisive.ts";
import type { Ink } from "../text/ink.ts";
import { dedent, rows, underline } from "../text/rows.ts";
import { columns, elideAround, padStart } from "../text/width.ts";
import { hanging } from "./block.ts";

const rowsPerLine = 3;
const linesPerProof = 8;

export function proofLines(finding: Finding, ink: Ink, indent: string, most: number): string[] {
  const shown = finding.proof.slice(0, most);
  const gutter = Math.max(2, ...shown.map((proof) => String(lastLine(proof)).length));
  const lines: string[] = [];
  let source = "";
  for (const proof of shown) {
    if (proof.source !== source || proof.pointer) {
      const first = `${indent}${" ".repeat(gutter - 2)}${ink.cyan(ink.glyphs.point)} `;
      lines.push(...hanging(ink, first, `${indent}${" ".repeat(gutter + 4)}`, placeText(proof, ink)));
    }
    source = proof.source;
    lines.push(...excerptLines(proof, finding, ink, indent, gutter));
  }
  const rest = finding.proof.slice(most);
  if (rest.length > 0) lines.push(...hanging(ink, indent, `${indent}  `, morePlaces(rest, ink), ink.dim));
  return lines;
}

export function placeText(proof: Proof, ink: Ink): string {
  const line = proof.line === undefined ? "" : `:${proof.line}`;
  const pointer = proof.pointer ? ` (${ink.text(proof.pointer)})` : "";
  return `${ink.text(proof.source)}${line}${pointer}`;
}

function morePlaces(rest: readonly Proof[], ink: Ink): string {
  const places = rest
    .slice(0, 3)
    .map((proof) => ink.text(proof.line === undefined ? proof.source : `${proof.source}:${proof.line}`));
  const more = rest.length > places.length ? `, and ${rest.length - places.length} more` : "";
  return `also ${places.join(", ")}${more}`;
}

function excerptLines(proof: Proof, finding: Finding, ink: Ink, indent: string, gutter: number): string[] {
  const quoted = dedent(ink.lines(proof.excerpt.trimEnd()));
  const bar = `${ink.cyan(ink.glyphs.gutter)} `;
  const blank = `${indent}${" ".repeat(gutter)} ${bar}`;
  const width = ink.width - indent.length - gutter - 4;
  const lines: string[] = [];
  for (const [index, whole] of quoted.slice(0, linesPerProof).entries()) {
    const number = proof.line === undefined ? "" : String(proof.line + index);
    const first = `${indent}${ink.cyan(padStart(number, gutter))} ${bar}`;
    const line = withoutWideGaps(whole, width);
    const mark = decisivePart(line, finding, proof.pointer);
    const elided = elideAround(line, mark, width * rowsPerLine - rowsPerLine * 6, ink.glyphs.ellipsis);
    for (const [rowIndex, row] of rows(elided.text, elided.mark, width - 2).entries()) {
      const hang = rowIndex > 0 ? "  " : "";
      lines.push(`${rowIndex > 0 ? blank : first}${hang}${row.text}`.trimEnd());
      const carets = underline(row, ink.glyphs.underline);
      if (carets)
        lines.push(
          `${blank}${hang}${carets.replace(/\^+/, (found) => ink.severity(finding.severity, found))}`,
        );
    }
  }
  const dropped = quoted.length - linesPerProof;
  if (dropped > 0) lines.push(`${blank}${ink.dim(`${ink.glyphs.ellipsis} ${dropped} more lines`)}`);
  return lines;
}

function lastLine(proof: Proof): number {
  return (proof.line ?? 0) + Math.min(linesPerProof, proof.excerpt.split("\n", linesPerProof + 1).length) - 1;
}

/** A row of a table that does not fit is easier to read without the blanks that align its columns. */
function withoutWideGaps(line: string, width: number): string {
  return columns(line) <= width ? line : line.replace(/(?<=\S) {4,}/g, "   ");
}
