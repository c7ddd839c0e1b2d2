// The text of `kubectl describe` as a tree: what a line is indented below belongs to it.

export interface Entry {
  /** Text before the colon; "" for a line without one. */
  readonly key: string;
  readonly value: string;
  /** The whole line without its indent. */
  readonly text: string;
  readonly indent: number;
  /** 0-based index of the line. */
  readonly index: number;
  readonly children: Entry[];
}

const longestLine = 20_000;
/** Deeper nesting than any describe output has. */
const deepest = 60;

/** Keys at the margin below which log text may follow without indent. */
const margin =
  /^(?:Name|Namespace|Priority|Node|Start Time|Labels|Annotations|Status|IP|IPs|Controlled By|Init Containers|Containers|Ephemeral Containers|Conditions|Volumes|QoS Class|Node-Selectors|Tolerations|Events|Reason|Message|Pod Template|Replicas|Selector)\b.*:(?:\s|$)/;

export function readEntries(lines: readonly string[]): Entry[] {
  const roots: Entry[] = [];
  const open: Entry[] = [];
  for (const [index, raw] of lines.entries()) {
    const line = raw.slice(0, longestLine).trimEnd();
    if (line === "") continue;
    const text = line.trimStart();
    const indent = line.length - text.length;
    const last = open.at(-1);
    const isRawText = indent < (last?.indent ?? 0) && isMessage(last) && indent === 0 && !margin.test(text);
    const entry = toEntry(text, isRawText ? (last?.indent ?? 0) + 1 : indent, index);
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= entry.indent) open.pop();
    (open.at(-1)?.children ?? roots).push(entry);
    if (!isRawText && open.length < deepest) open.push(entry);
  }
  return roots;
}

function isMessage(entry: Entry | undefined): boolean {
  return entry?.key === "Message";
}

function toEntry(text: string, indent: number, index: number): Entry {
  const match = /^([^:\s][^:]{0,250}?):(?:\s+(.*))?$/.exec(text);
  return { key: match?.[1] ?? "", value: match?.[2] ?? "", text, indent, index, children: [] };
}

export function find(entries: readonly Entry[], key: string): Entry | undefined {
  return entries.find((entry) => entry.key === key);
}

/** The value of a key, unless it says that there is none. */
export function shownValue(entries: readonly Entry[], key: string): string | undefined {
  const value = find(entries, key)?.value;
  return value === undefined || value === "" || /^<(?:none|unset|nil|unknown)>$/.test(value)
    ? undefined
    : value;
}

/** First line and the lines below it: `a=b` each, as labels, selectors and parameters are written. */
export function pairsOf(
  entry: Entry | undefined,
  separator: "=" | ":",
): Readonly<Record<string, string>> | undefined {
  if (!entry) return undefined;
  if (entry.value === "<none>") return {};
  const pairs: Record<string, string> = {};
  const first = separator === "=" ? entry.value.split(/,(?=[^,]*=)/) : [entry.value];
  for (const text of [...first, ...entry.children.map((child) => child.text)]) {
    const at = separator === "=" ? text.indexOf("=") : text.search(/:(?:\s|$)/);
    if (at > 0) pairs[text.slice(0, at).trim()] = text.slice(at + 1).trim();
  }
  return pairs;
}

/** All lines below an entry, in order, without the indent of the first one. */
export function linesBelow(entry: Entry, lines: readonly string[], until: number): readonly string[] {
  const first = entry.children[0];
  if (!first) return [];
  const below: string[] = [];
  for (let i = first.index; i < until; i++) {
    const line = (lines[i] ?? "").slice(0, longestLine).trimEnd();
    const indent = line.search(/\S/);
    if (indent >= 0 && indent < first.indent) break;
    below.push(line.slice(Math.min(first.indent, line.length)));
  }
  while (below.at(-1) === "") below.pop();
  return below;
}
