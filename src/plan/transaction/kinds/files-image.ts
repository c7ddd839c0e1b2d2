// The image of put-files: what every path was and is to be; secrets only as salted hashes.
import { z } from "zod";
import type { Owned } from "../../../model/desired.ts";
import { storedRef } from "../backup-store.ts";

const owner = { uid: z.int(), gid: z.int(), mode: z.int() };

const owned = z.strictObject(owner);

const text = z.strictObject({ content: storedRef, ...owner });

export const image = z.strictObject({
  host: z.string(),
  tag: z.string(),
  directories: z.array(z.strictObject({ path: z.string(), before: owned.optional(), after: owned })),
  /** Taken away where they are empty, parents first. */
  empty: z.array(z.strictObject({ path: z.string(), before: owned })).default([]),
  files: z.array(z.strictObject({ path: z.string(), before: text.optional(), after: text.optional() })),
  /** Their values stay on the host: the one before lies beside, and what is compared is a salted hash. */
  secrets: z.array(
    z.strictObject({
      path: z.string(),
      before: z.strictObject({ hash: z.string(), ...owner }).optional(),
      after: z.strictObject({ hash: z.string(), ...owner }),
      salt: z.string(),
      from: z.strictObject({ from: z.enum(["env", "file", "issued"]), name: z.string() }),
    }),
  ),
});

export type Image = z.infer<typeof image>;

export function ownedBy({ uid, gid, mode }: Owned): Owned {
  return { uid, gid, mode };
}
