// What one host is compared by, and what has to be looked at closer before.

import { phases } from "../../model/deployment.ts";
import { type DesiredHost, ownerLabels } from "../../model/desired.ts";
import { sha256 } from "../backup.ts";
import { hashOf } from "../transaction/container-state.ts";
import { nameOf } from "./container-name.ts";
import type { Observed } from "./observe.ts";

export interface CompareWish {
  readonly stack: string;
  readonly directory: string;
  readonly desired: DesiredHost;
  readonly observed: Observed;
  /** Names of containers of others that may be taken over. */
  readonly adopt: ReadonlySet<string>;
  /** By path. What cannot be had is a reason, and blocks. */
  readonly secrets: ReadonlyMap<string, { readonly value: string } | { readonly because: string }>;
  readonly scrapeSeconds: number;
  /** Hosts that have left the model and are clean after this, or are given up. */
  readonly dropped?: ReadonlySet<string>;
  /** The data of the servers is copied, whatever else is to be done. */
  readonly backupData?: true;
}

/** Files whose text has to be read to show and to plan the change. */
export function changedPaths({ desired, observed: { facts, records } }: CompareWish): readonly string[] {
  const texts = desired.files.filter(({ path, content }) => {
    const hash = facts.get(path)?.sha256;
    return hash !== undefined && hash !== sha256(Buffer.from(content));
  });
  const wanted = new Set(desired.files.map(({ path }) => path));
  const gone = phases
    .flatMap((phase) => Object.keys(records[phase]?.files ?? {}))
    .filter((path) => !wanted.has(path));
  return [...new Set([...texts.map(({ path }) => path), ...gone])].sort();
}

/** Images of containers that would be made. */
export function wantedImages({ desired, observed }: CompareWish): readonly string[] {
  const had = new Map(observed.containers.map((one) => [nameOf(one), one]));
  const fresh = desired.containers.filter((spec) => {
    const inspect = had.get(spec.name);
    return !inspect || hashOf(inspect) !== spec.labels[ownerLabels.spec];
  });
  return [...new Set(fresh.map(({ image }) => image))].sort();
}
