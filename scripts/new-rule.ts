// npm run new:rule COMPONENT/WHAT-IS-WRONG: copies the template so that a new rule starts complete.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { componentKinds } from "../src/model/component.ts";

const id = process.argv[2] ?? "";
const [component, name] = id.split("/");
const root = join(import.meta.dirname, "../src/rules");
const isKnown = (componentKinds as readonly string[]).includes(component ?? "");
if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(id) || !isKnown) {
  console.error(
    `usage: npm run new:rule COMPONENT/WHAT-IS-WRONG\n  COMPONENT is one of: ${componentKinds.join(", ")}\n  example: npm run new:rule loki/wal-directory-relative`,
  );
  process.exit(3);
}
const folder = join(root, id);
if (existsSync(folder)) {
  console.error(`src/rules/${id} exists already; choose another name or edit it.`);
  process.exit(3);
}
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(join(root, "_template"))) {
  const text = readFileSync(join(root, "_template", file), "utf8")
    .replaceAll("COMPONENT/WHAT-IS-WRONG", id)
    .replaceAll('"COMPONENT"', `"${component}"`);
  writeFileSync(join(folder, file.replace(/\.txt$/, "")), text);
}
console.log(
  `src/rules/${id}: fill in rule.ts, bad.yaml and good.yaml, then run\n  RULES=${id} npx vitest run test/rules\n(the guide is docs/adding-a-rule.md; ${name} is its id everywhere)`,
);
