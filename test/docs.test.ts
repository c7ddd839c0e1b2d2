// The generated pages are current, and pages = rules, both ways.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generatedPages } from "../scripts/rule-pages.ts";

const docs = join(import.meta.dirname, "../docs");

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path).map((inner) => `${name}/${inner}`) : [name];
  });
}

test("regenerating the pages changes nothing (npm run docs)", () => {
  const pages = generatedPages();
  const stale = [...pages].filter(
    ([path, text]) => !existsSync(join(docs, path)) || readFileSync(join(docs, path), "utf8") !== text,
  );
  expect(stale.map(([path]) => path)).toEqual([]);
  const wanted = [...pages.keys()]
    .filter((path) => path.startsWith("rules/"))
    .map((path) => path.slice("rules/".length));
  expect(filesBelow(join(docs, "rules")).sort()).toEqual(wanted.sort());
}, 120_000);
