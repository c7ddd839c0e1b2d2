// Does a condition of a recorded world hold, given its files, owners and restarts as the steps have left them?
import { mayWrite } from "../stack/write-access.ts";
import { findEmbedded } from "./edit/embedded-file.ts";
import { locate } from "./edit/locate.ts";
import { readStream } from "./edit/read-tree.ts";
import { Refused } from "./edit/refusal.ts";
import { holds } from "./edit/same-value.ts";
import type { Condition, FileCondition, OwnerCondition, RestartCondition } from "./world-file.ts";

export interface Owner {
  readonly host: string;
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** What conditions are judged against. Moments are counted by steps. */
export interface WorldFacts {
  readText(path: string): string | undefined;
  readonly owners: readonly Owner[];
  /** `namespace/name` of what was restarted, with the moment of the last time. */
  readonly restarted: ReadonlyMap<string, number>;
  /** Files that were changed, with the moment of the last change. */
  readonly changed: ReadonlyMap<string, number>;
}

export function isMet(condition: Condition, facts: WorldFacts): boolean {
  if ("any" in condition) return condition.any.some((one) => isMet(one, facts));
  if ("all" in condition) return condition.all.every((one) => isMet(one, facts));
  if ("restarted" in condition) return isRestarted(condition, facts);
  return "writable" in condition ? isWritable(condition, facts) : isFileMet(condition, facts);
}

function isRestarted({ restarted, after }: RestartCondition, facts: WorldFacts): boolean {
  const since = after === undefined ? -1 : (facts.changed.get(after) ?? -1);
  return [restarted].flat().some((name) => (facts.restarted.get(name) ?? -1) > since);
}

function isWritable({ writable, host, by }: OwnerCondition, { owners }: WorldFacts): boolean {
  const owner = owners.find((one) => one.host === host && one.path === writable);
  return owner !== undefined && mayWrite(by, owner, { isDirectory: true }).allowed === true;
}

function isFileMet(condition: FileCondition, facts: WorldFacts): boolean {
  const whole = facts.readText(condition.file);
  if (whole === undefined) return condition.absent === true;
  try {
    const text = condition.key === undefined ? whole : findEmbedded(whole, condition.key, undefined).text;
    return isTextMet(condition, text);
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

function isTextMet({ at, is, absent, parses }: FileCondition, text: string): boolean {
  const { documents } = readStream(text);
  if (parses && documents.some((part) => part.fault)) return false;
  if (at === undefined) return parses === true;
  const found = documents.flatMap(({ root }) => {
    const value = root ? locate(text, root, at).value : undefined;
    return root && value ? [{ root, value }] : [];
  });
  if (absent) return found.length === 0;
  return found.some(({ root, value }) => is === undefined || holds(root, value, is));
}
