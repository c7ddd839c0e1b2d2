// What was read becomes a report and, if asked, a bundle of the very same evidence: the one flow behind `collect` and `diagnose --save`.
import { evidenceOf } from "../bundle/collected-item.ts";
import { createRedactor } from "../bundle/redact.ts";
import { writeBundle } from "../bundle/write-bundle.ts";
import { reportOfItems } from "../diagnose/diagnose.ts";
import { type CollectedItem, isMissing } from "../model/collected.ts";
import type { Report } from "../model/report.ts";
import { renderAnalysisText } from "../report/analysis-text.ts";
import { rules } from "../rules/registry.ts";
import { note } from "./output.ts";
import { version } from "./version.ts";

export interface Saving {
  readonly quiet?: boolean;
  /** The bundle to write; without it the evidence is only judged. */
  readonly path?: string;
  /** When reading a live system began. */
  readonly startedAt?: string;
}

/** Judged as a bundle of it is: redacted first, so that both answers are the same bytes. */
export async function judgeAndSave(items: readonly CollectedItem[], saving: Saving): Promise<Report> {
  const redactor = createRedactor();
  const evidence = await evidenceOf(items, redactor);
  const report = await reportOfItems(evidence, { rules, version: version(), mode: "diagnose" });
  if (saving.path === undefined) return report;
  const written = await writeBundle(saving.path, {
    items,
    toolVersion: version(),
    ...(saving.startedAt === undefined ? {} : { collectedAt: saving.startedAt }),
    collectorLog: `${items.map(logLine).join("\n")}\n`,
    analysis: renderAnalysisText(report),
    redactor,
  });
  const missing = items.filter((item) => isMissing(item.body)).length;
  note(
    saving,
    `wrote ${written.path}: ${items.length - missing} items, ${missing} missing, ${written.removed.length} secrets removed`,
  );
  return report;
}

function logLine({ locator, body, durationMs }: CollectedItem): string {
  if (isMissing(body)) return `missing  ${locator}: ${body.because}: ${body.detail}`;
  return `read     ${locator}${durationMs === undefined ? "" : `  (${Math.round(durationMs)} ms)`}`;
}
