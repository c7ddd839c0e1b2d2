// Version statements: output of `X --version`, and versions mentioned in notes or at the head of a log.
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { commandOf, commandsOf } from "../command.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { canonicalName } from "./version-names.ts";
import { type Statement, startedVersion, unnamed, versionsIn } from "./version-phrases.ts";

/** Prose is short; longer texts are logs or data, in which only start-up lines count. */
const maxProseLines = 60;
const maxLooked = 131_072;

export const versions: Parser = {
  id: "versions",
  reads: "prometheus --version, docker --version, helm version, kubectl version, versions stated in notes",
  provides: ["host.versions"],
  recognise(segment) {
    const head = headOf(segment, 12);
    if (head.length === 0 || head.length > 11) return 0;
    if (
      /^(?:[a-z_-]+, version \d|Docker version \d|Docker Compose version|version\.BuildInfo\{|(?:Client|Server) Version: )/i.test(
        head[0] ?? "",
      )
    )
      return 0.93;
    if (bareVersion(segment, head[0] ?? "")) return 0.93;
    return head.every((line) => versionsIn(line).length > 0) ? 0.5 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.versions");
    for (const line of linesOf(segment, 200)) {
      const bare = bareVersion(segment, line.text);
      for (const statement of bare ? [bare] : versionsIn(line.text))
        emitStatement(segment, line.index, statement, emit);
      leaveAsText(segment, line, emit);
    }
  },
  notices(segment, emit) {
    const text = segment.text.slice(0, maxLooked);
    const lines = linesOf({ ...segment, text });
    const isProse =
      text.length === segment.text.length &&
      lines.length <= maxProseLines &&
      isFreeText(lines.map((line) => line.text));
    for (const line of lines) {
      const started = startedVersion(line.text);
      if (started) emitStatement(segment, line.index, started, emit);
      else if (isProse && !isLogLine(line.text))
        for (const statement of versionsIn(line.text)) emitStatement(segment, line.index, statement, emit);
    }
  },
};

function emitStatement(segment: Segment, index: number, statement: Statement, emit: Emit): void {
  const of = statement.of === unnamed ? segment.hints?.component : statement.of;
  if (of === undefined) return;
  emit.fact("host.versions", given({ at: placeOf(segment, index), host: hostOf(segment), ...statement, of }));
}

/** `grafana-server -v` prints "Version 10.0.1 (commit: …)"; `loki --version | head -1` may print only the number. */
function bareVersion(segment: Segment, line: string): Statement | undefined {
  const command = commandsOf(segment).find(({ args }) =>
    args.some((word) => /^(?:--?version|-[vV]|version)$/.test(word)),
  );
  const of = command && canonicalName(command.program);
  const found = /^\s*(?:version:?\s+)?v?(\d+\.\d+(?:\.\d+)?[\w.+~-]{0,40})(?:\s|$)/i.exec(line)?.[1];
  if (of === undefined || found === undefined || commandOf(segment, "grep")) return undefined;
  return { of, version: found };
}

/** Not data: a table, JSON, or YAML in which a version is just a value. */
function isFreeText(lines: readonly string[]): boolean {
  const filled = lines.filter((line) => line.trim() !== "");
  if (filled.length === 0 || /^\s*[[{<]/.test(filled[0] ?? "")) return false;
  const yaml = filled.filter((line) => /^\s*(?:- )?[\w./"-]+:(?:\s|$)/.test(line)).length;
  return yaml < 3 || yaml < filled.length * 0.6;
}

function isLogLine(line: string): boolean {
  return /\b(?:level|lvl)=\w+|^\S*\d\d:\d\d:\d\d|^\{"|"(?:GET|POST) \/|User-Agent/i.test(line);
}
