// What tools put in front of a log line: compose and kubectl names, time stamps, syslog headers, JSON envelopes.
import { openEnvelope } from "./envelope.ts";
import { componentOfName } from "./names.ts";
import { parseTime } from "./time.ts";

/** A line without its prefixes, and what these said about where it came from. */
export interface BareLine {
  /** A substring of the source line. */
  readonly text: string;
  /** What the process wrote: `text`, unescaped where it stood in a JSON string. */
  readonly content: string;
  readonly container?: string;
  readonly pod?: string;
  readonly namespace?: string;
  readonly host?: string;
  /** The program a syslog header names. */
  readonly process?: string;
  readonly timeMs?: number;
}

type Said = { -readonly [Key in Exclude<keyof BareLine, "text" | "content">]?: BareLine[Key] };
type Stripper = readonly [RegExp, (match: RegExpExecArray, said: Said) => boolean];

/** Time stamp, syslog header, name, time stamp, stream, envelope: more layers than that are somebody's joke. */
const mostLayers = 8;
const isoStamp = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC)|[+-]\d\d:?\d\d)?`;
const name = String.raw`[A-Za-z0-9][\w.-]{0,120}`;
/** What a log line begins with: needed where a prefix is only plain words. */
const logStart = String.raw`(?=(?:ts|t|time|level|lvl|logger|msg|caller)=|\{"|[IWEF]\d{4} \d|${isoStamp}|\d{4}/\d\d/\d\d |\[?(?:debug|info|warn|error|fatal|panic)\b)`;

const strippers: readonly Stripper[] = [
  // GitHub indentation, tab-separated copies of Grafana Explore, NULs of a log that was truncated while it was written.
  [/[\s\0]{1,200}/y, () => true],
  // journalctl -o short-full: `Thu 2023-11-23 15:23:37 CET host app[1]: `. The zone's name is ambiguous, so no time.
  [
    new RegExp(
      String.raw`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [A-Z]{2,5} (${name}) (${name})(?:\[\d+\])?: ?`,
      "y",
    ),
    syslog,
  ],
  // RFC 3164 and journalctl -o short: no year, so no time.
  [
    new RegExp(
      String.raw`(?:<\d{1,3}>)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? (${name}) ([\w./@:+-]{1,120}?|\([\w./@:+-]{1,30}\))(?:\[\d+\])?: ?`,
      "y",
    ),
    syslog,
  ],
  // The same with its beginning cut off by whoever pasted it: a number in brackets before a logger's own line.
  [
    new RegExp(String.raw`([A-Za-z][\w.@-]{1,60})\[\d{1,7}\]: ${logStart}`, "y"),
    (match, said) => named(said, { process: match[1] }),
  ],
  // RFC 5424.
  [
    new RegExp(
      String.raw`<\d{1,3}>1 (${isoStamp}) (${name}) ([\w./@-]{1,120}) \S{1,64} \S{1,64} (?:-|\[[^\]]{0,500}\]) ?`,
      "y",
    ),
    (match, said) => {
      stamp(match[1], said);
      return named(said, { host: match[2], process: match[3] });
    },
  ],
  // journalctl -o short-iso, rsyslog's newer default.
  [
    new RegExp(
      String.raw`(${isoStamp}) (${name}) ([\w./@-]{1,120}?|\([\w./@:+-]{1,30}\))(?:\[\d+\])?: `,
      "y",
    ),
    (match, said) => {
      stamp(match[1], said);
      return named(said, { host: match[2], process: match[3] });
    },
  ],
  // CRI: `2023-01-01T00:00:00.0Z stderr F `.
  [new RegExp(`(${isoStamp}) std(?:out|err) [FP](?: |$)`, "y"), (match, said) => stamp(match[1], said)],
  // kubectl --timestamps, docker logs -t, Explore.
  [new RegExp(String.raw`\[?(${isoStamp})\]?(?:[ \t]+|$)`, "y"), (match, said) => stamp(match[1], said)],
  // dmesg and journalctl -o short-monotonic.
  [/\[ {0,6}\d{1,7}\.\d{6}\] /y, (_match, said) => named(said, { process: "kernel" })],
  [
    /\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d \d{4}\] /y,
    (_match, said) => named(said, { process: "kernel" }),
  ],
  // journalctl -o verbose and export.
  [/MESSAGE=/y, () => true],
  // kubectl logs --prefix.
  [
    /\[pods?\/([^/\]\s]{1,260})\/([^\]\s]{1,80})\] ?/y,
    (match, said) => named(said, { pod: match[1], container: match[2] }),
  ],
  // kail: `ns/pod[container]: `.
  [
    /([a-z0-9][a-z0-9-]{0,62})\/([a-z0-9][a-z0-9.-]{0,252})\[([a-z0-9-]{1,63})\]: /y,
    (match, said) => named(said, { namespace: match[1], pod: match[2], container: match[3] }),
  ],
  // kubetail: `[pod container] `.
  [
    /\[([a-z0-9][a-z0-9.-]{0,240}-(?:[a-z0-9]{5}|\d{1,4})) ([a-z0-9-]{1,63})\] /y,
    (match, said) => named(said, { pod: match[1], container: match[2] }),
  ],
  // stern: `pod container `, with -A `namespace pod container `.
  [
    new RegExp(
      String.raw`(?:([a-z0-9-]{1,63}) )?([a-z0-9][a-z0-9.-]{0,240}-(?:[a-z0-9]{5}|\d{1,4})) ([a-z0-9][a-z0-9-]{0,62}) ${logStart}`,
      "yi",
    ),
    (match, said) => named(said, { namespace: match[1], pod: match[2], container: match[3] }),
  ],
  // docker service logs: `mon_loki.1.x2y3@node1    | `.
  [
    new RegExp(String.raw`(${name})\.\d{1,4}\.[a-z0-9]{10,32}@(${name})\s{1,80}\|(?: |$)`, "y"),
    (match, said) => named(said, { container: match[1], host: match[2] }),
  ],
  // docker compose v1 `prometheus_1  | ` and v2 `loki-1  | `: the service's name and the number of the copy.
  [
    new RegExp(String.raw`(${name}?)[-_]\d{1,4}\s{1,80}\|(?: |$)`, "y"),
    (match, said) => named(said, { container: match[1] }),
  ],
  // With container_name, `grafana     | `; podman-compose `[loki] | `.
  [
    new RegExp(String.raw`(${name})\s{2,80}\|(?: (?![^|\n]{0,200} \| )|$)`, "y"),
    (match, said) => named(said, { container: match[1] }),
  ],
  [
    new RegExp(String.raw`\[(${name})\]\s{1,8}\| `, "y"),
    (match, said) => named(said, { container: match[1] }),
  ],
  [
    new RegExp(String.raw`(${name}) \| `, "y"),
    (match, said) => componentOfName(match[1]) !== undefined && named(said, { container: match[1] }),
  ],
  // Loki labels in front of a line, as logcli prints them.
  [/\{[a-z_]\w{0,60}="[^"\n]{0,200}"(?:, ?[a-z_]\w{0,60}="[^"\n]{0,200}"){0,40}\}\s{1,8}/y, labels],
];

/** Strips all prefixes a line carries, however they are nested. Never throws, linear in the length of the prefixes. */
export function stripPrefix(line: string): BareLine {
  const said: Said = {};
  let at = 0;
  for (let layer = 0; layer < mostLayers; layer += 1) {
    const next = stripOne(line, at, said);
    if (next === at) break;
    at = next;
  }
  const bare = line.slice(at).trimEnd();
  const envelope = bare.startsWith("{") ? openEnvelope(bare) : undefined;
  if (!envelope) return { ...said, text: bare, content: bare };
  const inner = stripPrefix(envelope.content);
  const text = envelope.content === envelope.text ? inner.text : envelope.text;
  const { content: _content, text: _text, ...outer } = envelope;
  const { content, text: _inner, ...deeper } = inner;
  return { ...said, ...outer, ...deeper, text, content };
}

function stripOne(line: string, at: number, said: Said): number {
  for (const [regex, take] of strippers) {
    regex.lastIndex = at;
    const match = regex.exec(line);
    if (match && match[0].length > 0 && take(match, said)) return at + match[0].length;
  }
  return at;
}

function syslog(match: RegExpExecArray, said: Said): boolean {
  return named(said, { host: match[1], process: match[2] });
}

function stamp(text: string | undefined, said: Said): boolean {
  const timeMs = text === undefined ? undefined : parseTime(text);
  if (timeMs !== undefined) said.timeMs = timeMs;
  return true;
}

/** An inner prefix is closer to the process than an outer one, so it wins. */
function named(said: Said, names: { [Key in keyof Said]?: string | undefined }): boolean {
  for (const [key, value] of Object.entries(names)) if (value) Object.assign(said, { [key]: value });
  return true;
}

function labels(match: RegExpExecArray, said: Said): boolean {
  const of = (...keys: readonly string[]): string | undefined => {
    for (const key of keys) {
      const found = new RegExp(`[{ ,]${key}="([^"]{1,200})"`).exec(match[0]);
      if (found) return found[1];
    }
    return undefined;
  };
  const container = of("container", "container_name", "compose_service");
  return named(said, {
    namespace: of("namespace"),
    pod: of("pod"),
    container: container?.replace(/^\//, ""),
    host: of("host", "hostname", "node_name"),
  });
}
