// What one log line says about itself.
import type { LogLevel } from "../../model/text.ts";

export type Dialect =
  | "logfmt"
  | "json"
  | "klog"
  | "logrus"
  | "console"
  | "nginx"
  | "haproxy"
  | "ansible"
  | "panic"
  | "command"
  | "plain";

/** What one line says about itself, whatever its dialect. */
export interface LogRecord {
  readonly dialect: Dialect;
  readonly level?: LogLevel;
  readonly timeMs?: number;
  readonly msg?: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** Source file that wrote the line, without path and line number: `scrape.go`. */
  readonly file?: string;
  /** Every value the line gives for `component`: go-kit loggers add one per layer. */
  readonly components?: readonly string[];
}

/** `github.com/x/y/scrape.go:1309` and `scrape.go:1309` give `scrape.go`. */
export function fileName(caller: string): string {
  return caller.slice(caller.lastIndexOf("/") + 1).replace(/:\d{1,6}$/, "");
}
