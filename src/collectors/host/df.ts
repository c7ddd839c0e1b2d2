// `df` in its forms: blocks, -h, -i, -T, busybox with wrapped lines, a chosen --output.

import { given } from "../../model/given.ts";
import type { Disk } from "../../model/host.ts";
import { commandOf, containerOf } from "../command.ts";
import { eachLine, headOf, hostOf, type Line, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";
import { parseInteger, parsePercent, parseSize } from "../quantity.ts";

const header =
  /^Filesystem\s+(?:Type\s+)?(?:(\d+)([KMG]?i?B?)-blocks|Size|Inodes|1K-blocks|(\d+)-blocks)\s+(?:Used|IUsed)\s+(?:Avail(?:able)?|IFree)\s+(?:Use%|Capacity|IUse%|iused\s.*)\s*Mounted on/i;

interface Form {
  readonly hasType: boolean;
  readonly unit: Disk["unit"];
  /** Bytes of one block; undefined when sizes carry their unit. */
  readonly blockSize?: number;
}

export const df: Parser = {
  id: "df",
  reads: "df, df -h, df -i, df -T",
  provides: ["host.disks"],
  startsAt: (line) => header.test(line),
  recognise(segment) {
    const head = headOf(segment);
    if (head.slice(0, 3).some((line) => header.test(line))) return 0.96;
    return commandOf(segment, "df") && head.some((line) => rowPattern.test(line)) ? 0.9 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.disks");
    const container = containerOf(segment);
    const wantsInodes = commandOf(segment, "df")?.args.some(
      (word) => /^-[a-zA-Z]*i/.test(word) || word === "--inodes",
    );
    let form: Form = { hasType: false, unit: wantsInodes ? "inodes" : "bytes" };
    let pending = "";
    const take = (line: Line): boolean => {
      const text = line.text.trim();
      if (header.test(text)) {
        form = formOf(text);
        return true;
      }
      const disk = diskOf(pending === "" ? text : `${pending} ${text}`, line);
      pending = "";
      if (disk) emit.fact("host.disks", disk);
      // busybox and old coreutils put a long device name on a line of its own
      else if (/^\S*[/:]\S*$/.test(text)) pending = text;
      return disk !== undefined || pending !== "";
    };
    eachLine(segment, emit, take, container);

    function diskOf(text: string, line: Line): Disk | undefined {
      const row = readRow(text, form);
      return row && given({ at: placeOf(segment, line.index), host: hostOf(segment), container, ...row });
    }
  },
};

function formOf(line: string): Form {
  const hasType = /^Filesystem\s+Type\s/i.test(line);
  if (/\sInodes\s/i.test(line)) return { hasType, unit: "inodes" };
  const blocks = /\s(\d+)([KMG]?)i?B?-blocks/i.exec(line);
  if (!blocks) return { hasType, unit: "bytes" };
  const scale = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[(blocks[2] ?? "").toUpperCase()] ?? 1;
  return { hasType, unit: "bytes", blockSize: Number(blocks[1]) * scale };
}

const number = String.raw`(-|\d[\d.,]*[KMGTPE]?i?B?)`;
const rowPattern = new RegExp(
  String.raw`^(\S(?:.{0,400}?\S)?)\s+(?:([a-z][\w.-]{1,30})\s+)?${number}\s+${number}\s+${number}\s+(-|\d{1,4}%)\s+(\/.*|-|[A-Z]:.*)$`,
);

function readRow(text: string, form: Form): Omit<Disk, "at"> | undefined {
  const match = rowPattern.exec(text.slice(0, 2_000));
  if (!match) return undefined;
  const [, filesystem = "", type, size = "", used = "", available = "", percent = "", mount = ""] = match;
  const amount = (cell: string) => (form.unit === "inodes" ? inodes(cell) : bytes(cell, form.blockSize));
  return given({
    filesystem: form.hasType || type === undefined ? filesystem : `${filesystem} ${type}`,
    type: form.hasType ? type : undefined,
    mount,
    unit: form.unit,
    size: amount(size),
    used: amount(used),
    available: amount(available),
    usedPercent: percent === "-" ? undefined : parsePercent(percent),
  });
}

function bytes(cell: string, blockSize: number | undefined): number | undefined {
  const plain = parseInteger(cell);
  if (plain !== undefined) return plain * (blockSize ?? 1);
  return parseSize(cell);
}

/** `df -i` prints numbers, `df -ih` prints 6.1M: both count inodes. */
function inodes(cell: string): number | undefined {
  const plain = parseInteger(cell);
  if (plain !== undefined) return plain;
  const match = /^(\d+(?:[.,]\d+)?)([KMGT])$/.exec(cell);
  if (!match) return undefined;
  const factor = { K: 1e3, M: 1e6, G: 1e9, T: 1e12 }[match[2] as "K" | "M" | "G" | "T"];
  return Math.round(Number((match[1] ?? "").replace(",", ".")) * factor);
}
