// Opens what `sniff` found: a tar or zip becomes a list of files, a gzip is unpacked to whatever it holds.
import { UserError } from "../model/errors.ts";
import type { ArchiveIndex } from "./archive-index.ts";
import { type ByteSource, sequential } from "./byte-source.ts";
import { gunzip } from "./gunzip.ts";
import { limits } from "./limits.ts";
import { sniff } from "./sniff.ts";
import { spool } from "./spool.ts";
import { indexTar } from "./tar-index.ts";
import type { UnpackBudget } from "./unpack-budget.ts";
import { indexZip } from "./zip-index.ts";

export type Opened =
  | (ArchiveIndex & { readonly kind: "archive" })
  | {
      readonly kind: "file";
      readonly bytes: ByteSource;
      /** What went wrong so far while `bytes` was read; what came before it stays of use. */
      damage(): string | undefined;
    };

export async function openArchive(
  bytes: ByteSource,
  kind: "gzip" | "zip" | "tar",
  what: string,
  budget: UnpackBudget,
): Promise<Opened> {
  if (kind === "gzip") return openGzip(bytes, what, budget);
  // Members are looked up by position, which unpacked bytes do not have.
  const random = bytes.isSequential ? await spool(bytes.chunks()) : bytes;
  const index = kind === "zip" ? await indexZip(random, what, budget) : await indexTar(random, what);
  return { ...index, kind: "archive" };
}

async function openGzip(bytes: ByteSource, what: string, budget: UnpackBudget): Promise<Opened> {
  let stopped: UserError | undefined;
  // A cut-off archive or log still holds what came before the cut: it is kept, and the damage is told.
  const unpacked = sequential(async function* () {
    try {
      yield* gunzip(bytes, what, budget);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      stopped = error;
    }
  });
  const head = await unpacked.read(0, limits.sniffBytes);
  if (head.length === 0 && stopped) throw stopped;
  if (sniff(head) !== "tar") return { kind: "file", bytes: unpacked, damage: () => stopped?.message };
  const index = await indexTar(await spool(unpacked.chunks()), what);
  if (stopped?.code === "archive-refused") throw stopped;
  const damage = stopped?.message ?? index.damage;
  return { ...index, kind: "archive", ...(damage ? { damage } : {}) };
}
