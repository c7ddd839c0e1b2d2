// `timeout 5 df /mnt; echo $?` and its like: the exit status is the whole answer, and 124 means that the command hung.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { DialOutcome } from "../../model/host.ts";
import { commandsOf, containerOf, type RanCommand } from "../command.ts";
import { operands } from "../command-options.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";
import { targetOf } from "./target.ts";

const statusLine = /^(?:(?:exit(?: ?(?:code|status))?|rc|status)\s*[:=]?\s*)?(\d{1,3})$/i;

export const exitStatus: Parser = {
  id: "exit-status",
  reads: "timeout 5 COMMAND; echo $?",
  provides: ["host.dials"],
  recognise(segment) {
    const head = headOf(segment, 3);
    return head.length > 0 &&
      head.length <= 2 &&
      statusLine.test(head.at(-1)?.trim() ?? "") &&
      judged(segment)
      ? 0.97
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.dials");
    const command = judged(segment);
    const lines = linesOf(segment, 100).filter((line) => line.text.trim() !== "");
    const last = lines.at(-1);
    const status = Number(statusLine.exec(last?.text.trim() ?? "")?.[1]);
    for (const line of lines.slice(0, -1)) leaveAsText(segment, line, emit, containerOf(segment));
    if (!command || !last || Number.isNaN(status)) return;
    const target =
      operands(command.args, ["-w", "-m", "-o", "-W", "-c", "-O", "--max-time"]).at(-1) ?? command.program;
    emit.fact(
      "host.dials",
      given({
        at: placeOf(segment, last.index),
        fromHost: hostOf(segment),
        fromContainer: containerOf(segment),
        tool: command.program,
        target,
        ...(target.startsWith("/") ? {} : targetOf(target)),
        outcome: outcomeOf(status),
      }),
    );
  },
};

/** The command whose status `echo $?` shows. */
function judged(segment: Segment): RanCommand | undefined {
  const commands = commandsOf(segment);
  const echo = commands.findIndex(
    ({ program, args }) => /^(?:echo|printf)$/.test(program) && args.some((word) => word.includes("$?")),
  );
  return echo > 0 ? commands[echo - 1] : undefined;
}

/** timeout(1): 124 when it had to end the command, 137 when it had to kill it. */
function outcomeOf(status: number): DialOutcome {
  if (status === 124 || status === 137 || status === 143) return "timeout";
  return status === 0 ? "connected" : "other-error";
}
