// What an answer of the batch is worth: a text, or the reason why there is none.
import { type CollectedItem, isMissing, type Missing } from "../../model/collected.ts";
import { quoteWord } from "../../model/quote.ts";
import type { Frame } from "./frames.ts";
import { type HostCommand, type HostRights, needsEngine, needsRoot, typedText } from "./host-command.ts";
import { noEngineCode, noToolCode } from "./script.ts";

export interface Asked {
  readonly host: string;
  readonly rights: HostRights;
  readonly how: string;
  readonly maxBytes: number;
}

/** Undefined when there is nothing to tell: an optional tool that is not installed, an optional file that is not there. */
export function itemOf(command: HostCommand, frame: Frame, asked: Asked): CollectedItem | undefined {
  const told = bodyOf(command, frame, asked);
  const body = told && isMissing(told) && command.optional ? { ...told, onlySharpens: true as const } : told;
  return body === undefined ? undefined : describe(command, asked, body);
}

export function describe(command: HostCommand, asked: Asked, body: CollectedItem["body"]): CollectedItem {
  const typed = typedText(command, asked.rights);
  const { locator, ...more } = command.item ?? {};
  return {
    locator: locator === undefined ? `${asked.host}: ${typed}` : `${asked.host}:${locator}`,
    how: asked.how,
    command: typed,
    host: asked.host,
    ...(command.isLog ? { isLog: true as const } : {}),
    ...more,
    body,
  };
}

/** What root would have shown, in one sentence: the reason is the same for all of it. */
export function withheldItem(commands: readonly HostCommand[], { host, how, rights }: Asked): CollectedItem {
  const typed = commands.map((command) => typedText(command, { ...rights, root: "root" }));
  const isDetail = commands.every(({ optional }) => optional);
  return {
    locator: `${host}: what only root sees`,
    how,
    host,
    body: {
      because: "forbidden",
      detail: `${typed.map((text) => text.split(" | ")[0]).join("; ")}: this user is not root there, and sudo asks for a password or is not allowed`,
      decideWith: `ssh -t ${host} ${quoteWord(typed.map((text) => `sudo ${text}`).join("; "))}`,
      ...(isDetail ? { onlySharpens: true as const } : {}),
    },
  };
}

/** The engine refuses this user everything alike. */
export function isRefusedByEngine(command: HostCommand, { code, errors }: Frame): boolean {
  return needsEngine(command) && code !== 0 && refusedByEngine.test(errors);
}

export function refusedItem(commands: readonly HostCommand[], errors: string, asked: Asked): CollectedItem {
  const { host, how, rights } = asked;
  const typed = commands.map((command) => typedText(command, rights));
  return {
    locator: `${host}: what the Docker engine shows`,
    how,
    host,
    body: {
      because: "forbidden",
      detail: `${lastLine(errors)} (${typed.slice(0, 4).join("; ")}${typed.length > 4 ? "; …" : ""})`,
      decideWith: `ssh -t ${host} 'sudo usermod -aG docker "$USER"'   # then log in again; or allow sudo without a password`,
    },
  };
}

export function lostItem(command: HostCommand, asked: Asked, missing: Missing): CollectedItem {
  return describe(command, asked, missing);
}

const forbidden =
  /permission denied|operation not permitted|must be root|you need to be root|a password is required|not in the sudoers|may not run sudo|requires root|not authorized|access denied/i;

const refusedByEngine =
  /permission denied while trying to connect to the docker|docker\.sock: connect: permission denied/i;

export function bodyOf(command: HostCommand, frame: Frame, asked: Asked): CollectedItem["body"] | undefined {
  const { code, errors, output } = frame;
  const retry = `ssh ${asked.host} ${quoteWord(typedText(command, asked.rights))}`;
  if (code === undefined) return missing("unreachable", "the connection ended before the answer did", retry);
  if (code === noEngineCode) return undefined;
  if (code === noToolCode || code === 127)
    return command.optional
      ? undefined
      : missing("tool-missing", `${command.tool ?? firstWord(command, asked)} is not installed there`, retry);
  if (code === 124 || (asked.rights.isTimeoutMissing && (code === 143 || code === 137)))
    return missing("timed-out", `no answer within ${command.seconds ?? "the allowed"} seconds`, retry);
  if (output.length > asked.maxBytes && !command.isLog)
    return missing("too-large", `more than ${asked.maxBytes} bytes`, retry);
  const isFailure = code !== 0 && code !== 141;
  const isRefused = forbidden.test(errors) && (output.length === 0 || refusedByEngine.test(errors));
  if (isFailure && isRefused) return missing("forbidden", lastLine(errors), adviceFor(command, retry, asked));
  if (isFailure && output.length === 0 && !command.failureSpeaks && errors === "")
    return command.optional ? undefined : missing("unreadable", `it ended with exit code ${code}`, retry);
  return isFailure ? Buffer.concat([output, newlineAfter(output), Buffer.from(`${errors}\n`)]) : output;
}

function missing(because: Missing["because"], detail: string, decideWith: string): Missing {
  return { because, detail, decideWith };
}

function adviceFor(command: HostCommand, retry: string, { host, rights }: Asked): string {
  return needsRoot(command) || rights.root === "none"
    ? `ssh -t ${host} ${quoteWord(`sudo ${typedText(command, { ...rights, root: "root" })}`)}`
    : retry;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
}

function newlineAfter(output: Uint8Array): Buffer {
  return Buffer.from(output.length === 0 || output.at(-1) === 0x0a ? "" : "\n");
}

function firstWord(command: HostCommand, asked: Asked): string {
  return (
    typedText(command, asked.rights)
      .split(" ")
      .find((word) => word !== "sudo" && word !== "-n") ?? "the program"
  );
}
