// `render`: the model in, a tree of files out. The tree says itself which files are watchmend's, so that no other is ever removed.
import { existsSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { exitCodes, UserError } from "../model/errors.ts";
import { isRecord, itemsOf } from "../model/json-value.ts";
import { makeFolder } from "../plan/make-folder.ts";
import { renderStack } from "../render/render-stack.ts";
import { type TreeFile, treeOf } from "../render/tree.ts";
import type { RenderOptions } from "./commands/render.ts";
import { deliver, note } from "./output.ts";
import { loadStackFile } from "./stack-file.ts";
import { whyUnwritten } from "./write-errors.ts";

const listName = ".watchmend-rendered.json";

interface TreeChange {
  readonly path: string;
  readonly change: "new" | "changed" | "gone";
}

export function renderVerb(options: RenderOptions): number {
  const stack = loadStackFile(options.file, options);
  const state = renderStack(stack);
  const files = treeOf(state);
  const changes = changesOf(options.output, files);
  if (!options.check) writeTree(options.output, files, changes);
  deliver(shown(changes, files.length, options), undefined);
  const secrets = state.hosts.reduce((sum, host) => sum + host.secrets.length, 0);
  if (secrets > 0)
    note(options, `${secrets} secrets are named and not written: apply puts them on the hosts`);
  return options.check && changes.length > 0 ? exitCodes.problems : exitCodes.clean;
}

function changesOf(folder: string, files: readonly TreeFile[]): readonly TreeChange[] {
  const wanted = new Set(files.map((file) => file.path));
  const known = knownFiles(folder);
  const written = files.flatMap(({ path, content }): readonly TreeChange[] => {
    const full = join(folder, path);
    if (!existsSync(full)) return [{ path, change: "new" }];
    return readFileSync(full, "utf8") === content ? [] : [{ path, change: "changed" }];
  });
  const gone = known
    .filter((path) => !wanted.has(path) && existsSync(join(folder, path)))
    .map((path): TreeChange => ({ path, change: "gone" }));
  return [...written, ...gone].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What an earlier render wrote here. A list that cannot be read names nothing, so nothing is removed. */
function knownFiles(folder: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(readFileSync(join(folder, listName), "utf8"));
    return itemsOf(isRecord(list) ? list.files : undefined).filter(
      (path): path is string =>
        typeof path === "string" && !path.startsWith("/") && !path.split("/").includes(".."),
    );
  } catch {
    return [];
  }
}

function writeTree(folder: string, files: readonly TreeFile[], changes: readonly TreeChange[]): void {
  const content = new Map(files.map((file) => [file.path, file.content]));
  try {
    makeFolder(folder);
    // The list first: what is written after it is known to be ours, whatever happens.
    const all = [...new Set([...files.map((file) => file.path), ...changes.map((one) => one.path)])].sort();
    replace(join(folder, listName), list(all));
    for (const { path, change } of changes) {
      const full = join(folder, path);
      if (change === "gone") remove(folder, path);
      else replace(full, content.get(path) ?? "");
    }
    replace(join(folder, listName), list(files.map((file) => file.path)));
  } catch (error) {
    throw new UserError(
      "output-unwritable",
      `cannot write ${folder}: ${whyUnwritten(error)}`,
      "Choose a folder you may write to with -o FOLDER.",
      {
        cause: error,
      },
    );
  }
}

function list(files: readonly string[]): string {
  return `${JSON.stringify({ schema: "watchmend.rendered/v1", files }, null, 2)}\n`;
}

function replace(file: string, content: string): void {
  makeFolderOnce(dirname(file));
  const draft = `${file}.watchmend-new`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}

/** Thousands of files lie in a few folders each: one that this run has made or found is not asked for again. */
const made = new Set<string>();

function makeFolderOnce(folder: string): void {
  if (made.has(folder)) return;
  makeFolder(folder);
  made.add(folder);
}

/** The file, and the folders that are empty without it. */
function remove(folder: string, path: string): void {
  made.clear();
  rmSync(join(folder, path), { force: true });
  const parts = dirname(path).split(sep);
  for (let n = parts.length; n > 0; n--) {
    try {
      rmdirSync(join(folder, ...parts.slice(0, n)));
    } catch {
      // Not empty: it holds something else.
      return;
    }
  }
}

function shown(changes: readonly TreeChange[], total: number, options: RenderOptions): string {
  if (options.format === "json")
    return JSON.stringify(
      { schema: "watchmend.render/v1", folder: options.output, files: total, changes },
      null,
      2,
    );
  const mark = { new: "+", changed: "~", gone: "-" } as const;
  const lines = changes.slice(0, 200).map(({ path, change }) => `${mark[change]} ${path}`);
  const more = changes.length > lines.length ? [`… and ${changes.length - lines.length} more`] : [];
  const verb = options.check ? "differ" : "written or removed";
  return [...lines, ...more, `${total} files in ${options.output}, ${changes.length} ${verb}`].join("\n");
}
