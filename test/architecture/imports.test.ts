// Holds the layout: who may import whom. The table is the sentence that a broken import prints.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../src");

/** Folder → folders it may import besides itself. `node` stands for node:* modules. */
const table: Readonly<Record<string, readonly string[]>> = {
  model: [],
  stack: ["model"],
  rules: ["model", "stack"],
  collectors: ["model", "node"],
  targets: ["model", "node"],
  bundle: ["model", "node"],
  render: ["model"],
  "stack-file": ["model"],
  report: ["model"],
  plan: ["model", "stack", "node"],
  lint: ["model"],
  validate: ["model", "stack"],
  diagnose: ["model", "stack", "rules", "collectors", "bundle"],
  cli: [
    "model",
    "stack",
    "rules",
    "collectors",
    "bundle",
    "diagnose",
    "lint",
    "validate",
    "targets",
    "render",
    "stack-file",
    "plan",
    "report",
    // A verb that serves; what is served is handed to it, so the server needs nothing of the command line.
    "server",
    "node",
  ],
  server: ["model", "node"],
};

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : path.endsWith(".ts") ? [path] : [];
  });
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import\()\s*["']([^"']+)["']/g)].map((match) => match[1] ?? "");
}

test("every folder imports only what the layout allows", () => {
  const broken: string[] = [];
  for (const file of filesBelow(root)) {
    const [folder = ""] = relative(root, file).split("/");
    const allowed = table[folder];
    if (!allowed) {
      broken.push(`src/${folder} is not a folder of the layout`);
      continue;
    }
    for (const wanted of importsOf(file)) {
      const target = wanted.startsWith("node:")
        ? "node"
        : wanted.startsWith(".")
          ? (relative(root, join(file, "..", wanted)).split("/")[0] ?? "")
          : undefined;
      if (target === undefined || target === folder || allowed.includes(target)) continue;
      broken.push(
        `${relative(root, file)} imports ${wanted}: ${folder} may import only ${allowed.join(", ") || "nothing"}`,
      );
    }
  }
  expect(broken).toEqual([]);
});

test("no folder or file is a drawer for everything", () => {
  const drawers = filesBelow(root).filter((file) =>
    /(^|[/-])(utils?|helpers?|common|manager|misc)(\.|-|\/)/.test(relative(root, file)),
  );
  expect(drawers.map((file) => relative(root, file))).toEqual([]);
});

test("every file says in its first line why it exists", () => {
  const silent = filesBelow(root).filter((file) => {
    const [first = "", second = ""] = readFileSync(file, "utf8").split("\n");
    return !/^\/\/ \S.{10,}/.test(first.startsWith("#!") ? second : first);
  });
  expect(silent.map((file) => relative(root, file))).toEqual([]);
});
