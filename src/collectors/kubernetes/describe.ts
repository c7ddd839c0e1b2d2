// `kubectl describe`: one or several objects of any kind, whole, cut, or only the Events: section.
import type { Gap, Segment } from "../../model/evidence.ts";
import type { Emit, Parser } from "../parser.ts";
import { emitDescribed } from "./describe-emit.ts";
import { isEventHeading, isEventLine, readEventLines, type Subject } from "./describe-events.ts";
import { describedKind } from "./describe-kind.ts";
import { type Entry, find, readEntries, shownValue } from "./describe-tree.ts";
import { emitEvent } from "./events.ts";
import { type KubectlCommand, parseKubectl } from "./kubectl-command.ts";
import { emitLeftover } from "./leftover.ts";
import { isClusterScoped } from "./object-head.ts";

const second =
  /^(?:Namespace|Labels|Annotations|Roles|Priority|Image|IsDefaultClass|StorageClass|Provisioner|Status|CreationTimestamp|API Version|Type|Capacity):/;
const fragment =
  /^\s*(?:State|Last State|Restart Count|Exit Code|Image ID|Container ID|Liveness|Readiness|Startup|Host Port|QoS Class|Node-Selectors|Tolerations|Controlled By|Init Containers|Containers|Start Time|Service Account):(?:\s|$)/;

export const describeParser: Parser = {
  id: "kubectl-describe",
  reads: "kubectl describe (any resource, several objects, or a part of it such as Events:)",
  provides: [
    "kubernetes.pods",
    "kubernetes.workloads",
    "kubernetes.services",
    "kubernetes.endpoints",
    "kubernetes.claims",
    "kubernetes.volumes",
    "kubernetes.storageclasses",
    "kubernetes.nodes",
    "kubernetes.configmaps",
    "kubernetes.events",
    "kubernetes.objects",
  ],
  startsAt: (line, next) => /^Name:\s+\S/.test(line) && second.test(next ?? ""),
  recognise({ text }) {
    const lines = text
      .slice(0, 12_000)
      .split("\n")
      .filter((line) => /\S/.test(line));
    const [first = "", next = ""] = lines;
    if (/^Name:\s+\S/.test(first) && second.test(next)) return 1;
    if (
      /^\s*Events:\s*$/.test(first) &&
      lines.slice(1, 4).some((line) => isEventHeading(line) || isEventLine(line))
    )
      return 1;
    if (isEventHeading(first) && lines.slice(1, 3).some(isEventLine)) return 1;
    if (isEventLine(first)) return 0.9;
    const known = lines.filter((line) => fragment.test(line)).length;
    return known >= 3 && known * 12 >= lines.length ? 0.85 : 0;
  },
  parse: parseDescribed,
};

function parseDescribed(segment: Segment, emit: Emit): void {
  const command = parseKubectl(segment.command);
  const lines = segment.text.split("\n");
  const eventsAt = lines.findIndex(
    (line, i) => /^\s*Events:(?:\s*<none>|\s*$)/.test(line) || isHeadingOfEvents(lines, i),
  );
  const bodyEnd = eventsAt >= 0 ? eventsAt : isEventLine(lines[0] ?? "") ? 0 : lines.length;
  const entries = readEntries(lines.slice(0, bodyEnd));
  const subject = emitBody(segment, lines.slice(0, bodyEnd), entries, command, emit);
  emitEvents(segment, lines, bodyEnd, subject, emit);
}

function isHeadingOfEvents(lines: readonly string[], i: number): boolean {
  return isEventHeading(lines[i] ?? "") && lines.slice(i + 1, i + 3).some(isEventLine);
}

function emitEvents(
  segment: Segment,
  lines: readonly string[],
  from: number,
  subject: Subject,
  emit: Emit,
): void {
  if (from >= lines.length) return;
  emit.seen("kubernetes.events");
  const isHeading = /^\s*Events:/.test(lines[from] ?? "");
  const { events, leftover } = readEventLines(segment, lines, isHeading ? from + 1 : from, subject);
  for (const event of events) emitEvent(event, emit);
  emitLeftover(segment, lines, leftover, emit);
}

function emitBody(
  segment: Segment,
  lines: readonly string[],
  entries: readonly Entry[],
  command: KubectlCommand | undefined,
  emit: Emit,
): Subject {
  const kind = describedKind(entries, lines, command);
  const name = shownValue(entries, "Name") ?? nameElsewhere(segment, command);
  const namespace =
    shownValue(entries, "Namespace") ?? (kind && isClusterScoped(kind) ? undefined : command?.namespace);
  const subject: Subject = {
    ...(kind === undefined ? {} : { kind }),
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
  };
  if (entries.length === 0) return subject;
  if (kind !== undefined && name !== undefined) {
    const who = { name, ...(namespace === undefined ? {} : { namespace }) };
    emitDescribed({ kind, who, entries, lines, segment }, emit);
  } else if (kind === "Pod" || entries.some((entry) => hasState(entry))) {
    emitDescribed({ kind: "Pod", who: { name: "" }, entries: asPod(entries), lines, segment }, emit);
  } else emit.gap(unknownKind(segment));
  return subject;
}

/** The command or the file's name says which object was described. */
function nameElsewhere(segment: Segment, command: KubectlCommand | undefined): string | undefined {
  const asked = command?.verb === "describe" && command.names.length === 1 ? command.names[0] : undefined;
  return asked ?? segment.hints?.pod;
}

function hasState(entry: Entry): boolean {
  return /^(?:State|Last State|Containers)$/.test(entry.key) || entry.children.some(hasState);
}

/** A piece of a pod (one container, or only its states) gets the headings that were not copied. */
function asPod(entries: readonly Entry[]): readonly Entry[] {
  if (find(entries, "Containers") ?? find(entries, "Init Containers")) return entries;
  const [first] = entries;
  if (!first) return entries;
  const heading = (key: string, children: Entry[]): Entry => ({
    ...first,
    key,
    value: "",
    text: `${key}:`,
    children,
  });
  const whole = entries.filter(
    (entry) =>
      entry.value === "" && entry.children.some((child) => child.key === "State" || child.key === "Image"),
  );
  const containers = whole.length > 0 ? whole : [heading("", [...entries])];
  const named = containers.map((entry) => (entry.key === "" ? { ...entry, key: "?" } : entry));
  return [...entries.filter((entry) => !whole.includes(entry)), heading("Containers", [...named])];
}

function unknownKind(segment: Segment): Gap {
  return {
    what: segment.command ?? segment.source,
    because: "unparseable",
    detail: "a part of kubectl describe that does not show what it describes",
    at: { source: segment.source, line: segment.startLine },
  };
}
