// A finding somebody has decided to live with: which, why, and until when.
import { matchesName } from "./glob.ts";

interface Base {
  /** Rule ids or patterns such as `loki/*`. */
  readonly rules: readonly string[];
  readonly reason: string;
  /** YYYY-MM-DD: the last day it holds. */
  readonly until?: string;
  /** Where it stands itself. */
  readonly at: { readonly source: string; readonly line: number };
}

/** A comment beside or above a line, or one for its whole file. */
export interface InlineSuppression extends Base {
  readonly kind: "line" | "file";
  /** For "line": the lines it covers. */
  readonly lines: readonly number[];
}

/** An entry of .watchmend-ignore.yaml. */
export interface ListedSuppression extends Base {
  readonly kind: "listed";
  /** Patterns of paths, relative to the folder of that file; empty for all. */
  readonly paths: readonly string[];
  readonly subject?: string;
}

export type Suppression = InlineSuppression | ListedSuppression;

/** A comment that wants to be a suppression but cannot be one. */
export interface BadSuppression {
  readonly at: { readonly source: string; readonly line: number };
  readonly problem: "no-reason" | "unreadable";
  readonly because: string;
}

export function namesRule(suppression: Suppression, rule: string): boolean {
  return suppression.rules.some((pattern) => matchesName(rule, pattern));
}

/** `today` as YYYY-MM-DD: dates in this form compare as text. */
export function isExpired(suppression: Suppression, today: string): boolean {
  return suppression.until !== undefined && suppression.until < today;
}

/** A day of the calendar, written YYYY-MM-DD. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
