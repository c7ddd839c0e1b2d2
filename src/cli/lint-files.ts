// The files that lint reads, as text: chosen by name, minus what .gitignore and the ignore file leave out.
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { decodeText } from "../bundle/decode-text.ts";
import { realFileSystem } from "../bundle/file-system.ts";
import { limits } from "../bundle/limits.ts";
import { locateAll } from "../bundle/locate.ts";
import { gapOfError, userErrorOf } from "../bundle/read-errors.ts";
import { hasTooManyLines } from "../bundle/read-tree.ts";
import { sniff } from "../bundle/sniff.ts";
import type { SourceOrigin } from "../bundle/source-text.ts";
import { walkFolder } from "../bundle/walk-folder.ts";
import { type Choice, isChosen } from "../lint/choose-files.ts";
import { type IgnoreList, readGitignore } from "../lint/gitignore.ts";
import { type IgnoreFile, ignoreFileName } from "../lint/ignore-file.ts";
import { UserError } from "../model/errors.ts";
import type { Gap, Segment } from "../model/evidence.ts";

export interface LintFiles {
  /** Absolute folder that sources are relative to. */
  readonly root: string;
  /** One file was named, not a folder. */
  readonly single: boolean;
  readonly origins: ReadonlyMap<string, SourceOrigin>;
  /** Text by source, as it stands in the file (line ends included). */
  readonly texts: ReadonlyMap<string, string>;
  /** Files in another encoding than UTF-8: they are read, but never written. */
  readonly foreignEncoding: ReadonlySet<string>;
  readonly gaps: readonly Gap[];
  readonly ignore: IgnoreFile;
  readonly pathOf: (source: string) => string | undefined;
}

export async function readLintFiles(path: string, useGitignore: boolean): Promise<LintFiles> {
  const start = lookAt(path);
  const root = resolve(start.single ? dirname(path) : path);
  const found = await findIgnoreFile(root);
  const pathOf = (source: string): string | undefined => below(found.folder, join(root, source));
  const walked = start.single
    ? { sources: [basename(path)], gaps: [] }
    : await walk(root, useGitignore, { exclude: found.ignore.exclude, pathOf });
  const texts = new Map<string, string>();
  const foreignEncoding = new Set<string>();
  const gaps: Gap[] = [...walked.gaps];
  for (const source of walked.sources) {
    const read = readText(root, source, start.single);
    if (!read) continue;
    if ("because" in read) gaps.push(read);
    else {
      texts.set(source, read.text);
      if (!read.utf8) foreignEncoding.add(source);
    }
  }
  if (texts.size === 0 && gaps.length === 0)
    gaps.push({
      what: ".",
      because: "absent",
      detail: "no file of configuration was found in it that is not ignored",
    });
  const origins = new Map(locateAll([...texts.keys()]).map((origin) => [origin.source, origin]));
  return { root, single: start.single, origins, texts, foreignEncoding, gaps, ignore: found.ignore, pathOf };
}

/** A file of configuration is one stretch of text; nothing in it is taken for a terminal session. */
export function segmentsOf(files: Pick<LintFiles, "origins" | "texts" | "single">): Segment[] {
  return [...files.texts].map(([source, text]) => ({
    ...(files.origins.get(source) ?? { source }),
    startLine: 1,
    text: plainLines(text),
    // One that was named may be anything; in a folder files are chosen by their names.
    ...(files.single ? {} : { isWhole: true }),
  }));
}

export function plainLines(text: string): string {
  return text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
}

function lookAt(path: string): { readonly single: boolean } {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return { single: false };
    if (stats.isFile()) return { single: true };
  } catch (error) {
    throw userErrorOf(path, error);
  }
  throw new UserError(
    "not-a-regular-file",
    `${path} is a FIFO, socket or device; lint reads files and folders`,
    "Save it as a file first, or paste it into watchmend diagnose --from -",
  );
}

async function walk(
  root: string,
  useGitignore: boolean,
  choice: Omit<Choice, "gitignores">,
): Promise<{ readonly sources: readonly string[]; readonly gaps: readonly Gap[] }> {
  const { files, gaps } = await walkFolder(root, realFileSystem);
  const top = gitRoot(root);
  const prefix = below(top, root) ?? "";
  const inGit = (source: string): string => (prefix === "" ? source : `${prefix}/${source}`);
  const found = files.filter((file) => basename(file.source) === ".gitignore").map((file) => file.source);
  const gitignores = useGitignore
    ? [
        ...gitignoresAbove(top, root),
        ...found.flatMap((source) => gitignoreAt(join(root, source), dirname(inGit(source)))),
      ]
    : [];
  const chosen: Choice = { ...choice, gitignores, pathOf: (path) => choice.pathOf(relative(prefix, path)) };
  return {
    sources: files.map((file) => file.source).filter((source) => isChosen(inGit(source), chosen)),
    gaps: gaps.filter((gap) => isOurs(gap, inGit(gap.what), chosen)),
  };
}

/** A folder that may not be read hides configuration; a link or socket counts only under a name that would be read. */
function isOurs(gap: Gap, path: string, choice: Choice): boolean {
  if (gap.because !== "forbidden" && gap.because !== "too-large") return isChosen(path, choice);
  return isChosen(`${path}/any.yaml`, choice);
}

/** The folder that holds `.git`, or the given one. */
function gitRoot(root: string): string {
  for (let at = root; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return root;
  }
}

function gitignoresAbove(top: string, root: string): IgnoreList[] {
  const lists: IgnoreList[] = [];
  for (let at = dirname(root); below(top, at) !== undefined && at !== root; at = dirname(at)) {
    lists.push(...gitignoreAt(join(at, ".gitignore"), below(top, at) ?? ""));
    if (dirname(at) === at) break;
  }
  return lists;
}

function gitignoreAt(file: string, folder: string): IgnoreList[] {
  try {
    return [readGitignore(folder === "." ? "" : folder, readFileSync(file, "utf8"))];
  } catch {
    // Not there, or not to be read: then it leaves nothing out.
    return [];
  }
}

/** `path` relative to `folder` with `/`, empty for the folder itself; undefined when it lies elsewhere. */
function below(folder: string, path: string): string | undefined {
  if (path === folder) return "";
  const inside = relative(folder, path);
  return inside.startsWith("..") ? undefined : inside.split(sep).join("/");
}

/** Text of a file; undefined for what is no text and only lay in the folder; a gap for what should have been read and was not. */
function readText(
  root: string,
  source: string,
  isNamed: boolean,
): { readonly text: string; readonly utf8: boolean } | Gap | undefined {
  try {
    const full = join(root, source);
    const { size } = statSync(full);
    if (size === 0)
      return isNamed ? { what: source, because: "absent", detail: "the file is empty" } : undefined;
    if (size > limits.wholeDocumentBytes)
      return {
        what: source,
        because: "too-large",
        detail: `larger than ${limits.wholeDocumentBytes / 2 ** 20} MB`,
      };
    const bytes = readFileSync(full);
    if (sniff(bytes.subarray(0, limits.sniffBytes)) !== "text")
      return isNamed
        ? {
            what: source,
            because: "unparseable",
            detail: "no text; lint reads files and folders, no archives",
          }
        : undefined;
    if (hasTooManyLines(bytes))
      return { what: source, because: "too-large", detail: `more than ${limits.documentLines} lines` };
    const utf8 = strictUtf8(bytes);
    return utf8 === undefined ? { text: decodeText(bytes), utf8: false } : { text: utf8, utf8: true };
  } catch (error) {
    return gapOfError(source, error);
  }
}

/** The text with its byte order mark, so that it can be written back as it was. */
function strictUtf8(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The nearest ignore file, from the folder up to the one that holds `.git`. */
async function findIgnoreFile(
  root: string,
): Promise<{ readonly folder: string; readonly ignore: IgnoreFile }> {
  const top = gitRoot(root);
  for (let at = root; ; at = dirname(at)) {
    const file = join(at, ignoreFileName);
    if (existsSync(file)) return { folder: at, ignore: await parseIgnoreFile(file, below(root, file)) };
    if (at === top || dirname(at) === at) return { folder: root, ignore: { suppressions: [], exclude: [] } };
  }
}

async function parseIgnoreFile(file: string, inside: string | undefined): Promise<IgnoreFile> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw userErrorOf(file, error);
  }
  const { readIgnoreFile } = await import("../lint/read-ignore-file.ts");
  const read = readIgnoreFile(inside ?? file, text);
  if (!Array.isArray(read)) return read as IgnoreFile;
  const faults = read.map(
    (fault: { line: number; message: string }) => `${file}:${fault.line}: ${fault.message}`,
  );
  throw new UserError("bad-config", faults.join("\n  "), "docs/lint.md shows the form of the file.");
}
