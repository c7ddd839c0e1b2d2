// `ls -l` in its forms: -a, -n, -d, -Z, -h, with `total`, `folder:` headings, and the paths it says do not exist.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { FileEntry } from "../../model/host.ts";
import { commandOf, containerOf } from "../command.ts";
import { operands } from "../command-options.ts";
import { eachLine, headOf, hostOf, type Line, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { parseSize } from "../quantity.ts";
import { ownerFields, parseModeText, typeOfMode } from "./file-mode.ts";

/** mode, links, owner, group, maybe context, size (or "major, minor"), date, name. -g and -o leave one owner column out. */
const longRow =
  /^\s*(?:(\d{1,12})\s+)?([-dlcbps][-rwxsStT]{9}[+.@]?)\s+(?:(\d{1,9})\s+)?(\S+)\s+(\S+)\s+(?:(\S+:\S+:\S+|\?)\s+)?(?:(\d[\d.,]*[KMGTP]?)|\d+,\s*\d+)\s+(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:\s[+-]\d{4})?|[A-Za-zÀ-ÿ]{3,5}\.?\s+\d{1,2}\.?\s+[\d:]{4,8}|\d{1,2}\.?\s+[A-Za-zÀ-ÿ]{3,5}\.?\s+[\d:]{4,5}|\d\d-\d\d\s\d\d:\d\d)\s(.+)$/;
/** coreutils 8.30 and older print `ls -Z` without links, size and date. */
const contextRow = /^([-dlcbps][-rwxsStT]{9}[+.@]?)\s+(\S+)\s+(\S+)\s+(\S+:\S+:\S+)\s+(.+)$/;
const total = /^\s*(?:total|insgesamt|итого|totale) \d[\d.,]*[KMGT]?$/;
const heading = /^(["']?)((?:\/|\.{1,2}\/|~)?[^:*?\s][^:]{0,400}):\1?$/;
const cannot =
  /^(?:ls|find|stat|namei|du): (?:cannot (?:access|open directory|stat|statx|read directory)|failed to stat:?)?\s*['"‘`]?(.+?)['"’]?: (No such file or directory|Permission denied|Not a directory|Transport endpoint is not connected|Stale file handle|Input\/output error)$/;

export const ls: Parser = {
  id: "ls-long",
  reads: "ls -l, ls -la, ls -ln, ls -ld, ls -lZ",
  provides: ["host.files"],
  startsAt: (line, next) => next !== undefined && total.test(line) && longRow.test(next),
  recognise(segment) {
    const head = headOf(segment);
    const own = head.filter((line) => isOwnLine(line)).length;
    if (own > 0 && own >= head.length * 0.8) return 0.93;
    const rows = head.filter((line) => longRow.test(line)).length;
    if (rows > 0 && commandOf(segment, "ls", "ll", "dir")) return 0.9;
    if (showsInodes(segment) && head.every((line) => inodeRow.test(line))) return 0.9;
    return rows >= 2 && rows >= head.length / 2 ? 0.6 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.files");
    const folder: { current: string | undefined } = { current: undefined };
    const named = namedPaths(segment);
    const lists = named.length === 1 && !listsItself(segment);
    const take = (line: Line): boolean => {
      if (total.test(line.text)) return true;
      const title = heading.exec(line.text.trim());
      if (title && !longRow.test(line.text) && !cannot.test(line.text.trim())) {
        folder.current = title[2];
        return listsSeveral(segment, line);
      }
      return emitLine(segment, line, folder.current ?? (lists ? named[0] : undefined), emit);
    };
    eachLine(segment, emit, take, containerOf(segment));
  },
};

/** `folder:` heads a list only if a list follows; at the end of a paste it is a title of something else. */
function listsSeveral(segment: Segment, line: Line): boolean {
  const next = linesOf(segment)
    .slice(line.index + 1, line.index + 4)
    .find((candidate) => candidate.text.trim() !== "");
  return next !== undefined && isOwnLine(next.text);
}

function isOwnLine(line: string): boolean {
  return longRow.test(line) || total.test(line) || cannot.test(line.trim()) || contextRow.test(line);
}

/** Operands of `ls`, if they are plain paths. */
function namedPaths(segment: Segment): string[] {
  const command = commandOf(segment, "ls", "ll");
  if (!command) return [];
  return operands(command.args, ["-I", "-w", "--sort", "--time", "-T"]);
}

function listsItself(segment: Segment): boolean {
  return (
    commandOf(segment, "ls", "ll")?.args.some(
      (word) => /^-[a-zA-Z]*d/.test(word) || word === "--directory",
    ) ?? false
  );
}

function emitLine(segment: Segment, line: Line, folder: string | undefined, emit: Emit): boolean {
  const around = given({
    at: placeOf(segment, line.index),
    host: hostOf(segment),
    container: containerOf(segment),
  });
  const failed = cannot.exec(line.text.trim());
  if (failed) {
    const [, path = "", reason] = failed;
    const isMissing = reason === "No such file or directory";
    if (isMissing && !path.includes("*")) emit.fact("host.files", { ...around, path, missing: true });
    leaveAsText(segment, line, emit, around.container);
    return true;
  }
  const entry =
    readLong(line.text, folder) ??
    readContext(line.text, folder) ??
    (showsInodes(segment) ? readInode(line.text, folder) : undefined);
  if (!entry) return false;
  emit.fact("host.files", { ...around, ...entry });
  return true;
}

type Entry = Omit<FileEntry, "at" | "host" | "container">;

export function readLong(text: string, folder: string | undefined): Entry | undefined {
  const match = longRow.exec(text.slice(0, 4_096));
  if (!match) return undefined;
  const [, inode, mode = "", , owner = "", group = "", context, size, mtime, name = ""] = match;
  const arrow = mode.startsWith("l") ? name.indexOf(" -> ") : -1;
  const own = arrow === -1 ? name : name.slice(0, arrow);
  return given({
    path: joinPath(folder, unquote(own)),
    type: typeOfMode(mode),
    ...ownerFields(owner, group),
    mode: parseModeText(mode.slice(0, 10)),
    hasAcl: mode.endsWith("+") ? true : undefined,
    size: size === undefined ? undefined : parseSize(size),
    linkTarget: arrow === -1 ? undefined : unquote(name.slice(arrow + 4)),
    selinuxContext: context === "?" ? undefined : context,
    mtime,
    inode: inode === undefined ? undefined : Number(inode),
  });
}

function readContext(text: string, folder: string | undefined): Entry | undefined {
  const match = contextRow.exec(text.slice(0, 4_096));
  if (!match) return undefined;
  const [, mode = "", owner = "", group = "", context, name = ""] = match;
  return given({
    path: joinPath(folder, unquote(name)),
    type: typeOfMode(mode),
    ...ownerFields(owner, group),
    mode: parseModeText(mode.slice(0, 10)),
    hasAcl: mode.endsWith("+") ? true : undefined,
    selinuxContext: context,
  });
}

/** `ls -i FILE`: the number and the name, nothing else. */
const inodeRow = /^\s*(\d{1,15})\s+(\S.*)$/;

function showsInodes(segment: Segment): boolean {
  return commandOf(segment, "ls")?.args.some((word) => /^-[a-zA-Z]*i/.test(word)) ?? false;
}

function readInode(text: string, folder: string | undefined): Entry | undefined {
  const match = inodeRow.exec(text.slice(0, 4_096));
  return match ? { path: joinPath(folder, unquote(match[2] ?? "")), inode: Number(match[1]) } : undefined;
}

function unquote(name: string): string {
  const bare = name.trim();
  return /^'.*'$/.test(bare) || /^".*"$/.test(bare)
    ? bare.slice(1, -1)
    : bare.replace(/([^*@|=])[*@|=/]$/, "$1");
}

/** `.` is the folder itself, `..` its parent; absolute names stay. */
export function joinPath(folder: string | undefined, name: string): string {
  if (folder === undefined || name.startsWith("/")) return name;
  if (name === folder) return name;
  const base = folder.replace(/\/+$/, "");
  if (name === "." || name === "./") return base === "" ? "/" : base;
  if (name === "..") return base.slice(0, base.lastIndexOf("/")) || "/";
  return `${base}/${name.replace(/^\.\//, "")}`;
}
