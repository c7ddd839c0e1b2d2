// Secrets leave no process: everything a report shows goes through the redactor, which knows them from the whole evidence.
import { createRedactor, type Redactor } from "../bundle/redact.ts";
import type { Segment } from "../model/evidence.ts";
import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";

/** A redactor that has seen all evidence, so that a value known as secret in one place is one everywhere. */
export function redactorFor(segments: readonly Segment[]): Redactor {
  const redactor = createRedactor();
  for (const segment of segments) redactor.learn(segment.text);
  return redactor;
}

/** Takes the secrets of all segments out of a text. They are looked for when the first text comes: many reports quote nothing. */
export function cleanerFor(segments: readonly Segment[]): (text: string) => string {
  let redactor: Redactor | undefined;
  return (text) => {
    redactor ??= redactorFor(segments);
    return redactor.redact(text, "").text;
  };
}

/** Structure, ids and places stay; words and quotes lose their secrets. */
export function redactReport(report: Report, clean: (text: string) => string): Report {
  return {
    ...report,
    coverage: {
      ...report.coverage,
      missing: report.coverage.missing.map((entry) => ({
        ...entry,
        what: clean(entry.what),
        because: clean(entry.because),
      })),
    },
    findings: report.findings.map((finding) => redactFinding(finding, clean)),
  };
}

function redactFinding(finding: Finding, clean: (text: string) => string): Finding {
  const { fix } = finding;
  return {
    ...finding,
    says: clean(finding.says),
    proof: finding.proof.map((proof) => ({ ...proof, excerpt: clean(proof.excerpt) })),
    rivals: finding.rivals.map((rival) => ({ ...rival, because: clean(rival.because) })),
    ...(fix ? { fix: redactStrings(fix, clean) } : {}),
  };
}

/** Every string below a value of plain data. */
export function redactStrings<T>(value: T, clean: (text: string) => string): T {
  if (typeof value === "string") return clean(value) as T;
  if (Array.isArray(value)) return value.map((entry) => redactStrings(entry, clean)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, redactStrings(entry, clean)]),
  ) as T;
}
