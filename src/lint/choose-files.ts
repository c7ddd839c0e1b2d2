// Which files of a folder lint reads: configuration by its name, wherever it lives, and nothing that somebody else keeps.

import { type IgnoreList, isIgnored } from "./gitignore.ts";
import { matchesGlob } from "./glob.ts";

/** Configuration, also as templates and examples of it; logs and notes belong to `diagnose`. */
const extensions =
  /\.(?:ya?ml|json|jsonc|ini|conf|cfg|cnf|toml|alloy|river|rules|env|service|hcl|properties)(?:\.(?:j2|jinja2?|tpl|tmpl|gotmpl|dist|example|sample|default))?$/i;
/** Files without an extension that hold configuration by convention. */
const names = /^(?:hosts|inventory|\.env(?:\.[\w-]+)?|positions|targets)$/i;
/** What package managers and compilers write. */
const generated =
  /^(?:package-lock\.json|npm-shrinkwrap\.json|composer\.lock|pnpm-lock\.yaml|tsconfig[\w.-]*\.json|Chart\.lock|.*\.schema\.json)$/i;
/** Folders of other people's files, as linters of other languages skip them. Their name decides at any depth. */
const foreign = new Set([
  ".git",
  ".hg",
  ".svn",
  "node_modules",
  "bower_components",
  "__pycache__",
  ".venv",
  "venv",
  ".tox",
  ".mypy_cache",
  ".ruff_cache",
  ".terraform",
  ".watchmend",
  ".idea",
  ".cache",
]);

export interface Choice {
  readonly gitignores: readonly IgnoreList[];
  /** Patterns of the ignore file. */
  readonly exclude: readonly string[];
  /** How a path is called by those patterns. */
  readonly pathOf: (source: string) => string | undefined;
}

export function isConfigurationName(path: string): boolean {
  const name = path.split("/").at(-1) ?? "";
  return (
    (extensions.test(name) || names.test(name)) && !generated.test(name) && name !== ".watchmend-ignore.yaml"
  );
}

export function isChosen(path: string, choice: Choice): boolean {
  if (!isConfigurationName(path)) return false;
  if (
    path
      .split("/")
      .slice(0, -1)
      .some((folder) => foreign.has(folder))
  )
    return false;
  if (isIgnored(path, choice.gitignores)) return false;
  const named = choice.pathOf(path);
  return named === undefined || !choice.exclude.some((pattern) => isBelow(named, pattern));
}

/** `vendor` and `vendor/` leave out everything below them. */
function isBelow(path: string, pattern: string): boolean {
  const bare = pattern.replace(/\/+$/, "").replace(/^\.\//, "");
  return matchesGlob(path, bare) || matchesGlob(path, `${bare}/**`);
}
