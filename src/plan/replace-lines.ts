// Replaces whole lines of any text file, also of one that does not parse, if the expected lines stand there.
import type { Step } from "../model/plan.ts";
import { eolAt } from "./edit/patch.ts";
import { type Edited, edited, Refused } from "./edit/refusal.ts";

type LineStep = Extract<Step, { readonly do: "replace-lines" }>;

/** The text after the step. An empty `replacement` takes the lines away. Doing it again changes nothing. */
export function replaceLines(text: string, step: LineStep): Edited {
  const once = edited(text, () => replaced(text, step));
  if (!once.ok || !once.changed) return once;
  const twice = edited(once.text, () => replaced(once.text, step));
  if (!twice.ok || !twice.changed) return once;
  const because =
    "the lines around are like those to replace: a second time could not be told from the first";
  return { ok: false, refusal: { code: "ambiguous", because, line: step.from } };
}

function replaced(text: string, step: LineStep): string {
  const expect = linesOf(step.expect);
  if (step.from < 1 || step.to - step.from + 1 !== expect.length)
    throw new Refused(
      "bad-step",
      `lines ${step.from} to ${step.to} are not the ${expect.length} expected ones`,
    );
  const raw = text.split("\n");
  const lines = raw.map((line) => line.replace(/\r$/, ""));
  const fresh = step.replacement === "" ? [] : linesOf(step.replacement);
  const first = step.from - 1;
  const indent = indentAt(lines, first, expect);
  const isDone = fresh.length > 0 && indentAt(lines, first, fresh) !== undefined;
  if (isDone && (indent === undefined || fresh.length >= expect.length)) return text;
  if (indent === undefined) return refuseOrDone(text, lines, first, expect, fresh);
  const gone = raw.slice(first, first + expect.length);
  const inner = eolAt(text, raw.slice(0, first).join("\n").length) === "\r\n" ? "\r" : "";
  const last = gone.at(-1)?.endsWith("\r") ? "\r" : "";
  const written = fresh.map(
    (line, i) => (line === "" ? "" : indent + line) + (i === fresh.length - 1 ? last : inner),
  );
  const rest = raw.slice(first + expect.length);
  // Without lines behind, the line break of the line before stays.
  const tail = rest.length === 0 && written.length === 0 && first > 0 ? [""] : rest;
  return [...raw.slice(0, first), ...written, ...tail].join("\n");
}

function linesOf(text: string): string[] {
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}

/**
 * The indentation the lines carry beyond `wanted` at this place: "" where they are equal, blanks where `wanted` is the text
 * of a file inside a block scalar; undefined where something else stands.
 */
function indentAt(lines: readonly string[], first: number, wanted: readonly string[]): string | undefined {
  const lead = wanted.findIndex((line) => line.trim() !== "");
  const model = wanted[lead];
  const line = lines[first + lead];
  if (model === undefined) return wanted.every((entry, i) => lines[first + i] === entry) ? "" : undefined;
  if (line === undefined || !line.endsWith(model)) return undefined;
  const indent = line.slice(0, line.length - model.length);
  if (!/^ *$/.test(indent)) return undefined;
  const isSame = wanted.every((entry, i) => {
    const found = lines[first + i];
    return found === indent + entry || (entry.trim() === "" && found?.trim() === "");
  });
  return isSame ? indent : undefined;
}

function refuseOrDone(
  text: string,
  lines: readonly string[],
  first: number,
  expect: readonly string[],
  fresh: readonly string[],
): string {
  const places = lines.flatMap((_, i) => (indentAt(lines, i, expect) === undefined ? [] : [i + 1]));
  if (places.length > 0)
    throw new Refused(
      "place-changed",
      `the lines to replace now stand at line ${places.slice(0, 3).join(" and ")}, not ${first + 1}`,
      places[0],
    );
  if (fresh.length === 0) return text;
  const stands = lines[first];
  if (stands === undefined) throw new Refused("place-missing", `the file ends before line ${first + 1}`);
  throw new Refused(
    "place-changed",
    `line ${first + 1} reads ${JSON.stringify(stands.trim().slice(0, 80))}, not what the step expects`,
    first + 1,
  );
}
