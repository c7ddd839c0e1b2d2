// The logs in the output of `kubectl cluster-info dump`: each becomes a segment as if `kubectl logs` had printed it.
import type { Parser } from "../parser.ts";
import { emitLeftover } from "./leftover.ts";

const start = /^==== START logs for container (\S{1,253}) of pod (\S{1,253})\/(\S{1,253}) ====$/;
const end = /^==== END logs for container \S+ of pod \S+ ====$/;

export const dumpLogsParser: Parser = {
  id: "kubectl-cluster-info-dump-logs",
  reads: "kubectl cluster-info dump (the logs between its JSON lists)",
  provides: [],
  startsAt: (line) => start.test(line),
  recognise: ({ text }) => (start.test(/\S.*/.exec(text.slice(0, 2_000))?.[0] ?? "") ? 1 : 0),
  parse(segment, emit) {
    const lines = segment.text.split("\n");
    const leftover: number[] = [];
    for (let i = 0; i < lines.length; i++) {
      const match = start.exec(lines[i] ?? "");
      if (!match) {
        if (/\S/.test(lines[i] ?? "") && !end.test(lines[i] ?? "")) leftover.push(i);
        continue;
      }
      const from = i + 1;
      while (i + 1 < lines.length && !end.test(lines[i + 1] ?? "") && !start.test(lines[i + 1] ?? "")) i++;
      const [, container = "", namespace = "", pod = ""] = match;
      emit.segment({
        ...segment,
        startLine: segment.startLine + from,
        text: lines.slice(from, i + 1).join("\n"),
        command: `kubectl logs -n ${namespace} ${pod} -c ${container}`,
        hints: { ...segment.hints, pod, container },
      });
    }
    emitLeftover(segment, lines, leftover, emit);
  },
};
