// Owner and mode from tools that list whole paths: `find -ls`, `namei -l`, `getfacl`.
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { commandsOf, containerOf } from "../command.ts";
import { operands } from "../command-options.ts";
import { headOf, type Line, leaveAsText, linesOf } from "../lines.ts";
import type { Parser } from "../parser.ts";
import { ownerFields, parseModeText, typeOfMode } from "./file-mode.ts";
import { emitListed, type Listed } from "./listed-path.ts";

const findLs =
  /^\s*\d+\s+\d+\s+([-dlcbps][-rwxsStT]{9}[+.@]?)\s+\d+\s+(\S+)\s+(\S+)\s+(?:(\d+)|\d+,\s*\d+)\s+([A-Za-z]{3}\s+\d{1,2}\s+[\d:]{4,5}|\d{4}-\d\d-\d\d[ \d:.]*)\s(\S.*)$/;

export const findListing: Parser = {
  id: "find-ls",
  reads: "find -ls",
  provides: ["host.files"],
  recognise(segment) {
    const head = headOf(segment);
    const own = head.filter((line) => findLs.test(line)).length;
    return own > 0 && own >= head.length * 0.7 ? 0.95 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.files");
    for (const line of linesOf(segment)) {
      const match = findLs.exec(line.text.slice(0, 4_096));
      if (!match) {
        leaveAsText(segment, line, emit, containerOf(segment));
        continue;
      }
      const [, mode = "", owner = "", group = "", size, mtime, name = ""] = match;
      const [path = name, linkTarget] = mode.startsWith("l") ? name.split(" -> ") : [name];
      emitListed(segment, line, emit, {
        ...given({
          path,
          type: typeOfMode(mode),
          ...ownerFields(owner, group),
          mode: parseModeText(mode.slice(0, 10)),
          size: size === undefined ? undefined : Number(size),
          linkTarget,
          mtime,
          hasAcl: mode.endsWith("+") ? true : undefined,
        }),
      });
    }
  },
};

const nameiTitle = /^f: (\S.*)$/;
const nameiRow = /^\s*([-dlcbpsDf?][-rwxsStT]{9}[+.@]?)\s+(\S+)\s+(\S+)\s+(\S.*)$/;

export const namei: Parser = {
  id: "namei",
  reads: "namei -l PATH",
  provides: ["host.files"],
  startsAt: (line, next) => nameiTitle.test(line) && next !== undefined && nameiRow.test(next),
  recognise(segment) {
    const head = headOf(segment);
    return head.some((line) => nameiTitle.test(line)) && head.some((line) => nameiRow.test(line)) ? 0.96 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.files");
    let walk = newWalk();
    for (const line of linesOf(segment)) {
      if (line.text.trim() === "") continue;
      if (nameiTitle.test(line.text)) {
        walk = newWalk();
        continue;
      }
      const match = nameiRow.exec(line.text);
      if (!match) {
        leaveAsText(segment, line, emit, containerOf(segment));
        continue;
      }
      const [, mode = "", owner = "", group = "", name = ""] = match;
      const [own = name, linkTarget] = name.split(" -> ");
      emitListed(segment, line, emit, {
        ...given({
          path: step(walk, own, line.text.lastIndexOf(name)),
          type: typeOfMode(mode),
          ...ownerFields(owner, group),
          mode: parseModeText(mode.slice(0, 10)),
          linkTarget,
        }),
      });
    }
  },
};

/** Where namei is: the components so far, for the asked path and, indented below a link, for the link's target. */
interface Walk {
  column: number | undefined;
  readonly parts: string[][];
}

function newWalk(): Walk {
  return { column: undefined, parts: [] };
}

/** PATH_MAX allows no more components that matter. */
const deepest = 256;

function step(walk: Walk, name: string, column: number): string {
  walk.column ??= column;
  const depth = Math.max(0, Math.round((column - walk.column) / 2));
  const above = walk.parts[Math.min(depth, walk.parts.length - 1)];
  // a relative link starts from the folder that holds it
  const current = depth >= walk.parts.length ? (above ?? []).slice(0, -1) : (walk.parts[depth] ?? []);
  const next =
    name === "/" ? [] : name === ".." ? current.slice(0, -1) : [...current.slice(0, deepest), name];
  walk.parts.length = Math.min(walk.parts.length, depth);
  walk.parts.push(next);
  return `/${next.join("/")}`;
}

const aclTitle = /^# file: (\S.*)$/;
const aclRow =
  /^(?:default:)?(user|group|other|mask):([^:]{0,64}):([-r][-w][-xX])(?:\s+#effective:([-r][-w][-x]))?\s*$/;

export const getfacl: Parser = {
  id: "getfacl",
  reads: "getfacl PATH",
  provides: ["host.files"],
  recognise: (segment) => {
    const head = headOf(segment, 6);
    return head.some((line) => aclTitle.test(line)) && head.some((line) => /^# owner: /.test(line))
      ? 0.97
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.files");
    let current: AclFile | undefined;
    const finish = () => {
      if (current) emitListed(segment, current.line, emit, entryOfAcl(current));
      current = undefined;
    };
    for (const line of linesOf(segment)) {
      const title = aclTitle.exec(line.text);
      const owner = /^# (owner|group): (\S+)/.exec(line.text);
      const row = aclRow.exec(line.text.trim());
      if (title) {
        finish();
        const path = title[1] ?? "";
        current = {
          line,
          path: path.startsWith("/") || !isAbsoluteAsked(segment) ? path : `/${path}`,
          owner: "",
          group: "",
          bits: {},
          acl: [],
        };
      } else if (owner && current) current[owner[1] === "owner" ? "owner" : "group"] = owner[2] ?? "";
      else if (row && current && !line.text.trim().startsWith("default:")) addRow(current, row);
    }
    finish();
  },
};

interface AclFile {
  readonly line: Line;
  readonly path: string;
  owner: string;
  group: string;
  readonly bits: Record<string, number>;
  readonly acl: string[];
}

/** getfacl removes the leading slash of absolute names and says so on stderr. */
function isAbsoluteAsked(segment: Segment): boolean {
  if (/Removing leading '\/'/.test(segment.text.slice(0, 4_096))) return true;
  const command = commandsOf(segment).find(({ program }) => program === "getfacl");
  return command !== undefined && operands(command.args).some((word) => word.startsWith("/"));
}

function addRow(file: AclFile, row: RegExpExecArray): void {
  const [, kind = "", name = "", bits = "", effective] = row;
  const granted = effective ?? bits;
  const value =
    (granted[0] === "r" ? 4 : 0) | (granted[1] === "w" ? 2 : 0) | (/[xX]/.test(granted[2] ?? "") ? 1 : 0);
  if (name === "") file.bits[kind] = value;
  else file.acl.push(`${kind}:${name}:${granted}`);
}

function entryOfAcl(file: AclFile): Listed {
  const { user = 0, group = 0, other = 0 } = file.bits;
  return given({
    path: file.path,
    ...ownerFields(file.owner, file.group),
    mode: (user << 6) | (group << 3) | other,
    hasAcl: file.acl.length > 0 ? true : undefined,
    acl: file.acl.length > 0 ? file.acl : undefined,
  });
}
