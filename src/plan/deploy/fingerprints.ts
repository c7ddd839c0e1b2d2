// On which state of each thing a host's plan was made, so that a saved plan can tell what has moved since. Pure.

import type { ContainerChange, FileChange } from "../../model/deployment.ts";
import { isRunning } from "../transaction/container-state.ts";
import type { CompareWish } from "./compare-wish.ts";
import { nameOf } from "./container-name.ts";

/** Secrets are known by when they were last changed, never by a hash of what is in them. */
export function fingerprints(
  { desired, observed }: CompareWish,
  files: readonly FileChange[],
  containers: readonly ContainerChange[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { path, secret } of files) {
    const fact = observed.facts.get(path);
    const owner = fact ? `${fact.uid}:${fact.gid} ${fact.mode.toString(8)}` : "";
    found[`${desired.name}:${path}`] = !fact
      ? "absent"
      : secret
        ? `secret ${fact.changed} ${fact.bytes} ${owner}`
        : `${fact.sha256 ?? fact.is} ${owner}`;
  }
  for (const { name } of containers) {
    const inspect = observed.containers.find((one) => nameOf(one) === name);
    found[`${desired.name}: container ${name}`] = inspect
      ? `${String(inspect.Id)} ${isRunning(inspect) ? "running" : "stopped"}`
      : "absent";
  }
  return found;
}
