// The findings of a day, recorded: from then on only new ones count, and those that are gone are told.
import type { Finding } from "../model/finding.ts";

export interface Known {
  readonly rule: string;
  readonly subject: string;
  /** File the first proof stands in; no line, because lines move. */
  readonly source: string;
  /** The proof itself, without blanks around it. */
  readonly excerpt: string;
  /** How often exactly this was found. */
  readonly count: number;
}

export interface Baseline {
  readonly findings: readonly Known[];
}

export function writeBaseline(findings: readonly Finding[]): string {
  const counted = new Map<string, Known>();
  for (const finding of findings) {
    const entry = entryOf(finding);
    const key = keyOf(entry);
    counted.set(key, { ...entry, count: (counted.get(key)?.count ?? 0) + 1 });
  }
  const sorted = [...counted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return `${JSON.stringify({ schema: "watchmend.baseline/v1", findings: sorted }, undefined, 2)}\n`;
}

export interface Compared {
  readonly fresh: readonly Finding[];
  readonly old: readonly Finding[];
  /** Recorded, but no longer found. */
  readonly gone: readonly Known[];
}

export function compareBaseline(findings: readonly Finding[], baseline: Baseline): Compared {
  const left = new Map(baseline.findings.map((entry) => [keyOf(entry), entry]));
  const fresh: Finding[] = [];
  const old: Finding[] = [];
  for (const finding of findings) {
    const key = keyOf(entryOf(finding));
    const entry = left.get(key);
    if (!entry) {
      fresh.push(finding);
      continue;
    }
    old.push(finding);
    if (entry.count === 1) left.delete(key);
    else left.set(key, { ...entry, count: entry.count - 1 });
  }
  return { fresh, old, gone: [...left.values()] };
}

function entryOf(finding: Finding): Omit<Known, "count"> {
  const [proof] = finding.proof;
  return {
    rule: finding.rule,
    subject: finding.subject.id,
    source: proof?.source ?? "",
    excerpt: (proof?.excerpt ?? "").trim().replace(/\s+/g, " "),
  };
}

/** The same for a finding before and after lines moved. */
export function identityOf(finding: Finding): string {
  return keyOf(entryOf(finding));
}

function keyOf({ rule, subject, source, excerpt }: Omit<Known, "count">): string {
  return JSON.stringify([rule, subject, source, excerpt]);
}
