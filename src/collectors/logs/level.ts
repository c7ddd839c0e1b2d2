// Level words of all dialects, to the five levels of the model.
import type { LogLevel } from "../../model/text.ts";

export const levelWords: Readonly<Record<string, LogLevel>> = {
  trace: "debug",
  trce: "debug",
  debug: "debug",
  dbug: "debug",
  debu: "debug",
  dbg: "debug",
  finest: "debug",
  finer: "debug",
  fine: "debug",
  d: "debug",
  info: "info",
  inf: "info",
  information: "info",
  notice: "info",
  config: "info",
  i: "info",
  warn: "warn",
  wrn: "warn",
  warning: "warn",
  w: "warn",
  error: "error",
  eror: "error",
  erro: "error",
  err: "error",
  severe: "error",
  e: "error",
  fatal: "fatal",
  fata: "fatal",
  ftl: "fatal",
  f: "fatal",
  crit: "fatal",
  critical: "fatal",
  panic: "fatal",
  pani: "fatal",
  dpanic: "fatal",
  alert: "fatal",
  emerg: "fatal",
  emergency: "fatal",
};

/** pino and bunyan count in tens. */
const levelNumbers: Readonly<Record<string, LogLevel>> = {
  "10": "debug",
  "20": "debug",
  "30": "info",
  "40": "warn",
  "50": "error",
  "60": "fatal",
};

export function levelOfWord(word: string): LogLevel | undefined {
  const known = word.toLowerCase();
  if (Object.hasOwn(levelWords, known)) return levelWords[known];
  // slog writes levels between its own as `WARN+2`.
  const slog = /^(debug|info|warn|error)[+-]\d{1,3}$/.exec(known);
  if (slog) return levelWords[slog[1] ?? ""];
  return Object.hasOwn(levelNumbers, known) ? levelNumbers[known] : undefined;
}

export function isBad(level: LogLevel | undefined): boolean {
  return level === "warn" || level === "error" || level === "fatal";
}
