// What may be shown of evidence: everything on a terminal when asked for, else everything but its secrets.
import type { Redactor } from "../bundle/redact.ts";
import { redactorFor, redactReport, redactStrings } from "../diagnose/redact-report.ts";
import type { Segment } from "../model/evidence.ts";
import type { Round } from "../model/remediation.ts";
import type { Report } from "../model/report.ts";

export interface Veil {
  text(text: string): string;
  report(report: Report): Report;
  /** Every string below a value of plain data. */
  data<T>(value: T): T;
}

const open: Veil = { text: (text) => text, report: (report) => report, data: (value) => value };

/** `segments` are read only when something is shown. */
export function veilOver(segments: () => readonly Segment[], maySee: boolean): Veil {
  if (maySee) return open;
  let known: Redactor | undefined;
  const redactor = (): Redactor => {
    known ??= redactorFor(segments());
    return known;
  };
  const text = (plain: string): string => redactor().redact(plain, "").text;
  return {
    text,
    report: (report) => redactReport(report, text),
    data: (value) => redactStrings(value, text),
  };
}

/** Reports lose their secrets as everywhere; plans and texts of files do so word by word. */
export function veiledRound(round: Round, veil: Veil): Round {
  const { report, ...rest } = round;
  return { ...veil.data(rest), report: veil.report(report) };
}
