// Keeps the compiled form of the built chunks between runs: compiling 1.7 MB of rules and parsers is a seventh of a short run.
// What is kept can be deleted at any time, and a failure to keep it costs time and nothing else: it is not told.
import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { makeFolder } from "../plan/make-folder.ts";

interface Kept {
  readonly file: string;
  readonly script: Script;
}

/** Another version of Node or watchmend keeps its own; one that nobody used for so long is deleted. Days. */
const longestUnused = 30;

/** Loads the chunks beside the entry from their compiled form and keeps what is new when the process ends. */
export function keepCompiledCode(): void {
  const entry = fileURLToPath(import.meta.url);
  // Run from its sources there is nothing built; NODE_DISABLE_COMPILE_CACHE is Node's own switch for the same thing.
  if (!entry.endsWith(".js") || process.env.NODE_DISABLE_COMPILE_CACHE) return;
  const folder = cacheFolder(process.env);
  // From 22.1 on Node does it itself: https://nodejs.org/api/module.html#moduleenablecompilecachecachedir
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown };
  if (!prepare(folder)) return;
  if (enableCompileCache) enableCompileCache(join(folder, process.version));
  else loadThrough(dirname(entry), join(folder, `${process.version}-${process.arch}`));
}

/** `$XDG_CACHE_HOME/watchmend/code`; a relative value counts as not set, as the specification says. */
function cacheFolder(env: NodeJS.ProcessEnv): string {
  const { XDG_CACHE_HOME: cache } = env;
  const base = cache && isAbsolute(cache) ? cache : join(env.HOME ?? homedir(), ".cache");
  return join(base, "watchmend", "code");
}

/** Compiled code is code: it is used only from a folder that nobody else can write to (think of sudo that keeps HOME). */
function prepare(folder: string): boolean {
  try {
    makeFolder(folder, 0o700);
    const { uid, mode } = lstatSync(folder);
    return uid === process.getuid?.() && (mode & 0o022) === 0 && lstatSync(folder).isDirectory();
  } catch {
    return false;
  }
}

function loadThrough(home: string, folder: string): void {
  const kept: Kept[] = [];
  const { extensions } = nodeModule.createRequire(import.meta.url);
  const plain = extensions[".js"];
  extensions[".js"] = (loaded, filename) => {
    if (dirname(filename) !== home) return plain?.(loaded, filename);
    const wrapped = nodeModule.Module.wrap(readFileSync(filename, "utf8"));
    // The name of a chunk holds a hash of its text, so what is kept under it is its own.
    const file = join(folder, `${basename(filename)}.code`);
    const cachedData = readKept(file);
    const script = new Script(wrapped, { filename, ...(cachedData ? { cachedData } : {}) });
    if (!cachedData || script.cachedDataRejected) kept.push({ file, script });
    const run = script.runInThisContext() as (...given: readonly unknown[]) => void;
    run.call(loaded.exports, loaded.exports, nodeModule.createRequire(filename), loaded, filename, home);
  };
  // At the end, since only what ran is compiled: a cache made at loading would hold empty shells.
  process.on("exit", () => keep(folder, kept));
}

function readKept(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function keep(folder: string, kept: readonly Kept[]): void {
  if (kept.length === 0) return;
  try {
    dropUnused(dirname(folder));
    makeFolder(folder, 0o700);
    for (const { file, script } of kept) {
      const half = `${file}.${process.pid}`;
      writeFileSync(half, script.createCachedData(), { mode: 0o600 });
      renameSync(half, file);
    }
  } catch {
    // A full or read-only disk: the next run compiles again.
  }
}

function dropUnused(parent: string): void {
  const oldest = Date.now() - longestUnused * 24 * 3_600_000;
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (statSync(path).mtimeMs < oldest) rmSync(path, { recursive: true, force: true });
  }
}
