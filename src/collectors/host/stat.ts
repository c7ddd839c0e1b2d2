// Owner and mode from `stat` (full output, -c formats) and `find -printf`.
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { commandOf, containerOf } from "../command.ts";
import { operands, optionValue } from "../command-options.ts";
import { headOf, type Line, leaveAsText, linesOf } from "../lines.ts";
import type { Parser } from "../parser.ts";
import { ownerFields, parseModeText, parseOctalMode, typeOfMode, typeOfWord } from "./file-mode.ts";
import { emitListed, type Listed } from "./listed-path.ts";

type Entry = Listed;

const fileLine = /^\s*File: ['"‘`]?(.+?)['"’]?(?:\s+->\s+['"‘]?(.+?)['"’]?)?\s*$/;
const accessLine =
  /^\s*Access: \((\d{3,5})\/([-dlcbps][-rwxsStT]{9})\)\s+Uid: \(\s*(\d+)\/\s*(\S+)\)\s+Gid: \(\s*(\d+)\/\s*(\S+)\)/;

export const statFull: Parser = {
  id: "stat",
  reads: "stat PATH",
  provides: ["host.files"],
  startsAt: (line, next) => fileLine.test(line) && next !== undefined && /^\s*(?:Size: \d|ID: )/.test(next),
  recognise(segment) {
    const head = headOf(segment, 8);
    return head.some((line) => accessLine.test(line)) && head.some((line) => fileLine.test(line)) ? 0.96 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.files");
    let file: Partial<Entry> & { path?: string } = {};
    const lines = linesOf(segment);
    for (const line of lines) {
      const text = line.text;
      const title = fileLine.exec(text);
      const access = accessLine.exec(text);
      const inode = /\bInode: (\d{1,15})\b/.exec(text)?.[1];
      if (inode !== undefined && file.path !== undefined) file = { ...file, inode: Number(inode) };
      const size = /^\s*Size: (\d{1,18})\s.*?\b((?:regular |block |character )?[a-z ]+?)\s*$/.exec(text);
      if (title) file = given({ path: title[1], linkTarget: title[2] });
      else if (size) file = { ...file, size: Number(size[1]), type: typeOfWord(size[2] ?? "") };
      else if (access && file.path !== undefined) {
        const [, octal = "", letters = "", uid, owner, gid, group] = access;
        const entry = {
          ...file,
          path: file.path,
          type: file.type ?? typeOfMode(letters),
          uid: Number(uid),
          gid: Number(gid),
          owner,
          group,
          mode: Number.parseInt(octal, 8) & 0o7777,
          mtime: valueBelow(lines, line.index, /^\s*Modify: (.+)$/),
          selinuxContext: valueBelow(lines, line.index, /^\s*Context: (\S+)/),
        };
        emitListed(segment, line, emit, given(entry));
      }
    }
  },
};

function valueBelow(lines: readonly Line[], index: number, pattern: RegExp): string | undefined {
  return lines
    .slice(index + 1, index + 6)
    .map((line) => pattern.exec(line.text)?.[1])
    .find((text) => text !== undefined);
}

/** `stat -c '%u:%g %a %n' /srv/*`: the format says what stands where. */
export const statFormat: Parser = {
  id: "stat-format",
  reads: "stat -c '%u:%g %a %n', find -printf '%U %G %m %p\\n'",
  provides: ["host.files"],
  recognise(segment) {
    const reader = formatReader(segment);
    if (reader) return headOf(segment, 5).some((line) => reader(line)) ? 0.95 : 0;
    const head = headOf(segment);
    return head.length > 0 && head.every((line) => bareForm.test(line.trim())) ? 0.8 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.files");
    const reader = formatReader(segment) ?? readBare;
    for (const line of linesOf(segment)) {
      if (line.text.trim() === "") continue;
      const entry = reader(line.text.trim());
      if (entry) emitListed(segment, line, emit, entry);
      else leaveAsText(segment, line, emit, containerOf(segment));
    }
  },
};

/** `65534:65534 755 /srv/prometheus`, the form that guides and tickets use. */
const bareForm =
  /^([a-z_][\w-]{0,31}|\d{1,10}):([a-z_][\w-]{0,31}|\d{1,10}) (0?[0-7]{3,4}|[-dlcbps][-rwxsStT]{9}) (\/\S.*)$/;

function readBare(text: string): Entry | undefined {
  const match = bareForm.exec(text);
  if (!match) return undefined;
  const [, owner = "", group = "", mode = "", path = ""] = match;
  return given({ path, ...ownerFields(owner, group), mode: parseOctalMode(mode) ?? parseModeText(mode) });
}

type Reader = (line: string) => Entry | undefined;

const statFields: Readonly<Record<string, readonly [string, string]>> = {
  n: ["path", ".+?"],
  N: ["path", ".+?"],
  u: ["owner", "\\d+"],
  U: ["ownerName", "\\S+"],
  g: ["group", "\\d+"],
  G: ["groupName", "\\S+"],
  a: ["mode", "[0-7]{1,4}"],
  A: ["letters", "[-dlcbps][-rwxsStT]{9}[+.@]?"],
  s: ["size", "\\d+"],
  F: ["kind", "[a-z ]+?"],
  C: ["context", "\\S+"],
  i: ["inode", "\\d+"],
  y: ["mtime", ".+?"],
};

const findFields: typeof statFields = {
  ...statFields,
  p: ["path", ".+?"],
  P: ["path", ".+?"],
  f: ["path", ".+?"],
  u: ["ownerName", "\\S+"],
  U: ["owner", "\\d+"],
  g: ["groupName", "\\S+"],
  G: ["group", "\\d+"],
  m: ["mode", "[0-7]{1,4}"],
  M: ["letters", "[-dlcbps][-rwxsStT]{9}[+.@]?"],
  y: ["kindLetter", "[a-zA-Z]"],
};

function formatReader(segment: Segment): Reader | undefined {
  const stat = commandOf(segment, "stat");
  const find = commandOf(segment, "find");
  const format = stat
    ? optionValue(stat.args, "-c", "--format", "--printf", "-f")
    : find && optionValue(find.args, "-printf");
  if (format === undefined || !format.includes("%")) return undefined;
  const named = stat ? operands(stat.args, ["-c", "--format", "--printf", "-f"]) : [];
  return compileFormat(
    format.slice(0, 400),
    stat ? statFields : findFields,
    named.length === 1 ? named[0] : undefined,
  );
}

/** Turns a format into a pattern. `only`: the path when the format does not show it. */
function compileFormat(format: string, fields: typeof statFields, only: string | undefined): Reader {
  const names: string[] = [];
  const source = format
    .replace(/\\n$/, "")
    .split(/(%[a-zA-Z]|\\t)/)
    .map((piece) => {
      if (piece === "\\t") return "\\s+";
      const field = /^%[a-zA-Z]$/.test(piece) ? fields[piece[1] ?? ""] : undefined;
      if (!field)
        return /^%[a-zA-Z]$/.test(piece)
          ? "\\S*?"
          : piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
      names.push(field[0]);
      return `(${field[1]})`;
    })
    .join("");
  const pattern = new RegExp(`^${source}$`);
  return (line) => {
    const match = pattern.exec(line.slice(0, 4_096));
    if (!match) return undefined;
    const values = new Map(names.map((name, i) => [name, match[i + 1] ?? ""]));
    return entryOf(values, only);
  };
}

function entryOf(values: ReadonlyMap<string, string>, only: string | undefined): Entry | undefined {
  const path = values.get("path")?.replace(/^['"‘](.*)['"’]$/, "$1") ?? only;
  if (path === undefined) return undefined;
  const letters = values.get("letters");
  const kind = values.get("kind");
  const size = values.get("size");
  const owner = values.get("owner");
  const group = values.get("group");
  const names = ownerFields(values.get("ownerName") ?? "", values.get("groupName") ?? "");
  return given({
    path,
    type: letters ? typeOfMode(letters) : kind ? typeOfWord(kind) : kindOfLetter(values.get("kindLetter")),
    uid: owner === undefined ? names.uid : Number(owner),
    gid: group === undefined ? names.gid : Number(group),
    owner: values.get("ownerName"),
    group: values.get("groupName"),
    mode: letters ? parseModeText(letters.slice(0, 10)) : octalOf(values.get("mode")),
    size: size === undefined ? undefined : Number(size),
    selinuxContext: values.get("context") === "?" ? undefined : values.get("context"),
    mtime: values.get("mtime"),
    inode: values.has("inode") ? Number(values.get("inode")) : undefined,
  });
}

function octalOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number.parseInt(text, 8);
}

function kindOfLetter(letter: string | undefined): Entry["type"] | undefined {
  return letter === undefined ? undefined : typeOfMode(letter === "f" ? "-" : letter);
}
