// Switches of a machine: sysctl, SELinux, limits, kernel and distribution, memory.
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { commandOf, commandsOf, containerOf } from "../command.ts";
import { operands } from "../command-options.ts";
import { headOf, hostOf, type Line, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { parseInteger, parseSize } from "../quantity.ts";

function emitSetting(segment: Segment, line: Line, emit: Emit, name: string, value: string): void {
  const around = { at: placeOf(segment, line.index), host: hostOf(segment), container: containerOf(segment) };
  emit.fact("host.settings", given({ ...around, name, value }));
}

const sysctlLine = /^([a-z][a-z0-9_]*(?:[./][A-Za-z0-9_-]+){1,8})\s*=\s*(\S.*?)\s*$/;
const sysctlRoot = /^(?:kernel|net|vm|fs|user|dev|abi|debug|crypto)[./]/;
const sysctlFailure = /^sysctl: (?:cannot stat|reading key|setting key|permission denied)/;

export const sysctl: Parser = {
  id: "sysctl",
  reads: "sysctl NAME, sysctl -a, sysctl.conf, cat /proc/sys/…",
  provides: ["host.settings"],
  recognise(segment) {
    const head = headOf(segment, 20).filter((line) => !/^\s*[#;]/.test(line));
    const own = head.filter((line) => sysctlRoot.test(line) && sysctlLine.test(line)).length;
    if (own > 0 && own >= head.length * 0.8) return 0.96;
    if (head.some((line) => sysctlFailure.test(line))) return 0.9;
    return procSysKey(segment) !== undefined && head.length === 1
      ? 0.95
      : bareSysctl(segment) !== undefined && head.length === 1
        ? 0.95
        : 0;
  },
  parse(segment, emit) {
    emit.seen("host.settings");
    for (const line of linesOf(segment, 20_000)) {
      const match = sysctlLine.exec(line.text.trim());
      const only = procSysKey(segment) ?? bareSysctl(segment);
      if (match && sysctlRoot.test(match[1] ?? ""))
        emitSetting(segment, line, emit, (match[1] ?? "").replace(/\//g, "."), match[2] ?? "");
      else if (only !== undefined && line.text.trim() !== "" && !sysctlFailure.test(line.text))
        emitSetting(segment, line, emit, only, line.text.trim());
      else if (!/^\s*[#;]/.test(line.text)) leaveAsText(segment, line, emit);
    }
  },
};

/** `cat /proc/sys/fs/inotify/max_user_watches` shows only the number. */
function procSysKey(segment: Segment): string | undefined {
  const path =
    segment.path ?? commandOf(segment, "cat", "head")?.args.find((word) => word.startsWith("/proc/sys/"));
  return path?.startsWith("/proc/sys/") ? path.slice("/proc/sys/".length).replace(/\//g, ".") : undefined;
}

/** `sysctl -n NAME` too. */
function bareSysctl(segment: Segment): string | undefined {
  const command = commandOf(segment, "sysctl");
  if (!command?.args.some((word) => /^-[a-z]*n/.test(word) || word === "--values")) return undefined;
  const names = operands(command.args, ["-p"]);
  return names.length === 1 ? names[0]?.replace(/\//g, ".") : undefined;
}

const modes = /^\s*(Enforcing|Permissive|Disabled)\s*$/i;
const statusLine =
  /^(SELinux status|Current mode|Mode from config file|Loaded policy name|SELinuxfs mount|SELinux root directory|Policy MLS status):\s+(\S.*)$/;

export const selinux: Parser = {
  id: "selinux",
  reads: "getenforce, sestatus",
  provides: ["host.settings"],
  startsAt: (line) => /^SELinux status:\s+\w+/.test(line),
  recognise(segment) {
    const head = headOf(segment, 4);
    if (head.some((line) => statusLine.test(line))) return 0.96;
    return head.length === 1 && modes.test(head[0] ?? "")
      ? commandOf(segment, "getenforce")
        ? 0.98
        : 0.6
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.settings");
    for (const line of linesOf(segment, 200)) {
      const mode = modes.exec(line.text)?.[1];
      const status = statusLine.exec(line.text.trim());
      if (mode) emitSetting(segment, line, emit, "selinux", mode);
      else if (status?.[1] === "Current mode")
        emitSetting(segment, line, emit, "selinux", capitalised(status[2] ?? ""));
      else if (status?.[1] === "SELinux status" && status[2] === "disabled")
        emitSetting(segment, line, emit, "selinux", "Disabled");
    }
  },
};

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
}

const limitLine =
  /^(core file size|data seg size|scheduling priority|file size|pending signals|max locked memory|max memory size|open files|pipe size|POSIX message queues|real-time priority|stack size|cpu time|max user processes|virtual memory|file locks|real-time non-blocking time)\s+\(([^)]{1,40})\)\s+(\S+)\s*$/;
const procLimitLine = /^(Max [a-z ]+?)\s{2,}(\d+|unlimited)\s+(\d+|unlimited)\s+\w*\s*$/;

export const limits: Parser = {
  id: "limits",
  reads: "ulimit -n, ulimit -a, /proc/PID/limits",
  provides: ["host.settings"],
  recognise(segment) {
    const head = headOf(segment, 20);
    if (head.filter((line) => limitLine.test(line) || procLimitLine.test(line)).length >= 2) return 0.95;
    const command = commandOf(segment, "ulimit");
    return command && head.length === 1 && /^(?:\d+|unlimited)$/.test(head[0]?.trim() ?? "") ? 0.97 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.settings");
    const asked = commandOf(segment, "ulimit")?.args.find((word) => /^-[SH]?[a-zA-Z]$/.test(word)) ?? "-f";
    for (const line of linesOf(segment, 200)) {
      const text = line.text.trim();
      const match = limitLine.exec(text);
      const proc = procLimitLine.exec(text);
      const option = /-\w$/.exec(match?.[2] ?? "")?.[0];
      if (match) emitSetting(segment, line, emit, `ulimit ${option ?? match[1]}`, match[3] ?? "");
      else if (proc)
        emitSetting(
          segment,
          line,
          emit,
          proc[1] === "Max open files" ? "ulimit -n" : `limit ${(proc[1] ?? "").toLowerCase()}`,
          proc[2] ?? "",
        );
      else if (/^(?:\d+|unlimited)$/.test(text)) emitSetting(segment, line, emit, `ulimit ${asked}`, text);
    }
  },
};

const unameLine = /^(Linux|Darwin|FreeBSD) (\S+) (\d+\.\d+[\w.+~-]*) (.*)$/;

export const uname: Parser = {
  id: "uname",
  reads: "uname -a, uname -r",
  provides: ["host.settings", "host.versions"],
  startsAt: (line) =>
    unameLine.test(line) && /\b(?:SMP|PREEMPT|GNU\/Linux|x86_64|aarch64|armv7l|Kernel Version)\b/.test(line),
  recognise(segment) {
    const head = headOf(segment, 2);
    if (unameLine.test(head[0] ?? "") && /SMP|GNU\/Linux|x86_64|aarch64|arm|Kernel/.test(head[0] ?? ""))
      return 0.95;
    return commandOf(segment, "uname") &&
      head.length === 1 &&
      /^(?:\d+\.\d+\S*|x86_64|aarch64|armv\dl|i686)$/.test(head[0]?.trim() ?? "")
      ? 0.97
      : 0;
  },
  parse(segment, emit) {
    for (const line of linesOf(segment, 50)) {
      const text = line.text.trim();
      const match = unameLine.exec(text);
      const arch = /\b(x86_64|aarch64|armv[67]l|i686|ppc64le|s390x|riscv64)\b/.exec(text)?.[1];
      const version = match?.[3] ?? /^\d+\.\d+\S*$/.exec(text)?.[0];
      if (version !== undefined)
        emit.fact(
          "host.versions",
          given({ at: placeOf(segment, line.index), host: hostOf(segment), of: "kernel", version }),
        );
      if (arch !== undefined) emitSetting(segment, line, emit, "arch", arch);
    }
  },
};

const releaseLine = /^([A-Z][A-Z_0-9]*)=(.*)$/;

export const osRelease: Parser = {
  id: "os-release",
  reads: "/etc/os-release, lsb_release -a, hostnamectl",
  provides: ["host.settings"],
  recognise(segment) {
    const head = headOf(segment, 20);
    if (head.some((line) => /^(?:PRETTY_NAME|VERSION_ID|ID_LIKE)=/.test(line))) return 0.95;
    if (head.some((line) => /^Distributor ID:\s/.test(line))) return 0.95;
    return head.filter((line) =>
      /^\s*(?:Static hostname|Operating System|Kernel|Architecture|Machine ID|Boot ID|Virtualization): /.test(
        line,
      ),
    ).length >= 2
      ? 0.95
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.settings");
    for (const line of linesOf(segment, 200)) {
      const release = releaseLine.exec(line.text.trim());
      const pair =
        /^\s*(Distributor ID|Description|Release|Codename|Static hostname|Operating System|Kernel|Architecture|Virtualization):\s+(\S.*)$/.exec(
          line.text,
        );
      if (release?.[1] === "PRETTY_NAME")
        emitSetting(segment, line, emit, "os", (release[2] ?? "").replace(/^"(.*)"$/, "$1"));
      else if (pair?.[1] === "Description" || pair?.[1] === "Operating System")
        emitSetting(segment, line, emit, "os", pair[2] ?? "");
      else if (pair?.[1] === "Architecture")
        emitSetting(
          segment,
          line,
          emit,
          "arch",
          (pair[2] ?? "").replace("x86-64", "x86_64").replace("arm64", "aarch64"),
        );
      else if (pair?.[1] === "Virtualization")
        emitSetting(segment, line, emit, "virtualization", pair[2] ?? "");
    }
  },
};

const freeHeader = /^\s+total\s+used\s+free(?:\s+shared)?(?:\s+(?:buff\/cache|buffers))?/;
const freeRow = /^(Mem|Swap|Low|High):\s+(\S+)\s+(\S+)\s+(\S+)(?:\s+(\S+))?(?:\s+(\S+))?(?:\s+(\S+))?/;

export const free: Parser = {
  id: "free",
  reads: "free, free -h, free -m",
  provides: ["host.settings"],
  startsAt: (line, next) => freeHeader.test(line) && next !== undefined && /^Mem:/.test(next),
  recognise: (segment) => (headOf(segment, 3).some((line) => freeRow.test(line)) ? 0.95 : 0),
  parse(segment, emit) {
    emit.seen("host.settings");
    const args = commandsOf(segment).find(({ program }) => program === "free")?.args ?? [];
    const unit = args.some((word) => /^-[a-z]*m/.test(word))
      ? 1024 ** 2
      : args.some((word) => /^-[a-z]*g/.test(word))
        ? 1024 ** 3
        : args.includes("-b")
          ? 1
          : 1024;
    const bytes = (cell: string | undefined) => {
      const plain = parseInteger(cell);
      return plain === undefined ? parseSize((cell ?? "").replace(/i$/, "iB")) : plain * unit;
    };
    for (const line of linesOf(segment, 100)) {
      const row = freeRow.exec(line.text.trim());
      if (!row) {
        if (!freeHeader.test(line.text) && !/^-\/\+ buffers/.test(line.text))
          leaveAsText(segment, line, emit);
        continue;
      }
      const [, kind = "", total, used, , , , available] = row;
      const name = kind === "Mem" ? "memory" : kind.toLowerCase();
      for (const [what, cell] of [
        ["total", total],
        ["used", used],
        ["available", available],
      ] as const) {
        const value = cell === undefined ? undefined : bytes(cell);
        if (value !== undefined) emitSetting(segment, line, emit, `${name} ${what} bytes`, String(value));
      }
    }
  },
};
