// What is mounted where: `mount`, /proc/mounts, fstab, `findmnt`, `lsblk`, `du -s`.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { MountEntry } from "../../model/host.ts";
import { commandOf, commandsOf, containerOf } from "../command.ts";
import { optionValue } from "../command-options.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";
import { parseSize } from "../quantity.ts";

const mountLine = /^(\S.*?) on (\/\S*(?: \S+)*?) type ([a-z][\w.-]*) \(([^)]*)\)\s*$/;
/** source, target, type, options, dump, pass: /proc/mounts and fstab alike. */
const tableLine =
  /^\s*(\S{1,1024})\s+(\/\S*|none|swap)\s+([a-z][\w.-]{1,30}(?:,[a-z]\w*)*)\s+(\S{1,2000})\s+([01])\s+([012])\s*$/;
const shortTableLine =
  /^\s*(UUID=\S+|LABEL=\S+|PARTUUID=\S+|\/\/\S+|\S+:\/\S*|\/dev\/\S+)\s+(\/\S*)\s+([a-z][\w.-]{1,30})\s+(\S+)\s*$/;
const mountInfo =
  /^\d+ \d+ \d+:\d+ (\/\S*) (\/\S*) (\S+) ((?:[a-z_]{1,20}:\d+ |[a-z_]{1,20} ){0,6})- (\S+) (\S+) (\S+)\s*$/;

type Row = Omit<MountEntry, "at" | "host" | "container">;

export const mounts: Parser = {
  id: "mounts",
  reads: "mount, /proc/mounts, /etc/fstab, /proc/self/mountinfo",
  provides: ["host.mounts"],
  recognise(segment) {
    const head = headOf(segment, 20).filter((line) => !/^\s*#/.test(line));
    const own = head.filter((line) => readRow(line, false) !== undefined).length;
    return own > 0 && own >= head.length * 0.7 ? 0.94 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.mounts");
    const isFstab =
      segment.path?.endsWith("fstab") ||
      commandsOf(segment).some(({ args }) => args.some((word) => word.endsWith("fstab")));
    const around = { host: hostOf(segment), container: containerOf(segment) };
    for (const line of linesOf(segment)) {
      const row = readRow(line.text, isFstab);
      if (row) emit.fact("host.mounts", given({ at: placeOf(segment, line.index), ...around, ...row }));
      else if (!/^\s*#/.test(line.text)) leaveAsText(segment, line, emit, around.container);
    }
  },
};

function readRow(text: string, isFstab: boolean): Row | undefined {
  const line = text.slice(0, 4_096);
  const mounted = mountLine.exec(line.trim());
  if (mounted)
    return given({
      source: mounted[1] ?? "",
      target: mounted[2] ?? "",
      type: mounted[3],
      options: mounted[4]?.split(","),
    });
  const info = mountInfo.exec(line.trim());
  if (info) {
    const root = decodeBlanks(info[1] ?? "/");
    const shared = /\bshared:\d+/.test(info[4] ?? "")
      ? "shared"
      : /\bmaster:\d+/.test(info[4] ?? "")
        ? "slave"
        : "private";
    return given({
      source: decodeBlanks(info[6] ?? ""),
      target: decodeBlanks(info[2] ?? ""),
      type: info[5],
      options: info[3]?.split(","),
      propagation: shared,
      root: root === "/" ? undefined : root.replace(/\/\/deleted$/, ""),
      isReplaced: root.endsWith("//deleted") ? true : undefined,
    });
  }
  const table = tableLine.exec(line) ?? shortTableLine.exec(line);
  if (!table) return undefined;
  const isDeclared = isFstab || /^(?:UUID|LABEL|PARTUUID)=/.test(table[1] ?? "") || table[4] === "defaults";
  return given({
    source: decodeBlanks(table[1] ?? ""),
    target: decodeBlanks(table[2] ?? ""),
    type: table[3],
    options: table[4]?.split(","),
    isDeclared: isDeclared ? true : undefined,
  });
}

/** Blanks in paths are written \040. */
function decodeBlanks(text: string): string {
  return text.replace(/\\(0\d\d|1[0-7]\d)/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

const findmntHeader = /^TARGET\s+(?:SOURCE|PROPAGATION|FSTYPE)\b/;
const findmntColumns = ["TARGET", "SOURCE", "FSTYPE", "OPTIONS", "PROPAGATION"];

export const findmnt: Parser = {
  id: "findmnt",
  reads: "findmnt, findmnt -o TARGET,PROPAGATION, findmnt -no PROPAGATION /",
  provides: ["host.mounts"],
  startsAt: (line) => findmntHeader.test(line),
  recognise(segment) {
    const head = headOf(segment, 2);
    if (head.some((line) => findmntHeader.test(line))) return 0.95;
    return barePropagation(segment) !== undefined &&
      /^(?:shared|private|slave|private,slave|unbindable)$/.test(head[0]?.trim() ?? "")
      ? 0.97
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.mounts");
    const around = { host: hostOf(segment), container: containerOf(segment) };
    const bare = barePropagation(segment);
    let names: string[] = [];
    for (const line of linesOf(segment)) {
      const text = line.text.trim();
      const words = text.replace(/^[│├└─|`\s-]+/, "").split(/\s+/);
      if (text === "") continue;
      if (findmntHeader.test(text)) {
        names = words.filter((word) => findmntColumns.includes(word));
        continue;
      }
      const at = placeOf(segment, line.index);
      if (names.length === 0 && bare !== undefined) {
        emit.fact("host.mounts", given({ at, ...around, source: bare, target: bare, propagation: text }));
        continue;
      }
      const cell = (name: string) => (names.includes(name) ? words[names.indexOf(name)] : undefined);
      const target = cell("TARGET");
      if (target === undefined || words.length < names.length) {
        leaveAsText(segment, line, emit);
        continue;
      }
      const source = cell("SOURCE")?.replace(/\[.*\]$/, "") ?? target;
      const options = cell("OPTIONS")?.split(",");
      emit.fact(
        "host.mounts",
        given({
          at,
          ...around,
          source,
          target,
          type: cell("FSTYPE"),
          options,
          propagation: cell("PROPAGATION"),
        }),
      );
    }
  },
};

/** The path that `findmnt -no PROPAGATION /` is about. */
function barePropagation(segment: Segment): string | undefined {
  const command = commandOf(segment, "findmnt");
  if (!command?.args.some((word) => word === "PROPAGATION")) return undefined;
  return optionValue(command.args, "--target", "-T") ?? command.args.find((word) => word.startsWith("/"));
}

const lsblkHeader = /^NAME\s+(?:MAJ:MIN|FSTYPE|SIZE|TYPE)\b/;

export const lsblk: Parser = {
  id: "lsblk",
  reads: "lsblk, lsblk -f",
  provides: ["host.mounts"],
  startsAt: (line) => lsblkHeader.test(line) && /MOUNTPOINTS?\s*$/.test(line),
  recognise: (segment) =>
    headOf(segment, 2).some((line) => lsblkHeader.test(line) && /MOUNTPOINTS?\s*$/.test(line)) ? 0.95 : 0,
  parse(segment, emit) {
    emit.seen("host.mounts");
    const around = { host: hostOf(segment) };
    for (const line of linesOf(segment, 5_000)) {
      const match = /^[│├└─|`\s-]*([a-z][\w-]{1,40})\s.*\s(\/\S*)\s*$/.exec(line.text);
      if (match)
        emit.fact(
          "host.mounts",
          given({
            at: placeOf(segment, line.index),
            ...around,
            source: `/dev/${match[1]}`,
            target: match[2] ?? "",
          }),
        );
    }
  },
};

const duLine = /^(\d[\d.,]*[KMGTP]?i?B?)\s+((?:\/|\.{1,2}\/|~)\S.*|\.|total|insgesamt)$/;

export const du: Parser = {
  id: "du",
  reads: "du -sh PATH",
  provides: ["host.files"],
  recognise(segment) {
    const head = headOf(segment);
    const own = head.filter((line) => duLine.test(line.trim())).length;
    return own > 0 && own >= head.length * 0.7 ? (commandOf(segment, "du") ? 0.96 : 0.85) : 0;
  },
  parse(segment, emit) {
    emit.seen("host.files");
    const isHuman = commandOf(segment, "du")?.args.some((word) => /^-[a-z]*h/.test(word)) ?? false;
    const isBytes = commandOf(segment, "du")?.args.some((word) => /^-[a-z]*b/.test(word)) ?? false;
    for (const line of linesOf(segment)) {
      const match = duLine.exec(line.text.trim());
      if (!match || /^(?:total|insgesamt)$/.test(match[2] ?? "")) {
        if (!match) leaveAsText(segment, line, emit);
        continue;
      }
      const plain = /^\d+$/.test(match[1] ?? "");
      const size = plain && !isHuman ? Number(match[1]) * (isBytes ? 1 : 1024) : parseSize(match[1] ?? "");
      emit.fact(
        "host.files",
        given({
          at: placeOf(segment, line.index),
          host: hostOf(segment),
          container: containerOf(segment),
          path: match[2] ?? "",
          size,
          isTotal: true,
        }),
      );
    }
  },
};
