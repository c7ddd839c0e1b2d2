// What live reading says about a host's clock: its time, and how far it is from the clock of the machine that reads.
import { given } from "../../model/given.ts";
import { headOf, hostOf, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";

const offsetLine =
  /^clock offset ([+-]\d{1,12}\.\d{1,6}) s against (.{1,80}?), give or take \d{1,6}\.\d{1,6} s$/;

export const clockOffset: Parser = {
  id: "clock-offset",
  reads: "the clock of a host against ours, as `collect` measures it",
  provides: ["host.clocks"],
  startsAt: (line) => offsetLine.test(line),
  recognise: (segment) => (headOf(segment, 3).some((line) => offsetLine.test(line)) ? 0.98 : 0),
  parse(segment, emit) {
    emit.seen("host.clocks");
    for (const line of linesOf(segment, 20)) {
      const match = offsetLine.exec(line.text.trim());
      if (!match) continue;
      emit.fact(
        "host.clocks",
        given({
          at: placeOf(segment, line.index),
          host: hostOf(segment),
          offsetSeconds: Number(match[1]),
          against: match[2],
        }),
      );
    }
  },
};
