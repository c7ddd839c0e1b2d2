// What collectors bring, and how it becomes evidence: the same whether it is judged at once or written to a bundle first.
import { type CollectedBody, type CollectedItem, isMissing, type Missing } from "../model/collected.ts";
import type { Gap } from "../model/evidence.ts";
import { byPath } from "./archive-path.ts";
import { decodeText } from "./decode-text.ts";
import { limits } from "./limits.ts";
import { type ManifestItem, manifestName } from "./manifest.ts";
import { gapOfItem, originOf } from "./manifest-origin.ts";
import type { Redacted, Redactor } from "./redact.ts";
import { learnStream, redactStream } from "./redact-stream.ts";
import { isDocumentHead } from "./sniff.ts";
import type { EvidenceItem } from "./source-text.ts";
import { summariseGaps } from "./summarise-gaps.ts";

/** Secrets are learned from all items before the first one is redacted: one item may give away another's. */
export async function learnItems(items: readonly CollectedItem[], redactor: Redactor): Promise<void> {
  const seen = new Set<string>();
  for (const { locator, body } of items) {
    if (seen.has(locator)) throw new Error(`two items of a bundle have the locator ${locator}`);
    seen.add(locator);
    if (isMissing(body)) continue;
    if (body instanceof Uint8Array) redactor.learn(decodeText(body));
    else await learnStream(redactor, body.open());
  }
}

export async function* redactBody(
  body: CollectedBody,
  redactor: Redactor,
  source: string,
): AsyncGenerator<Redacted> {
  if (body instanceof Uint8Array) yield redactor.redact(decodeText(body), source);
  else yield* redactStream(redactor, body.open(), source);
}

/** Everything about an item but its text. What was asked may hold a secret itself: `curl -u admin:…`. */
export function describeItem(item: CollectedItem, redactor: Redactor): Omit<ManifestItem, "status"> {
  const clean = (text: string) => redactor.redact(text, manifestName).text;
  return {
    locator: clean(item.locator),
    how: item.how,
    ...(item.durationMs === undefined ? {} : { durationMs: item.durationMs }),
    ...(item.command ? { command: clean(item.command) } : {}),
    ...(item.host ? { host: item.host } : {}),
    ...(item.path ? { path: item.path } : {}),
    ...(item.hints ? { hints: item.hints } : {}),
  };
}

export function missingItem(
  described: Omit<ManifestItem, "status">,
  missing: Missing,
  redactor: Redactor,
): ManifestItem {
  const clean = (text: string) => redactor.redact(text, manifestName).text;
  return {
    ...described,
    status: missing.because,
    detail: clean(missing.detail),
    ...(missing.decideWith ? { decideWith: clean(missing.decideWith) } : {}),
    ...(missing.onlySharpens ? { onlySharpens: true } : {}),
  };
}

/** The evidence that reading the written bundle would give, without writing it: a live run is judged on this. */
export async function evidenceOf(
  items: readonly CollectedItem[],
  redactor: Redactor,
): Promise<readonly EvidenceItem[]> {
  await learnItems(items, redactor);
  const evidence: EvidenceItem[] = [];
  const gaps: Gap[] = [];
  for (const item of items) {
    const described = describeItem(item, redactor);
    const { body } = item;
    if (isMissing(body)) {
      gaps.push(gapOfItem(missingItem(described, body, redactor), body.because));
      continue;
    }
    evidence.push(await evidenceOfBody(described, body, redactor));
  }
  const told = summariseGaps(gaps.toSorted((a, b) => byPath(a.what, b.what)));
  return [...evidence, ...told.map((gap): EvidenceItem => ({ kind: "gap", gap }))];
}

async function evidenceOfBody(
  described: Omit<ManifestItem, "status">,
  body: CollectedBody,
  redactor: Redactor,
): Promise<EvidenceItem> {
  const origin = originOf(described);
  const open = async function* () {
    for await (const { text } of redactBody(body, redactor, origin.source)) yield Buffer.from(text);
  };
  if (!(body instanceof Uint8Array)) return { ...origin, kind: "stream", open };
  const bytes = Buffer.from(redactor.redact(decodeText(body), origin.source).text);
  const whole = isDocumentHead(bytes.subarray(0, limits.sniffBytes))
    ? limits.wholeDocumentBytes
    : limits.wholeTextBytes;
  return bytes.length > whole
    ? { ...origin, kind: "stream", sizeBytes: bytes.length, open }
    : { ...origin, kind: "text", bytes };
}
