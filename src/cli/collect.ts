// `collect`: evidence to a bundle that can be mailed, redacted before it is written, with its analysis inside.
import { evidenceOf } from "../bundle/collected-item.ts";
import { readEvidence } from "../bundle/read-evidence.ts";
import { createRedactor } from "../bundle/redact.ts";
import type { EvidenceItem } from "../bundle/source-text.ts";
import { writeBundle } from "../bundle/write-bundle.ts";
import { reportOfItems } from "../diagnose/diagnose.ts";
import { type CollectedItem, isMissing } from "../model/collected.ts";
import { exitCodes } from "../model/errors.ts";
import { renderAnalysisText } from "../report/analysis-text.ts";
import { rules } from "../rules/registry.ts";
import type { CollectOptions } from "./commands/collect.ts";
import { asksForLive, notBoth, readLive } from "./live.ts";
import { note } from "./output.ts";
import { version } from "./version.ts";

export async function collect(options: CollectOptions): Promise<number> {
  const startedAt = new Date().toISOString();
  const live = options.from === undefined ? await readLive(options) : undefined;
  const items = live ? live.items : await savedItems(options);
  const redactor = createRedactor();
  const evidence = await evidenceOf(items, redactor);
  const report = await reportOfItems(evidence, { rules, version: version(), mode: "diagnose" });
  const written = await writeBundle(options.output, {
    items,
    toolVersion: version(),
    ...(live ? { collectedAt: startedAt } : {}),
    collectorLog: `${items.map(logLine).join("\n")}\n`,
    analysis: renderAnalysisText(report),
    redactor,
  });
  const missing = items.filter((item) => isMissing(item.body)).length;
  note(
    options,
    `wrote ${written.path}: ${items.length - missing} items, ${missing} missing, ${written.removed.length} secrets removed`,
  );
  note(options, `next: watchmend diagnose --from ${options.output}`);
  if (live?.interrupted) return exitCodes.interrupted;
  return missing > 0 ? exitCodes.unknown : exitCodes.clean;
}

async function savedItems(options: CollectOptions): Promise<readonly CollectedItem[]> {
  if (asksForLive(options)) throw notBoth();
  const items: CollectedItem[] = [];
  for await (const item of readEvidence(options.from ?? "-")) items.push(collected(item));
  return items;
}

function logLine({ locator, body, durationMs }: CollectedItem): string {
  if (isMissing(body)) return `missing  ${locator}: ${body.because}: ${body.detail}`;
  return `read     ${locator}${durationMs === undefined ? "" : `  (${Math.round(durationMs)} ms)`}`;
}

function collected(item: EvidenceItem): CollectedItem {
  if (item.kind === "gap") {
    const { what, because, detail, decideWith } = item.gap;
    return { locator: what, how: "file", body: { because, detail, ...(decideWith ? { decideWith } : {}) } };
  }
  const { source, command, host, path, hints } = item;
  return {
    locator: source,
    how: "file",
    body: item.kind === "text" ? item.bytes : { open: item.open },
    ...(command ? { command } : {}),
    ...(host ? { host } : {}),
    ...(path ? { path } : {}),
    ...(hints ? { hints } : {}),
  };
}
