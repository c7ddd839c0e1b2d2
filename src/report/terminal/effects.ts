// Draws what follows from a cause as a tree, many of a kind in one line.
import type { Finding } from "../../model/finding.ts";
import { type Effects, subjectNames } from "../story.ts";
import type { Ink } from "../text/ink.ts";
import { count } from "../verdict.ts";
import { hanging } from "./block.ts";

const namesPerFold = 6;
const mechanismsPerFold = 2;

export function effectLines(effects: readonly Effects[], ink: Ink, indent: string): string[] {
  return effects.flatMap((effect, index) => {
    const last = index === effects.length - 1;
    const first = `${indent}${ink.dim(last ? ink.glyphs.corner : ink.glyphs.tee)}`;
    const below = `${indent}${last ? "   " : ink.dim(ink.glyphs.bar)}`;
    return [...oneEffect(effect, ink, first, below), ...effectLines(effect.next, ink, below)];
  });
}

function oneEffect(effect: Effects, ink: Ink, first: string, below: string): string[] {
  const [finding] = effect.findings;
  if (!finding) return [];
  const body = `${below}${effect.next.length > 0 ? ink.dim(ink.glyphs.bar) : "   "}`;
  const many = effect.findings.length;
  const title = many > 1 ? `${many} ${ink.glyphs.times} ${ink.text(finding.title)}` : ink.text(finding.title);
  const detail =
    many > 1
      ? ink.text(subjectNames(effect.findings, namesPerFold))
      : `${ink.text(finding.says)}${shownAt(finding, ink)}`;
  const shown = effect.mechanisms.slice(0, mechanismsPerFold);
  const more = effect.mechanisms.length - shown.length;
  return [
    ...hanging(ink, `${first}`, body, title, (row) => ink.severity(finding.severity, row)),
    ...hanging(ink, body, body, detail),
    ...shown.flatMap((mechanism) =>
      hanging(ink, `${body}${ink.dim("because ")}`, `${body}  `, ink.text(mechanism), ink.dim),
    ),
    ...(more > 0 ? [`${body}${ink.dim(`        (${count(more, "more way")})`)}`] : []),
  ];
}

function shownAt(finding: Finding, ink: Ink): string {
  const [proof] = finding.proof;
  if (!proof) return "";
  return ` (${ink.text(proof.source)}${proof.line === undefined ? "" : `:${proof.line}`})`;
}
