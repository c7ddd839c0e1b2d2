// Processes with their arguments: `ps aux`, `ps -ef`, busybox `ps`, `docker top`, `pgrep -a`, and bare command lines.

import { given } from "../../model/given.ts";
import type { ProcessEntry } from "../../model/host.ts";
import { splitWords } from "../../model/shell-words.ts";
import { commandOf, containerOf } from "../command.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";

const header =
  /^\s*(?=.*\bPID\b)(?=.*\b(?:COMMAND|CMD|ARGS)\s*$)(?:[A-Z%][A-Z%+_]{0,10}\s+)+(?:COMMAND|CMD|ARGS)\s*$/;

export const processes: Parser = {
  id: "processes",
  reads: "ps aux, ps -ef, docker top, pgrep -a",
  provides: ["host.processes"],
  startsAt: (line) => line.length < 200 && header.test(line),
  recognise(segment) {
    const head = headOf(segment, 6);
    if (head.slice(0, 3).some((line) => line.length < 200 && header.test(line))) return 0.95;
    const command = commandOf(segment, "ps", "pgrep");
    if (command && head.length > 0 && head.every((line) => headless(line, command.program) !== undefined))
      return 0.92;
    return 0;
  },
  parse(segment, emit) {
    emit.seen("host.processes");
    const around = { host: hostOf(segment), container: containerOf(segment) };
    const program = commandOf(segment, "ps", "pgrep")?.program ?? "ps";
    let names: string[] = [];
    for (const line of linesOf(segment)) {
      if (line.text.trim() === "") continue;
      if (line.text.length < 200 && header.test(line.text)) {
        names = line.text.trim().split(/\s+/);
        continue;
      }
      const row = names.length > 0 ? readRow(line.text, names) : headless(line.text, program);
      if (row) emit.fact("host.processes", given({ at: placeOf(segment, line.index), ...around, ...row }));
      else leaveAsText(segment, line, emit, around.container);
    }
  },
};

type Row = Pick<ProcessEntry, "pid" | "user" | "argv">;

/** Every column but the last is one word; the last takes the rest of the line. */
function readRow(text: string, names: readonly string[]): Row | undefined {
  const words = text.trim().split(/\s+/);
  if (words.length < names.length) return undefined;
  const cell = (...wanted: string[]) => {
    const at = names.findIndex((name) => wanted.includes(name));
    return at === -1 || at === names.length - 1 ? undefined : words[at];
  };
  const pid = cell("PID");
  if (pid !== undefined && !/^\d{1,10}$/.test(pid)) return undefined;
  const argv = words.slice(names.length - 1);
  // STIME and START may be two words ("Mar 15" in some formats): then the time of the day leaks into the command
  const clean = /^\d{1,2}:\d\d(?::\d\d)?$/.test(argv[0] ?? "") ? argv.slice(1) : argv;
  return given({ pid: pid === undefined ? undefined : Number(pid), user: cell("USER", "UID"), argv: clean });
}

/** Rows of `ps aux | grep x`, `ps -ef | grep x`, `pgrep -a x`. */
function headless(text: string, program: string): Row | undefined {
  const line = text.trim().slice(0, 16_384);
  if (program === "pgrep") {
    const match = /^(\d{1,10}) (\S.*)$/.exec(line);
    return match ? { pid: Number(match[1]), argv: splitWords(match[2] ?? "") } : undefined;
  }
  const aux =
    /^(\S{1,32})\s+(\d{1,10})\s+[\d.]+\s+[\d.]+\s+\d+\s+\d+\s+\S+\s+[A-Za-z<+]{1,6}\s+\S+\s+[\d:.-]+\s+(\S.*)$/.exec(
      line,
    );
  const ef = /^(\S{1,32})\s+(\d{1,10})\s+\d{1,10}\s+\d+\s+\S+\s+\S+\s+[\d:-]+\s+(\S.*)$/.exec(line);
  const found = aux ?? ef;
  return found
    ? given({ user: found[1], pid: Number(found[2]), argv: (found[3] ?? "").split(/\s+/) })
    : undefined;
}

/** Programs of a monitoring stack whose command line somebody may paste alone. */
const knownPrograms =
  /^(?:prometheus|alertmanager|loki|promtail|alloy|grafana|grafana-server|grafana-agent|node_exporter|cadvisor|kube-state-metrics|blackbox_exporter|pushgateway|prometheus-operator|operator|thanos|mimir|dockerd|containerd|haproxy|coredns|kubelet|vmagent|victoria-metrics|victoria-metrics-prod|promtool|[a-z_]+_exporter)$/;

export const bareCommandLine: Parser = {
  id: "command-line",
  reads:
    "a bare command line of a component (`/usr/local/bin/node_exporter --collector…`), /proc/PID/cmdline",
  provides: ["host.processes"],
  recognise(segment) {
    const head = headOf(segment, 40);
    const first = firstWords(head);
    if (first === undefined) return 0;
    const [program = "", ...args] = first;
    const base = program
      .slice(program.lastIndexOf("/") + 1)
      .replace(/-(?:linux|amd64|arm64|v?\d[\d.]*)+$/g, "");
    const rest = head
      .slice(1)
      .every((line) => /^\s*-{1,2}[a-z]/.test(line) || firstWords([line]) !== undefined);
    if (!knownPrograms.test(base) || !rest || (args.length === 0 && head.length === 1)) return 0;
    return args.every((word) => !/^(?:is|was|has|the|and|version|logs?|error)$/i.test(word)) &&
      (program.startsWith("/") || args.some((word) => word.startsWith("-")))
      ? 0.85
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.processes");
    const around = { host: hostOf(segment), container: containerOf(segment) };
    let current: { line: number; words: string[] } | undefined;
    const finish = () => {
      if (current)
        emit.fact(
          "host.processes",
          given({ at: placeOf(segment, current.line), ...around, argv: current.words }),
        );
      current = undefined;
    };
    for (const line of linesOf(segment, 2_000)) {
      const text = line.text
        .replace(/\0/g, " ")
        .replace(/\\\s*$/, "")
        .trim();
      if (text === "") continue;
      if (!text.startsWith("-")) finish();
      if (current) current.words.push(...splitWords(text));
      else current = { line: line.index, words: splitWords(text) };
    }
    finish();
  },
};

function firstWords(head: readonly string[]): string[] | undefined {
  const words = splitWords(
    (head[0] ?? "")
      .replace(/\0/g, " ")
      .replace(/\\\s*$/, "")
      .slice(0, 8_192),
  );
  const [program] = words;
  return program !== undefined && /^(?:\/|\.\/)?[\w./-]+$/.test(program) ? words : undefined;
}
