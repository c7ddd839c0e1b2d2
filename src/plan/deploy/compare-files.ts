// Files of one host: what differs in text, owner or mode, and what was put there once and is not wanted any more. Pure.

import type { FileChange, HostRecord } from "../../model/deployment.ts";
import type { DesiredFile, DesiredHost } from "../../model/desired.ts";
import { sha256 } from "../backup.ts";
import { salted } from "../salted.ts";
import type { PathFact } from "../transaction/host-paths.ts";
import type { CompareWish } from "./compare-wish.ts";

export function fileChange(file: DesiredFile, { observed }: CompareWish): readonly FileChange[] {
  const { path, content, readBy } = file;
  const fact = observed.facts.get(path);
  const base = { path, ...(readBy ? { readBy } : {}) };
  if (!fact) return [{ ...base, change: "create", after: content }];
  if (fact.sha256 !== sha256(Buffer.from(content)))
    return [{ ...base, change: "update", before: observed.contents.get(path) ?? "", after: content }];
  return ownerFits(file, fact) ? [] : [{ ...base, change: "owner", note: ownerWords(fact, file) }];
}

export function secretChange(
  secret: DesiredHost["secrets"][number],
  { observed, secrets }: CompareWish,
): readonly FileChange[] {
  const { path, readBy } = secret;
  const fact = observed.facts.get(path);
  const known = secrets.get(path);
  const base = { path, readBy, secret: true as const };
  if (!fact) return [{ ...base, change: "create" }];
  if (known && "value" in known && fact.sha256 !== salted(observed.salt, known.value))
    return [{ ...base, change: "update" }];
  return ownerFits(secret, fact) ? [] : [{ ...base, change: "owner", note: ownerWords(fact, secret) }];
}

type Owner = Pick<PathFact, "uid" | "gid" | "mode">;

function ownerFits(wanted: Owner, fact: Owner): boolean {
  return wanted.uid === fact.uid && wanted.gid === fact.gid && wanted.mode === fact.mode;
}

function ownerWords(from: Owner, to: Owner): string {
  const words = ({ uid, gid, mode }: Owner): string => `${uid}:${gid} ${mode.toString(8).padStart(4, "0")}`;
  return `${words(from)} → ${words(to)}`;
}

export function ownerNote(
  wanted: Owner & { readonly path: string },
  fact: PathFact | undefined,
): readonly string[] {
  return fact ? [`${wanted.path}: owner and mode ${ownerWords(fact, wanted)}, of this folder only`] : [];
}

/** What was put there once and is not part of it any more. Changed by somebody: it is theirs now. */
export function goneFiles(
  { desired, observed }: CompareWish,
  part: DesiredHost,
  record: HostRecord | undefined,
): { changes: FileChange[]; remove: { path: string; sha256?: string }[]; notes: string[] } {
  const wanted = new Set([...desired.files, ...part.files, ...desired.secrets].map(({ path }) => path));
  const changes: FileChange[] = [];
  const remove: { path: string; sha256?: string }[] = [];
  const notes: string[] = [];
  for (const [path, wrote] of Object.entries(record?.files ?? {})) {
    const text = observed.contents.get(path);
    if (wanted.has(path) || text === undefined) continue;
    if (sha256(Buffer.from(text)) === wrote) {
      changes.push({ path, change: "remove", before: text });
      remove.push({ path, sha256: wrote });
    } else
      notes.push(`${path} is not part of the stack any more, but somebody has changed it: it is left there`);
  }
  for (const path of record?.secrets ?? []) {
    if (wanted.has(path)) continue;
    changes.push({ path, change: "remove", secret: true });
    remove.push({ path });
  }
  return { changes, remove, notes };
}
