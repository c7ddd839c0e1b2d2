// Scheduled commands: `crontab -l`, /etc/cron.d files.
import { given } from "../../model/given.ts";
import { commandOf } from "../command.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";

const field = String.raw`(?:\*|[\d,\-*/]+|[A-Za-z]{3}(?:[,-][A-Za-z]{3})*)`;
const entry = new RegExp(
  String.raw`^\s*(?:@(?:reboot|hourly|daily|weekly|monthly|yearly|midnight)|${field}(?:\s+${field}){4})\s+\S.*$`,
);

export const cron: Parser = {
  id: "crontab",
  reads: "crontab -l, /etc/cron.d/*",
  provides: ["host.settings"],
  recognise(segment) {
    const head = headOf(segment, 30).filter((line) => !/^\s*#/.test(line));
    const own = head.filter((line) => entry.test(line) && /[*@]/.test(line.slice(0, 30)));
    if (own.length === 0) return 0;
    const isNamed = commandOf(segment, "crontab") !== undefined || /\/cron/.test(segment.path ?? "");
    return own.length === head.length || isNamed ? 0.93 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.settings");
    for (const line of linesOf(segment, 5_000)) {
      if (/^\s*#/.test(line.text)) continue;
      if (entry.test(line.text))
        emit.fact(
          "host.settings",
          given({
            at: placeOf(segment, line.index),
            host: hostOf(segment),
            name: "cron",
            value: line.text.trim(),
          }),
        );
      else leaveAsText(segment, line, emit);
    }
  },
};
