// Which Loki holds a line, and which one a data source shows: a stack of several Lokis has lines that only one of them can show.
import type { Component, Stack } from "../model/stack.ts";
import { parseAddress, resolveAddress } from "../stack/resolve.ts";

/** Where a component runs, as far as it tells one Loki from another: its pods and gateways share the namespace. */
export function placeOf({ host, namespace }: Component): string | undefined {
  if (namespace !== undefined) return `namespace ${namespace}`;
  return host === undefined ? undefined : `host ${host}`;
}

/** The one place this address leads to, seen from `from`; undefined where nothing or more than one place answers to it. */
export function placeBehind(stack: Stack, url: string, from?: Component): string | undefined {
  const address = parseAddress(url);
  if (!address) return undefined;
  const places = new Set(resolveAddress(stack, address, from).map(placeOf));
  return places.size === 1 ? [...places][0] : undefined;
}

export function hasOneLoki({ components }: Stack): boolean {
  return new Set(components.filter(({ kind }) => kind === "loki").map(placeOf)).size <= 1;
}
