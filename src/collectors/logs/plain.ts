// Lines that no structured logger wrote: panics, command errors, nginx, HAProxy, Ansible, consoles of other loggers.
import type { LogLevel } from "../../model/text.ts";
import { levelOfWord } from "./level.ts";
import type { Dialect, LogRecord } from "./record.ts";
import { parseTime } from "./time.ts";

type Reader = readonly [
  Dialect,
  RegExp,
  (match: RegExpExecArray, line: string) => Omit<LogRecord, "dialect">,
];

const readers: readonly Reader[] = [
  [
    "panic",
    /^(?:panic: |fatal error: |\[signal SIG[A-Z]+: |SIGBUS: |SIGSEGV: |runtime: out of memory)/,
    (_m, line) => said("fatal", line),
  ],
  // nginx: `2024/01/01 12:00:00 [error] 31#31: *1 connect() failed …`.
  [
    "nginx",
    /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[([a-z]{3,9})\] \d{1,10}#\d{1,10}: (?:\*\d{1,12} )?/,
    (match, line) => said(levelOfWord(match[2] ?? ""), line.slice(match[0].length), match[1]),
  ],
  [
    "nginx",
    /^nginx: \[([a-z]{3,9})\] /,
    (match, line) => said(levelOfWord(match[1] ?? ""), line.slice(match[0].length)),
  ],
  // logrus on a terminal: `ERRO[0000] message  key=value`.
  [
    "logrus",
    /^(TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[[\dTZ:+.-]{1,30}\]\s?/,
    (match, line) => said(levelOfWord(match[1] ?? ""), line.slice(match[0].length)),
  ],
  // `[WARNING]  (1) : Server x is DOWN`, `[ALERT] 123/123456 (1) : …`.
  [
    "haproxy",
    /^\[(NOTICE|WARNING|ALERT|EMERG)\]\s{1,4}(?:\d{1,3}\/\d{6}\s)?\(\d{1,10}\)\s{1,4}:\s/,
    (match, line) =>
      said(match[1] === "ALERT" ? "error" : levelOfWord(match[1] ?? ""), line.slice(match[0].length)),
  ],
  [
    "ansible",
    /^(?:fatal|failed): \[([\w.-]{1,253})(?: -> [^\]]{1,253})?\]/,
    (_m, line) => said("error", line),
  ],
  [
    "ansible",
    /^\[(WARNING|DEPRECATION WARNING|ERROR)\]: /,
    (match, line) => said(match[1] === "ERROR" ? "error" : "warn", line),
  ],
  // Go's log package: `2018/10/18 07:23:36 Error …`.
  [
    "console",
    /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d)(?:\.\d{1,6})? (?:[\w./-]{1,100}\.go:\d{1,6}: )?(?:\[?([A-Za-z]{3,8})\]?[:\s])?/,
    (match, line) => said(levelOfWord(match[2] ?? ""), line.slice(match[1]?.length ?? 0).trim(), match[1]),
  ],
  // zap, Java, Python, CoreDNS, zerolog after their time stamp: `ERROR\tlogger\tmessage`, `[ERROR] plugin/errors: …`.
  [
    "console",
    /^(?:\d{1,2}:\d\d[AP]M )?(?:\[id=\d{1,8}\]\s{1,4})?\[?(TRACE|DEBUG|DBG|INFO|INF|NOTICE|WARN|WRN|WARNING|ERROR|ERR|SEVERE|FATAL|FTL|CRITICAL|CRIT|PANIC)\]?(?::\s?|\s|$)/,
    (match, line) => said(levelOfWord(match[1] ?? ""), line.slice(match[0].length)),
  ],
  // helm, kubectl, docker, every cobra program: `Error: …`, `Error from server (Forbidden): …`, `prometheus: error: …`.
  [
    "command",
    /^(?:[\w./-]{1,60}: )?(error|fatal|warning|panic|critical)(?: from server(?: \([A-Za-z]{1,40}\))?| response from daemon| loading config file "[^"]{1,300}")?(?:: |\[)/i,
    (match, line) => said(levelOfWord(match[1] ?? ""), line),
  ],
  [
    "command",
    /^(?:The connection to the server \S{1,300} was refused|Unable to connect to the server: )/,
    (_m, line) => said("error", line),
  ],
];

export function readPlain(line: string): LogRecord {
  for (const [dialect, regex, read] of readers) {
    const match = regex.exec(line);
    if (match) return { dialect, ...read(match, line) };
  }
  return { dialect: "plain", ...(line === "" ? {} : { msg: line }) };
}

function said(level: LogLevel | undefined, msg: string, time?: string): Omit<LogRecord, "dialect"> {
  const timeMs = time === undefined ? undefined : parseTime(time);
  return { ...(level ? { level } : {}), ...(timeMs === undefined ? {} : { timeMs }), msg };
}
