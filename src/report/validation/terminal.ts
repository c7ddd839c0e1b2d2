// The validation at a terminal: one line per check that holds, the subjects of those that do not, with cause and next command.
import type { CheckState, CheckVerdict, Validation } from "../../model/check.ts";
import type { TextOptions } from "../options.ts";
import { command, hanging } from "../terminal/block.ts";
import { createInk, type Ink } from "../text/ink.ts";
import { answerOf, type CheckGroup, expectationLine, grouped } from "./grouped.ts";

const shown = 8;
const labels: Readonly<Record<CheckState, string>> = {
  pass: "pass",
  warn: "warn",
  fail: "FAIL",
  unknown: "????",
  skip: "skip",
};

export function renderValidation(validation: Validation, options: TextOptions = {}): string {
  const ink = createInk(options);
  const lines: string[] = [];
  for (const { suite, checks } of grouped(validation)) {
    lines.push(ink.bold(suite));
    for (const group of checks) lines.push(...checkLines(group, ink, validation.times?.checks[group.check]));
    lines.push("");
  }
  lines.push(...missingLines(validation, ink), ...hanging(ink, "", "", expectationLine(validation), ink.dim));
  lines.push(...timesLines(validation, ink));
  const paint = { pass: ink.green, fail: ink.red, unknown: ink.yellow }[validation.verdict];
  lines.push(...hanging(ink, "", "", answerOf(validation), (row) => ink.bold(paint(row))));
  return `${lines.join("\n")}\n`;
}

/** Where the time went, so that nobody looks for it in the checks. */
function timesLines({ times }: Validation, ink: Ink): string[] {
  if (times === undefined) return [];
  const { reading, waiting, judging } = times;
  const waited = waiting === undefined ? "" : `, waited ${duration(waiting)} for lines to arrive`;
  return hanging(
    ink,
    "",
    "",
    `Read in ${duration(reading)}${waited}, judged in ${duration(judging)}.`,
    ink.dim,
  );
}

function duration(milliseconds: number): string {
  return milliseconds < 1_000
    ? `${Math.round(milliseconds * 10) / 10} ms`
    : `${(milliseconds / 1_000).toFixed(1)} s`;
}

function checkLines(
  { check, proves, state, verdicts }: CheckGroup,
  ink: Ink,
  tookMs: number | undefined,
): string[] {
  const name = check.split("/")[1] ?? check;
  const head = `  ${label(state, ink)}  `;
  const quiet = state === "pass" || state === "skip";
  const told = verdicts.filter((verdict) =>
    quiet ? false : verdict.state !== "pass" && verdict.state !== "skip",
  );
  const passed = verdicts.filter((verdict) => verdict.state === "pass").length;
  const total = verdicts.filter((verdict) => verdict.state !== "skip").length;
  const text =
    state === "skip"
      ? (verdicts[0]?.says ?? "")
      : `${proves}${total > 1 ? ` (${passed} of ${total})` : ""}${tookMs === undefined ? "" : ` · ${duration(tookMs)}`}`;
  return [
    ...hanging(ink, head, "        ", `${name}: ${text}`, quiet ? ink.dim : undefined),
    ...told.slice(0, shown).flatMap((verdict) => verdictLines(verdict, ink)),
    ...(told.length > shown
      ? [`        ${ink.dim(`and ${told.length - shown} more; --format json has them all`)}`]
      : []),
  ];
}

function verdictLines(verdict: CheckVerdict, ink: Ink): string[] {
  const { state, says, proof, because, hints, decideWith } = verdict;
  const lines = hanging(ink, `        ${label(state, ink)}  `, "              ", ink.text(says));
  const [first] = proof;
  const place = first && (first.line === undefined ? first.source : `${first.source}:${first.line}`);
  if (place)
    lines.push(...hanging(ink, "              ", "              ", `seen in ${ink.text(place)}`, ink.dim));
  for (const cause of because.slice(0, 2))
    lines.push(
      ...hanging(
        ink,
        "              ",
        "              ",
        `because ${ink.text(cause.says)} (${cause.rule})`,
        ink.cyan,
      ),
    );
  if (because.length === 0 && hints.length > 0 && state === "fail")
    lines.push(
      ...hanging(
        ink,
        "              ",
        "              ",
        `may be: ${hints.slice(0, 3).join(", ")} (watchmend explain RULE)`,
        ink.dim,
      ),
    );
  if (state === "unknown" && decideWith) lines.push(...command(ink, "              ", decideWith));
  return lines;
}

function label(state: CheckState, ink: Ink): string {
  const paint = { pass: ink.green, warn: ink.yellow, fail: ink.red, unknown: ink.yellow, skip: ink.dim }[
    state
  ];
  return paint(labels[state]);
}

function missingLines({ missing }: Validation, ink: Ink): string[] {
  if (missing.length === 0) return [];
  const told = missing
    .slice(0, shown)
    .flatMap(({ what, because, decideWith }) => [
      ...hanging(ink, "  ", "    ", `${ink.text(what)}: ${ink.text(because)}`),
      ...(decideWith ? command(ink, "    ", decideWith) : []),
    ]);
  const more = missing.length > shown ? [`  and ${missing.length - shown} more`] : [];
  return [ink.bold("could not be read"), ...told, ...more, ""];
}
