// Custom resources from `kubectl describe`: its words (`Service Monitor Selector`) back into the API's keys.
import type { Entry } from "./describe-tree.ts";

export function customFromEntries(entries: readonly Entry[]): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const entry of entries) {
    if (entry.key !== "" && entry.key !== "Events") value[keyOf(entry.key)] = valueFrom(entry);
  }
  return value;
}

/** kubectl splits camel case into words and writes each with a capital. */
function keyOf(words: string): string {
  const joined = words.replace(/ (?=\w)/g, "");
  return /^[A-Z]{2,}$/.test(joined) ? joined.toLowerCase() : joined.charAt(0).toLowerCase() + joined.slice(1);
}

function valueFrom(entry: Entry): unknown {
  const { children } = entry;
  if (children.length === 0) return scalar(entry.value);
  if (entry.value !== "") return [entry.value, ...children.map((child) => child.text)].join("\n");
  if (children.every((child) => child.key === "")) return children.map((child) => scalar(child.text));
  const keys = children.map((child) => child.key);
  // A list of objects is printed one after the other; a key that comes again begins the next one.
  if (new Set(keys).size === keys.length) return customFromEntries(children);
  const items: Entry[][] = [];
  for (const child of children) {
    const last = items.at(-1);
    if (!last || last.some((other) => other.key === child.key)) items.push([child]);
    else last.push(child);
  }
  return items.map(customFromEntries);
}

function scalar(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  return text;
}
