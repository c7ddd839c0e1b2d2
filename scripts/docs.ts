// npm run docs: writes the generated pages of docs/ and the manual page, and removes pages of rules that are gone.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { manPage, manPagePath } from "./man-page.ts";
import { generatedPages } from "./rule-pages.ts";

const docs = join(import.meta.dirname, "../docs");
rmSync(join(docs, "rules"), { recursive: true, force: true });
const pages = generatedPages();
for (const [path, text] of pages) {
  mkdirSync(dirname(join(docs, path)), { recursive: true });
  writeFileSync(join(docs, path), text);
}
const man = join(docs, "..", manPagePath);
mkdirSync(dirname(man), { recursive: true });
writeFileSync(man, manPage());
console.log(`${pages.size} pages written below docs/`);
