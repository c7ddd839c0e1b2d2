// One root cause from top to bottom: what it is, its proof, what follows, what else it could have been, the fix.
import type { Finding, Fix, Rival } from "../../model/finding.ts";
import { planDiffLines } from "../plan-diff.ts";
import type { Cause, CauseGroup, Effects } from "../story.ts";
import type { Ink } from "../text/ink.ts";
import { count } from "../verdict.ts";
import { command, hanging, listNames, section } from "./block.ts";
import { effectLines } from "./effects.ts";
import { placeText, proofLines } from "./proof.ts";

const proofsPerCause = 4;
const othersInFull = 8;

export function causeLines(group: CauseGroup, ink: Ink): string[] {
  const { first, others } = group;
  return [
    ...headLines(first.finding, ink),
    "",
    ...proofLines(first.finding, ink, "  ", proofsPerCause),
    ...decideLines(first.finding, ink),
    ...followLines(first, ink),
    ...othersLines(first, others, ink),
    ...rivalLines(first.finding.rivals, ink),
    ...fixLines(first.finding.fix, ink),
    ...otherFixesLine(others, ink),
  ];
}

export function headLines(finding: Finding, ink: Ink): string[] {
  const word = ink.severity(finding.severity, `${finding.severity}:`);
  const hang = " ".repeat(finding.severity.length + 2);
  const meta = [ink.text(finding.subject.id), finding.certainty, ink.text(finding.rule)];
  return [
    ...hanging(ink, `${word} `, hang, ink.text(finding.title), ink.bold),
    ...hanging(ink, "  ", "  ", meta.join(` ${ink.glyphs.dot} `), ink.dim),
    "",
    ...hanging(ink, "  ", "  ", ink.text(finding.says)),
  ];
}

/** A guess is worth one more command; proof is not. */
function decideLines(finding: Finding, ink: Ink): string[] {
  if (finding.certainty === "proven" || !finding.decideWith) return [];
  return [
    "",
    section(ink, `only ${finding.certainty}; this would settle it`),
    ...command(ink, "    ", finding.decideWith),
  ];
}

function followLines(cause: Cause, ink: Ink): string[] {
  const also = cause.alsoExplains.map((finding) => ink.text(finding.subject.id));
  if (cause.effects.length === 0 && also.length === 0) return [];
  return [
    "",
    section(ink, "what follows from it"),
    ...effectLines(cause.effects, ink, "  "),
    ...(also.length > 0
      ? hanging(
          ink,
          "  ",
          "  ",
          `would also bring about what is told above: ${listNames([...new Set(also)], 6)}`,
          ink.dim,
        )
      : []),
  ];
}

/** The same cause on further subjects: who, and where it shows. */
function othersLines(first: Cause, others: readonly Cause[], ink: Ink): string[] {
  if (others.length === 0) return [];
  const told = new Set(mechanismsOf(first.effects));
  const shown = others.slice(0, othersInFull);
  const rest = others.slice(othersInFull).map(({ finding }) => ink.text(finding.subject.id));
  return [
    "",
    section(ink, `the same on ${others.length} more`),
    ...shown.flatMap(({ finding, effects }) => {
      const [place] = finding.proof;
      return [
        ...hanging(ink, "  * ", "    ", `${ink.text(finding.subject.id)}: ${ink.text(finding.says)}`),
        ...(place
          ? hanging(
              ink,
              `    ${ink.glyphs.point} `,
              "        ",
              placeText({ ...place, pointer: "" }, ink),
              ink.dim,
            )
          : []),
        ...effectLines(withoutMechanisms(effects, told), ink, "    "),
      ];
    }),
    ...(rest.length > 0 ? hanging(ink, "  * ", "    ", `and ${listNames(rest, 24)}`) : []),
  ];
}

function mechanismsOf(effects: readonly Effects[]): string[] {
  return effects.flatMap((effect) => [...effect.mechanisms, ...mechanismsOf(effect.next)]);
}

/** What was said once about the first subject needs no repeating for the others. */
function withoutMechanisms(effects: readonly Effects[], told: ReadonlySet<string>): Effects[] {
  return effects.map((effect) => ({
    ...effect,
    mechanisms: effect.mechanisms.filter((mechanism) => !told.has(mechanism)),
    next: withoutMechanisms(effect.next, told),
  }));
}

function otherFixesLine(others: readonly Cause[], ink: Ink): string[] {
  const fixable = others.filter(({ finding }) => finding.fix).length;
  if (fixable === 0) return [];
  const text = `${count(fixable, "more fix", "more fixes")} of this kind, one per subject: watchmend remediate plans them all.`;
  return hanging(ink, "    ", "    ", text, ink.dim);
}

const states: Readonly<Record<Rival["state"], string>> = {
  refuted: "ruled out",
  untestable: "cannot be told from here",
  possible: "also possible",
};

function rivalLines(rivals: readonly Rival[], ink: Ink): string[] {
  if (rivals.length === 0) return [];
  return [
    "",
    section(ink, "what else it could have been"),
    ...rivals.flatMap((rival) => {
      const refuted = rival.state === "refuted";
      const sign = refuted ? ink.glyphs.refuted : ink.glyphs.open;
      const text = `${ink.text(rival.rule)}, ${states[rival.state]}: ${ink.text(rival.because)}`;
      return [
        ...hanging(ink, `  ${refuted ? sign : ink.yellow(sign)} `, "    ", text),
        ...(rival.decideWith && !refuted ? command(ink, "      ", rival.decideWith) : []),
      ];
    }),
  ];
}

export function fixLines(fix: Fix | undefined, ink: Ink): string[] {
  if (!fix) return [];
  const paint = { safe: ink.green, disruptive: ink.yellow, destructive: ink.red }[fix.risk];
  const first = `  ${ink.bold("fix")} (${paint(fix.risk)}): `;
  return [
    "",
    ...hanging(ink, first, "    ", ink.text(fix.summary)),
    ...planDiffLines(fix.steps, ink, "    "),
  ];
}
