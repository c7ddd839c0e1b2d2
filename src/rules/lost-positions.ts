// A log agent whose positions file goes with its container.
import type { Facts } from "../model/facts.ts";
import type { Place } from "../model/place.ts";
import type { Component } from "../model/stack.ts";
import { readPromtailConfig } from "../stack/promtail-config.ts";

/** Only for a container whose mounts are all known. */
export function lostPositions(
  component: Component,
  facts: Pick<Facts, "config.documents">,
): { readonly path: string; readonly at: Place } | undefined {
  const container = component.docker;
  if (!container?.mounts) return undefined;
  const docs = component.configs.filter(({ kind }) => kind === "promtail");
  const only = facts["config.documents"].filter(({ kind }) => kind === "promtail");
  const doc = docs[0] ?? (only.length === 1 ? only[0] : undefined);
  if (!doc || doc.fragment) return undefined;
  const { positionsFile } = readPromtailConfig(doc);
  if (!positionsFile.at || !positionsFile.value.startsWith("/")) return undefined;
  const isKept = container.mounts.some(({ target, type }) => {
    const folder = target.replace(/\/{1,10}$/, "");
    return (
      type !== "tmpfs" && (positionsFile.value === folder || positionsFile.value.startsWith(`${folder}/`))
    );
  });
  return isKept ? undefined : { path: positionsFile.value, at: positionsFile.at };
}
