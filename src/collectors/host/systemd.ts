// What systemd says about units: `systemctl status`, `list-units`, `list-unit-files`, `show`, `is-active`.
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { SystemdUnit } from "../../model/host.ts";
import { splitWords } from "../../model/shell-words.ts";
import { commandOf } from "../command.ts";
import { operands } from "../command-options.ts";
import { headOf, hostOf, type Line, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";

const unitName = String.raw`[\w@:.\\-]{1,200}\.(?:service|timer|socket|mount|target|path|slice|scope)`;
const statusTitle = new RegExp(String.raw`^\s*[●○×↻*x]\s+(${unitName})(?: - (.*))?$`);
const loaded = /^\s*Loaded: (\S+)(?: \(([^;)]+)(?:; (\S+?))?(?:;|\)))?/;
const active = /^\s*Active: (\S+)(?: \(([^)]+)\))?/;

export function emitUnit(
  segment: Segment,
  line: Line,
  emit: Emit,
  unit: Omit<SystemdUnit, "at" | "host">,
): void {
  emit.fact("host.units", given({ at: placeOf(segment, line.index), host: hostOf(segment), ...unit }));
}

export const systemctlStatus: Parser = {
  id: "systemctl-status",
  reads: "systemctl status UNIT",
  provides: ["host.units", "host.processes"],
  startsAt: (line, next) => statusTitle.test(line) && next !== undefined && /^\s+Loaded: /.test(next),
  recognise(segment) {
    const head = headOf(segment, 5);
    return head.some((line) => statusTitle.test(line)) &&
      head.some((line) => loaded.test(line) || active.test(line))
      ? 0.97
      : head.some((line) => loaded.test(line)) && head.some((line) => active.test(line))
        ? 0.8
        : 0;
  },
  parse(segment, emit) {
    emit.seen("host.units");
    const lines = linesOf(segment);
    const starts = lines.filter((line) => statusTitle.test(line.text)).map((line) => line.index);
    (starts.length > 0 ? starts : [0]).forEach((start, i) => {
      readStatus(segment, lines.slice(start, starts[i + 1]), emit);
    });
  },
};

function readStatus(segment: Segment, lines: readonly Line[], emit: Emit): void {
  const [first] = lines;
  if (!first) return;
  const asked = operands(commandOf(segment, "systemctl")?.args ?? [], ["-n"])[1];
  const name =
    statusTitle.exec(first.text)?.[1] ?? (asked?.includes(".") ? asked : asked && `${asked}.service`);
  let unit: Omit<SystemdUnit, "at" | "host" | "name"> = {};
  let proof = first;
  let end = lines.length;
  for (const [i, line] of lines.entries()) {
    const load = loaded.exec(line.text);
    const state = active.exec(line.text);
    const main = /^\s*Main PID: (\d+)(?: \(code=(\w+), (?:status=(\d+)|signal=(\w+)))?/.exec(line.text);
    const tree = /^[├└│─ \t]+(\d{1,10}) (\S.*)$/.exec(line.text);
    const process =
      /^\s*(?:Process|ExecStart): (\d+) Exec\w+=(\S.*?) \(code=(\w+), (?:status=(\d+)|signal=(\w+))/.exec(
        line.text,
      );
    if (load)
      unit = {
        ...unit,
        ...given({ path: load[2]?.startsWith("/") ? load[2] : undefined, enabled: load[3] }),
      };
    else if (state) {
      const result = /^Result: (\S+)/.exec(state[2] ?? "")?.[1];
      unit = { ...unit, ...given({ active: state[1], sub: result ? undefined : state[2], result }) };
      proof = line;
    } else if (main?.[3] !== undefined) unit = { ...unit, exitStatus: Number(main[3]) };
    if (process && name) {
      emit.fact(
        "host.processes",
        given({
          at: placeOf(segment, line.index),
          host: hostOf(segment),
          pid: Number(process[1]),
          argv: splitWords(process[2] ?? ""),
          unit: name,
        }),
      );
      if (process[4] !== undefined) unit = { exitStatus: Number(process[4]), ...unit };
    } else if (tree && name) {
      emit.fact(
        "host.processes",
        given({
          at: placeOf(segment, line.index),
          host: hostOf(segment),
          pid: Number(tree[1]),
          argv: (tree[2] ?? "").split(/\s+/),
          unit: name,
        }),
      );
    }
    if (i > 2 && line.text.trim() === "") {
      end = i;
      break;
    }
  }
  if (name !== undefined) emitUnit(segment, proof, emit, { name, ...unit });
  handOnJournal(segment, lines.slice(end), emit);
}

/** Below the header stand the last lines of the journal: logs, for those who read logs. */
function handOnJournal(segment: Segment, lines: readonly Line[], emit: Emit): void {
  const first = lines.find((line) => line.text.trim() !== "");
  if (!first) return;
  const text = lines
    .slice(lines.indexOf(first))
    .map((line) => line.text)
    .join("\n");
  const { command: _command, ...rest } = segment;
  emit.segment({ ...rest, startLine: segment.startLine + first.index, text });
}

const listHeader = /^\s*UNIT\s+LOAD\s+ACTIVE\s+SUB\s+(?:JOB\s+)?DESCRIPTION/;
const filesHeader = /^UNIT FILE\s+STATE(?:\s+(?:VENDOR PRESET|PRESET))?/;
const listRow = new RegExp(
  String.raw`^\s*(?:[●○×*]\s+)?(${unitName})\s+(loaded|not-found|masked|error|bad-setting)\s+(active|inactive|failed|activating|deactivating|reloading)\s+(\S+)(?:\s|$)`,
);
const filesRow = new RegExp(
  String.raw`^(${unitName})\s+(enabled|disabled|static|masked|generated|transient|indirect|alias|enabled-runtime|linked)(?:\s|$)`,
);

export const systemctlList: Parser = {
  id: "systemctl-list",
  reads: "systemctl list-units, systemctl list-unit-files, systemctl --failed",
  provides: ["host.units"],
  startsAt: (line) => listHeader.test(line) || filesHeader.test(line),
  recognise(segment) {
    const head = headOf(segment, 6);
    if (head.some((line) => listHeader.test(line) || filesHeader.test(line))) return 0.96;
    const own = head.filter((line) => listRow.test(line) || filesRow.test(line)).length;
    return own > 0 && own >= head.length * 0.7 ? 0.92 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.units");
    for (const line of linesOf(segment)) {
      const row = listRow.exec(line.text);
      const file = filesRow.exec(line.text);
      if (row) emitUnit(segment, line, emit, given({ name: row[1] ?? "", active: row[3], sub: row[4] }));
      else if (file) emitUnit(segment, line, emit, given({ name: file[1] ?? "", enabled: file[2] }));
    }
  },
};

export const systemctlWord: Parser = {
  id: "systemctl-is",
  reads: "systemctl is-active UNIT, is-enabled, is-failed, systemctl show UNIT",
  provides: ["host.units"],
  recognise(segment) {
    const command = commandOf(segment, "systemctl");
    const head = headOf(segment, 8);
    if (
      command &&
      /^is-(?:active|enabled|failed)$/.test(operands(command.args)[0] ?? "") &&
      head.every((line) => /^[a-z-]+$/.test(line.trim()))
    )
      return 0.98;
    return head.filter((line) =>
      /^(?:Id|ActiveState|SubState|Restart|NRestarts|ExecMainStatus|Result|LoadState|UnitFileState|Names|MainPID|Type)=/.test(
        line,
      ),
    ).length >= 2
      ? 0.95
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.units");
    const lines = linesOf(segment, 5_000).filter((line) => line.text.trim() !== "");
    const words = operands(commandOf(segment, "systemctl")?.args ?? [], ["-p", "--property"]);
    if (words[0]?.startsWith("is-")) {
      lines.forEach((line, i) => {
        const name = withSuffix(words[i + 1]);
        const value = line.text.trim();
        if (name)
          emitUnit(
            segment,
            line,
            emit,
            words[0] === "is-enabled" ? { name, enabled: value } : { name, active: value },
          );
      });
      return;
    }
    const value = (key: string) =>
      lines
        .find((line) => line.text.startsWith(`${key}=`))
        ?.text.slice(key.length + 1)
        .trim();
    const name = value("Id") ?? withSuffix(words[1]);
    const proof = lines.find((line) => /^(?:ActiveState|SubState)=/.test(line.text)) ?? lines[0];
    const number = (text: string | undefined) => (/^\d{1,9}$/.test(text ?? "") ? Number(text) : undefined);
    if (name === undefined || !proof) return;
    emitUnit(
      segment,
      proof,
      emit,
      given({
        name,
        active: value("ActiveState"),
        sub: value("SubState"),
        enabled: value("UnitFileState"),
        result: value("Result"),
        path: value("FragmentPath"),
        user: value("User"),
        exitStatus: number(value("ExecMainStatus")),
        restarts: number(value("NRestarts")),
      }),
    );
  },
};

function withSuffix(name: string | undefined): string | undefined {
  return name === undefined || /\.[a-z]+$/.test(name) ? name : `${name}.service`;
}
