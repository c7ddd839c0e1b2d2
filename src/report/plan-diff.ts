// Shows the steps of a plan the way `terraform plan` shows changes: what is added, removed, altered, restarted.
import { structuredPatch } from "diff";
import { stringify } from "yaml";
import type { Place } from "../model/place.ts";
import type { Step } from "../model/plan.ts";
import type { TextOptions } from "./options.ts";
import { createInk, type Ink } from "./text/ink.ts";
import { rows } from "./text/rows.ts";
import { oneLine, visible } from "./text/safe.ts";

/** `#` heading of a step, `+ - ~` changes, ` ` context, `@` position, `$` command to paste, `>` its further lines, `!` restart. */
export type PlanSign = "#" | "+" | "-" | "~" | " " | "@" | "$" | ">" | "!";

export interface PlanLine {
  readonly sign: PlanSign;
  readonly text: string;
}

/** Whole text before and after a step, by index of the step; without it a diff shows only what the step itself says. */
export type StepTexts = ReadonlyMap<
  number,
  {
    readonly before: string;
    readonly after: string;
    /** What is changed, where the step itself names only the evidence of it. */
    readonly name?: string;
  }
>;

const linesPerFile = 60;
const context = 3;

export function planDiff(
  steps: readonly Step[],
  options: TextOptions & { readonly texts?: StepTexts } = {},
): string {
  return `${planDiffLines(steps, createInk(options), "", options.texts).join("\n")}\n`;
}

/** The same as rows of a terminal page. */
export function planDiffLines(
  steps: readonly Step[],
  ink: Ink,
  indent: string,
  texts?: StepTexts,
  /** Rows below each step, by its index. */
  below: (index: number) => readonly string[] = () => [],
): string[] {
  return steps.flatMap((step, index) => [
    ...linesOf(step, index, steps.length, texts).flatMap((line) => printLine(line, ink, indent)),
    ...below(index),
  ]);
}

/** The steps as lines with a sign each; formats choose how to show the sign. */
export function planLines(steps: readonly Step[], texts?: StepTexts): PlanLine[] {
  return steps.flatMap((step, index) => linesOf(step, index, steps.length, texts));
}

function linesOf(step: Step, index: number, of: number, texts: StepTexts | undefined): PlanLine[] {
  const number = of > 1 ? `${index + 1}. ` : "";
  const heading: PlanLine = { sign: "#", text: `${number}${oneLine(step.title)}${onHost(step)}` };
  const known = texts?.get(index);
  return [heading, ...(known ? fileDiff(step, known) : stepLines(step))];
}

const editSigns = { set: "~", replace: "~", append: "+", remove: "-" } as const;

function stepLines(step: Step): PlanLine[] {
  switch (step.do) {
    case "edit-document":
      return [
        {
          sign: "~",
          text: `${placeOf(step.file)}${step.embeddedKey ? ` (key ${oneLine(step.embeddedKey)})` : ""}`,
        },
        ...step.edits.flatMap((edit) => change(editSigns[edit.op], pathOf(edit.path), edit)),
      ];
    case "replace-lines":
      return [
        {
          sign: "~",
          text: `${oneLine(step.file.source)}:${step.from}${step.to > step.from ? `-${step.to}` : ""}`,
        },
        ...diffLines(step.expect, step.replacement, step.from),
      ];
    case "write-file":
      return [
        { sign: "+", text: `${oneLine(step.path)}${modeOf(step.mode, ", mode ")}` },
        ...capped(
          step.content
            .replace(/\n$/, "")
            .split("\n")
            .map((text) => ({ sign: "+", text: `  ${visible(text)}` })),
        ),
      ];
    case "set-owner":
      return [
        { sign: "~", text: `${oneLine(step.path)}${step.below ? "" : " (this path only)"}` },
        ...(step.below
          ? [
              { sign: "~" as const, text: `  and below it, where uid ${step.below.uid} has it:` },
              ...wrappedWords(step.below.names.map(oneLine)).map((text) => ({
                sign: "~" as const,
                text: `    ${text}`,
              })),
            ]
          : []),
        ...ownerOf(step.uid, step.gid),
        ...(step.mode === undefined
          ? []
          : [{ sign: "~" as const, text: `  mode = ${modeOf(step.mode, "")}` }]),
      ];
    case "patch-object":
      return [
        { sign: "~", text: `${oneLine(step.kind)} ${qualified(step.namespace, step.name)}` },
        ...step.patch.flatMap((operation) => patchLines(operation)),
      ];
    case "recreate-container":
      return [
        { sign: "!", text: `make container ${oneLine(step.name)} again, the old one is kept` },
        ...step.patch.flatMap((operation) => patchLines(operation)),
      ];
    case "admit-source":
      return [
        {
          sign: "+",
          text: `${step.tool}: ${oneLine(step.source)} may come in to port ${step.port} of ${oneLine(step.host)}`,
        },
      ];
    case "put-files":
      return [
        ...step.directories.map(({ path }): PlanLine => ({ sign: "+", text: `${oneLine(path)}/` })),
        ...step.files.map(({ path }): PlanLine => ({ sign: "+", text: oneLine(path) })),
        ...step.remove.map(({ path }): PlanLine => ({ sign: "-", text: oneLine(path) })),
      ];
    case "check-config":
      return [
        { sign: " ", text: `${oneLine(step.component)} of ${oneLine(step.image)} checks its configuration` },
      ];
    case "backup-data":
      return [{ sign: "+", text: `${oneLine(step.below)}: copy of ${oneLine(step.from)}` }];
    case "move-folder":
      return [{ sign: "~", text: `${oneLine(step.from)} → ${oneLine(step.to)}` }];
    case "put-container":
      return [
        { sign: "!", text: `${step.spec ? "make" : "take away"} container ${oneLine(step.name)}` },
        ...(step.spec ? [{ sign: "+" as const, text: `  image = ${oneLine(step.spec.image)}` }] : []),
      ];
    case "refresh-container":
      return [
        {
          sign: "!",
          text: `${step.how === "restart" ? "restart" : "reload"} container ${oneLine(step.name)}`,
        },
      ];
    case "reload":
      return [
        { sign: "!", text: `reload ${step.what.kind} ${qualified(step.what.namespace, step.what.name)}` },
      ];
    case "restart":
      return [
        { sign: "!", text: `restart ${step.what.kind} ${qualified(step.what.namespace, step.what.name)}` },
      ];
    case "by-hand":
      return step.command ? commandLines(step.command) : [];
  }
}

function fileDiff(
  step: Step,
  texts: { readonly before: string; readonly after: string; readonly name?: string },
): PlanLine[] {
  if (texts.before === texts.after) return [{ sign: " ", text: "already so, nothing to change" }];
  const name = texts.name === undefined ? fileOf(step) : oneLine(texts.name);
  return [
    { sign: texts.before === "" ? "+" : "~", text: name },
    ...diffLines(texts.before, texts.after, 1, true),
  ];
}

function fileOf(step: Step): string {
  if (step.do === "edit-document" || step.do === "replace-lines") return oneLine(step.file.source);
  if (step.do === "write-file" || step.do === "set-owner") return oneLine(step.path);
  if (step.do === "patch-object") return `${oneLine(step.kind)} ${qualified(step.namespace, step.name)}`;
  return oneLine(step.title);
}

function diffLines(before: string, after: string, firstLine: number, positions = false): PlanLine[] {
  const ended = (text: string) => (text === "" || text.endsWith("\n") ? text : `${text}\n`);
  const patch = structuredPatch("", "", ended(before), ended(after), undefined, undefined, {
    context: positions ? context : 1_000_000,
    maxEditLength: 1000,
  });
  if (!patch) return wholeReplacement(before, after);
  const lines = patch.hunks.flatMap((hunk): PlanLine[] => [
    ...(positions ? [{ sign: "@" as const, text: `line ${hunk.oldStart + firstLine - 1}` }] : []),
    ...hunk.lines
      .filter((line) => !line.startsWith("\\"))
      .map((line): PlanLine => ({ sign: signOf(line), text: visible(line.slice(1)) })),
  ]);
  return capped(lines);
}

/** Texts that differ too much for a diff to be found in reasonable time. */
function wholeReplacement(before: string, after: string): PlanLine[] {
  return [
    ...capped(before.split("\n").map((text) => ({ sign: "-", text: visible(text) }))),
    ...capped(after.split("\n").map((text) => ({ sign: "+", text: visible(text) }))),
  ];
}

function signOf(line: string): PlanSign {
  return line.startsWith("+") ? "+" : line.startsWith("-") ? "-" : " ";
}

function capped(lines: readonly PlanLine[]): PlanLine[] {
  if (lines.length <= linesPerFile) return [...lines];
  return [
    ...lines.slice(0, linesPerFile),
    { sign: " ", text: `(${lines.length - linesPerFile} more lines)` },
  ];
}

function patchLines(operation: Extract<Step, { do: "patch-object" }>["patch"][number]): PlanLine[] {
  const sign = { add: "+", replace: "~", remove: "-", test: " " } as const;
  const path = pathOf(operation.path.split("/").slice(1).map(unescapePointer));
  if (operation.op === "test") return change(" ", `only if ${path}`, operation);
  return change(sign[operation.op], path, operation);
}

function unescapePointer(key: string): string | number {
  return /^\d+$/.test(key) ? Number(key) : key.replaceAll("~1", "/").replaceAll("~0", "~");
}

function change(
  sign: PlanSign,
  path: string,
  operation: { readonly op: string; readonly value?: unknown },
): PlanLine[] {
  if (operation.op === "remove") return [{ sign, text: `  ${path}` }];
  const inline = JSON.stringify(operation.value) ?? "null";
  if (typeof operation.value !== "object" || inline.length <= 50) {
    return [{ sign, text: `  ${path} = ${visible(inline)}` }];
  }
  const block = stringify(operation.value, { lineWidth: 0 }).trimEnd().split("\n");
  return capped([
    { sign, text: `  ${path} =` },
    ...block.map((text): PlanLine => ({ sign, text: `    ${visible(text)}` })),
  ]);
}

function pathOf(path: readonly (string | number)[]): string {
  if (path.length === 0) return "(whole document)";
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      const word = /^[\w$-]+$/.test(key) ? key : `"${visible(key)}"`;
      return index === 0 ? word : `.${word}`;
    })
    .join("");
}

function ownerOf(uid: number | undefined, gid: number | undefined): PlanLine[] {
  if (uid !== undefined && gid !== undefined) return [{ sign: "~", text: `  owner = ${uid}:${gid}` }];
  if (uid !== undefined) return [{ sign: "~", text: `  owner = ${uid} (group unchanged)` }];
  return gid === undefined ? [] : [{ sign: "~", text: `  group = ${gid}` }];
}

/** Lines of at most 60 columns. */
function wrappedWords(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 60) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function modeOf(mode: number | undefined, lead: string): string {
  return mode === undefined ? "" : `${lead}${mode.toString(8).padStart(4, "0")}`;
}

function placeOf(place: Place): string {
  return `${oneLine(place.source)}${place.line === undefined ? "" : `:${place.line}`}`;
}

function qualified(namespace: string | undefined, name: string): string {
  return oneLine(namespace ? `${namespace}/${name}` : name);
}

function onHost(step: Step): string {
  const host =
    "host" in step ? step.host : step.do === "restart" || step.do === "reload" ? step.what.host : undefined;
  return host ? ` (on ${oneLine(host)})` : "";
}

function commandLines(command: string): PlanLine[] {
  const [first = "", ...rest] = visible(command.trim()).split("\n");
  return [{ sign: "$", text: first }, ...rest.map((text): PlanLine => ({ sign: ">", text }))];
}

function printLine(line: PlanLine, ink: Ink, indent: string): string[] {
  const [text = ""] = ink.lines(line.text);
  if (line.sign === "#") return wrapped(text, ink, indent, "", (row) => row);
  // Commands are never broken: a wrapped command cannot be pasted.
  if (line.sign === "$") return [`${indent}  $ ${ink.bold(text)}`];
  if (line.sign === ">") return [`${indent}    ${ink.bold(text)}`.trimEnd()];
  const paint = paintOf(line.sign, ink);
  if (line.sign === "@") return [`${indent}  ${ink.cyan(`@@ ${text}`)}`];
  const sign = line.sign === "!" ? "-/+" : line.sign;
  return wrapped(text, ink, `${indent}  `, `${sign} `, paint);
}

function wrapped(
  text: string,
  ink: Ink,
  indent: string,
  sign: string,
  paint: (row: string) => string,
): string[] {
  const width = ink.width - indent.length - sign.length;
  return rows(text, undefined, width - 2).map((row, index) =>
    `${indent}${paint(`${index === 0 ? sign : " ".repeat(sign.length + 2)}${row.text}`)}`.trimEnd(),
  );
}

function paintOf(sign: PlanSign, ink: Ink): (row: string) => string {
  if (sign === "+") return ink.green;
  if (sign === "-") return ink.red;
  if (sign === "~" || sign === "!") return ink.yellow;
  return (row) => row;
}
