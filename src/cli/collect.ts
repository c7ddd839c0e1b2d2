// `collect`: evidence to a bundle that can be mailed, redacted before it is written, with its analysis inside.
import { readEvidence } from "../bundle/read-evidence.ts";
import type { EvidenceItem } from "../bundle/source-text.ts";
import { type CollectedItem, isMissing } from "../model/collected.ts";
import { exitCodes } from "../model/errors.ts";
import type { CollectOptions } from "./commands/collect.ts";
import { asksForLive, notBoth, readLive } from "./live.ts";
import { note } from "./output.ts";
import { judgeAndSave } from "./save-bundle.ts";

export async function collect(options: CollectOptions): Promise<number> {
  const startedAt = new Date().toISOString();
  const live = options.from === undefined ? await readLive(options) : undefined;
  const items = live ? live.items : await savedItems(options);
  await judgeAndSave(items, {
    path: options.output,
    ...(options.quiet === undefined ? {} : { quiet: options.quiet }),
    ...(live ? { startedAt } : {}),
  });
  note(options, `next: watchmend diagnose --from ${options.output}`);
  if (live?.interrupted) return exitCodes.interrupted;
  const missing = items.some((item) => isMissing(item.body));
  return missing ? exitCodes.unknown : exitCodes.clean;
}

async function savedItems(options: CollectOptions): Promise<readonly CollectedItem[]> {
  if (asksForLive(options)) throw notBoth();
  const items: CollectedItem[] = [];
  for await (const item of readEvidence(options.from ?? "-")) items.push(collected(item));
  return items;
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
