// JSON objects whose one string is the real log line: docker's json-file, journalctl -o json, fluent-bit, Explore exports.
import { parseTime } from "./time.ts";

export interface Envelope {
  /** The inner line as it stands in the source, still escaped. */
  readonly text: string;
  /** The inner line, unescaped. */
  readonly content: string;
  readonly container?: string;
  readonly pod?: string;
  readonly namespace?: string;
  readonly host?: string;
  readonly process?: string;
  readonly timeMs?: number;
}

const longest = 65_536;
/** The key whose value is the line, and a key that must stand beside it for the object to be an envelope. */
const kinds: readonly (readonly [RegExp, RegExp])[] = [
  [/"log"\s*:\s*"/, /"stream"\s*:\s*"std|"time"\s*:\s*"|"kubernetes"\s*:\s*\{/],
  [/"MESSAGE"\s*:\s*"/, /"__REALTIME_TIMESTAMP"|"_SYSTEMD_UNIT"|"SYSLOG_IDENTIFIER"|"_HOSTNAME"/],
  [/"line"\s*:\s*"/, /"timestamp"\s*:|"labels"\s*:\s*\{/],
];

/** Undefined when the object is itself the log record. Works on truncated objects as well. */
export function openEnvelope(line: string): Envelope | undefined {
  const head = line.length > longest ? line.slice(0, longest) : line;
  for (const [key, beside] of kinds) {
    const match = key.exec(head);
    if (!match || !beside.test(head)) continue;
    const start = match.index + match[0].length;
    const text = stringAt(head, start).replace(/(?:\\[nr]|\s)+$/, "");
    return { text, content: unescapeJson(text), ...told(head, start, text.length) };
  }
  return undefined;
}

/** From `start` to the closing quote, or to the end. */
function stringAt(text: string, start: number): string {
  let i = start;
  while (i < text.length && text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
  return text.slice(start, Math.min(i, text.length));
}

/** What the object says around the line itself. */
function told(head: string, start: number, length: number): Partial<Envelope> {
  const around = `${head.slice(0, start)}"${head.slice(start + length)}`;
  const of = (...keys: readonly string[]): string | undefined => {
    for (const key of keys) {
      const match = new RegExp(`"${key}"\\s*:\\s*"([^"\\\\]{1,253})"`).exec(around);
      if (match) return match[1];
    }
    return undefined;
  };
  const time = of("time", "timestamp", "date");
  const realtime = of("__REALTIME_TIMESTAMP");
  const timeMs = parseTime(time ?? realtime ?? "");
  const container = of("container_name", "CONTAINER_NAME", "container", "com.docker.compose.service");
  const pod = of("pod_name", "pod");
  const namespace = of("namespace_name", "namespace");
  const host = of("_HOSTNAME", "host", "hostname");
  const process = of("SYSLOG_IDENTIFIER", "_COMM") ?? of("_SYSTEMD_UNIT")?.replace(/\.service$/, "");
  return {
    ...(container ? { container: container.replace(/^\//, "") } : {}),
    ...(pod ? { pod } : {}),
    ...(namespace ? { namespace } : {}),
    ...(host ? { host } : {}),
    ...(process ? { process } : {}),
    ...(timeMs === undefined ? {} : { timeMs }),
  };
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

function unescapeJson(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex: string | undefined, char: string) =>
    hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (escapes[char] ?? char),
  );
}
