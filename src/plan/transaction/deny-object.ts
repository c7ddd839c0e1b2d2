// Changes of objects that are never made: whole parts replaced, guards against deletion removed, doors opened to the world.
import { isRecord, itemsOf, type JsonRecord, valueAt } from "../../model/json-value.ts";
import { denyCommands } from "./deny.ts";
import { denyTextChange, isWorld } from "./deny-text.ts";

export interface DeniedWish {
  readonly kind: string;
  readonly name: string;
  readonly patch: readonly { readonly op: string; readonly path: string; readonly value?: unknown }[];
}

export function denyObjectChange(wish: DeniedWish, before: JsonRecord, after: unknown): string | undefined {
  return (
    denyPaths(wish) ??
    denyLoss(wish, before, after) ??
    denyNewCommands(wish) ??
    denyOpen(wish, before, after) ??
    denyTexts(wish, before, after)
  );
}

function denyPaths({ patch }: DeniedWish): string | undefined {
  for (const { op, path, value } of patch) {
    if (op === "test") continue;
    if (/^\/metadata\/(?:finalizers|deletion|ownerReferences|uid|name|namespace)/.test(path))
      return `${path} guards the object's life: it is never changed`;
    if (path.startsWith("/status")) return "what is observed is never written";
    if (/\/terminationGracePeriodSeconds$/.test(path) && value === 0)
      return "pods that are ended without grace lose what they have not written: this is never done";
    if (path === "" || path === "/") return "a whole object is never replaced";
  }
  return undefined;
}

/** A part that is set anew must still have everything that stood there; `seccompProfile` was lost this way. */
function denyLoss({ patch }: DeniedWish, before: JsonRecord, after: unknown): string | undefined {
  for (const { op, path } of patch) {
    if (op !== "replace" && op !== "add") continue;
    const keys = path
      .slice(1)
      .split("/")
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
    const [stood, stands] = [below(before, keys), below(after, keys)];
    const lost = lostOf(stood, stands);
    if (lost !== undefined) return `${path} would be replaced as a whole and lose ${lost}`;
  }
  return undefined;
}

function lostOf(before: unknown, after: unknown): string | undefined {
  if (isRecord(before)) {
    const names = Object.keys(before).filter((key) => !isRecord(after) || after[key] === undefined);
    return names.length > 0 ? names.slice(0, 3).join(", ") : undefined;
  }
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  const kept = new Set(after.map((item) => JSON.stringify(item)));
  const lost = before.filter((item) => isRecord(item) && !kept.has(JSON.stringify(item)));
  return lost.length > 0 && after.length < before.length ? `${lost.length} of its items` : undefined;
}

function below(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (at, key) => (Array.isArray(at) ? at[Number(key)] : isRecord(at) ? at[key] : undefined),
    value,
  );
}

function denyNewCommands({ kind, patch }: DeniedWish): string | undefined {
  if (kind === "ConfigMap") return undefined;
  for (const { op, value } of patch) {
    if (op === "test" || op === "remove") continue;
    for (const text of stringsOf(value)) {
      const denied = denyCommands(text);
      if (denied !== undefined) return denied;
    }
  }
  return undefined;
}

/** Strings, and lists of words as the one command they are. */
function* stringsOf(value: unknown, depth = 0): Generator<string> {
  if (depth > 20) return;
  if (typeof value === "string") yield value;
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one === "string")) yield value.join(" ");
    for (const item of value) yield* stringsOf(item, depth + 1);
  } else if (isRecord(value)) for (const item of Object.values(value)) yield* stringsOf(item, depth + 1);
}

/** The files of a ConfigMap are judged as files. */
function denyTexts({ kind }: DeniedWish, before: JsonRecord, after: unknown): string | undefined {
  const data = valueAt(after, "data");
  if (kind !== "ConfigMap" || !isRecord(data)) return undefined;
  for (const [key, text] of Object.entries(data)) {
    const was = valueAt(before, "data", key);
    const denied = denyTextChange(typeof was === "string" ? was : "", String(text));
    if (denied !== undefined) return `${key}: ${denied}`;
  }
  return undefined;
}

function denyOpen({ kind, name }: DeniedWish, before: JsonRecord, after: unknown): string | undefined {
  if (kind === "Service") {
    const type = valueAt(after, "spec", "type");
    const was = valueAt(before, "spec", "type");
    if (type !== was && (type === "LoadBalancer" || type === "NodePort"))
      return `Service ${name} would be open to the world as ${type}`;
    const isNew = (address: unknown): boolean =>
      isWorld(String(address)) &&
      !itemsOf(valueAt(before, "spec", "loadBalancerSourceRanges")).includes(address);
    if (itemsOf(valueAt(after, "spec", "loadBalancerSourceRanges")).some(isNew))
      return `Service ${name} would be open to the world`;
  }
  if (kind === "NetworkPolicy") {
    const fresh = openPeers(after).length - openPeers(before).length;
    if (fresh > 0) return `NetworkPolicy ${name} would let everybody in`;
  }
  return undefined;
}

function openPeers(policy: unknown): unknown[] {
  return itemsOf(valueAt(policy, "spec", "ingress")).filter((rule) => {
    const from = itemsOf(valueAt(rule, "from"));
    return (
      from.length === 0 || from.some((peer) => isWorld(String(valueAt(peer, "ipBlock", "cidr") ?? "none")))
    );
  });
}
