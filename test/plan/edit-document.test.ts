// Edits of forty nasty files: the lines that change are exactly those of the golden file, and a second time none does.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { diffArrays } from "diff";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { editDocument } from "../../src/plan/edit-document.ts";
import { type EditCase, editCases } from "./edit-cases.ts";

const folder = join(import.meta.dirname, "fixtures");
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

function stepOf({ file, line, key, edits }: EditCase): Parameters<typeof editDocument>[1] {
  return {
    do: "edit-document",
    title: "edit",
    file: { source: file, ...(line === undefined ? {} : { line }) },
    ...(key === undefined ? {} : { embeddedKey: key }),
    edits,
  };
}

/** What cannot be seen on paper made visible. */
function visible(line: string): string {
  return line
    .replaceAll("\r", "␍")
    .replaceAll("\t", "␉")
    .replace(/ +$/, (blank) => "·".repeat(blank.length));
}

function changedLines(before: string, after: string): string[] {
  return diffArrays(before.split("\n"), after.split("\n")).flatMap((part) =>
    part.added || part.removed ? part.value.map((line) => `${part.added ? "+" : "-"} ${visible(line)}`) : [],
  );
}

test("exactly the lines concerned change", async () => {
  const report = editCases.map((one) => {
    const before = read(one.file);
    const result = editDocument(before, stepOf(one));
    const where = `${one.file}${one.line ? `:${one.line}` : ""}${one.key ? ` (${one.key})` : ""}`;
    const asked = one.edits.map(
      (edit) =>
        `    ${edit.op} ${edit.path.join(".")}${edit.value === undefined ? "" : ` = ${JSON.stringify(edit.value)}`}${edit.expect === undefined ? "" : ` expecting ${JSON.stringify(edit.expect)}`}`,
    );
    const outcome = result.ok
      ? result.changed
        ? changedLines(before, result.text)
        : ["(nothing to do)"]
      : [
          `refused, ${result.refusal.code}${result.refusal.line ? ` at line ${result.refusal.line}` : ""}: ${result.refusal.because}`,
        ];
    return [where, ...asked, ...outcome].join("\n");
  });
  await expect(`${report.join("\n\n")}\n`).toMatchFileSnapshot("golden/edits.txt");
});

test.each(editCases.map((one, i) => [`${i} ${one.file}`, one] as const))(
  "%s: twice is once",
  (_name, one) => {
    const first = editDocument(read(one.file), stepOf(one));
    if (!first.ok) return;
    const second = editDocument(first.text, stepOf(one));
    expect(second).toEqual({ ok: true, text: first.text, changed: false });
  },
);

test.each(editCases.map((one, i) => [`${i} ${one.file}`, one] as const))(
  "%s: another reader sees the change and no other",
  (_name, one) => {
    const before = read(one.file);
    const result = editDocument(before, stepOf(one));
    if (!result.ok) return;
    const values = (text: string): unknown[] =>
      parseAllDocuments(text, { uniqueKeys: false, merge: true, logLevel: "silent" }).map((document) =>
        document.toJS(),
      );
    const [old, now] = [values(before), values(result.text)];
    expect(now.length).toBe(old.length);
    const others = now.filter((value, i) => JSON.stringify(value) !== JSON.stringify(old[i]));
    expect(others.length).toBe(result.changed ? 1 : 0);
  },
);

test("every fixture is used", () => {
  const used = new Set(editCases.map((one) => one.file));
  expect(readdirSync(folder).filter((name) => !used.has(name) && !name.includes("alerts"))).toEqual([]);
});
