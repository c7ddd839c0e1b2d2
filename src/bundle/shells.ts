// Follows which shell a session is in: `ssh mon`, `kubectl exec -it … sh` and `exit` move the place that prompts speak of.
import { posix } from "node:path";
import type { NameHints } from "../model/evidence.ts";
import { parsePromptTop } from "./prompts.ts";
import { tokenize } from "./tokenize.ts";
import { type UnwrappedCommand, unwrapCommand } from "./unwrap-command.ts";

/** What is known about the place a command ran at. */
export interface ShellPlace {
  readonly command?: string;
  readonly host?: string;
  readonly path?: string;
  readonly hints?: NameHints;
}

interface PromptLine {
  readonly prefix: string;
  readonly command: string;
  readonly user?: string;
  readonly host?: string;
  readonly cwd?: string;
}

interface Shell {
  /** Prompt of the shell in which the entering command was typed; seeing it again means that the inner one was left. */
  readonly outerPrefix: string;
  readonly outerHost: string | undefined;
  readonly inner: UnwrappedCommand;
}

/** Nobody works deeper than that; a paste that seems to has lost its exits. */
const deepest = 8;

export class Shells {
  readonly #stack: Shell[] = [];
  #topHost: string | undefined;

  /** The upper line of two-line prompts carries the host for the next prompt. True when the line is one. */
  topLine(line: string): boolean {
    const top = parsePromptTop(line);
    if (top) this.#topHost = top.host;
    return top !== undefined;
  }

  prompt(line: PromptLine): ShellPlace {
    const shown = line.host ?? this.#topHost;
    this.#topHost = undefined;
    this.#leave(line.prefix, shown);
    const shell = this.#stack.at(-1)?.inner;
    if (/^(?:exit|logout)\b/.test(line.command)) this.#stack.pop();
    const place = describeCommand(line.command, { ...line, ...(shown ? { host: shown } : {}) }, shell);
    const inner = unwrapCommand(line.command);
    if (inner.opensShell && this.#stack.length < deepest) {
      this.#stack.push({ outerPrefix: line.prefix, outerHost: shown, inner: { ...shell, ...inner } });
    }
    return place;
  }

  /** Prompts without a name (`$ `) look the same everywhere: only named ones tell that a shell was left. */
  #leave(prefix: string, host: string | undefined): void {
    const at = this.#stack.findIndex(
      (shell) => shell.outerPrefix === prefix && prefix.length > 3 && shell.outerHost === host,
    );
    if (at >= 0) this.#stack.length = at;
  }
}

/** The command that `for h in …; do …; ssh $h CMD; done` or `ansible all -a CMD` runs on each host. */
export function perHostCommand(command: string): string | undefined {
  const text = command.slice(0, 2_000);
  const looped =
    /\bssh\s(?:\s*-\S+(?:\s+[^$\s-]\S*)?)*\s*["']?(?:\w+@)?\$\{?\w+\}?["']?\s+(?<inner>[^;]+)/.exec(text)
      ?.groups?.inner;
  if (looped) return unquoted(looped.trim());
  if (!/^(?:sudo\s+)?ansible\s/.test(text)) return undefined;
  const argument = /\s-a\s*(?<quote>["']?)(?<inner>.+?)\k<quote>(?:\s+-|$)/.exec(text)?.groups?.inner;
  return argument?.trim();
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}

/** Tools that talk to a cluster or another machine: where they were typed says nothing about what they show. */
const remoteTools =
  /^(?:kubectl|oc|k|helm|k9s|stern|argocd|flux|istioctl|logcli|mimirtool|eksctl|gcloud|aws|az|terraform|ansible(?:-\w+)?)\b/;

/** Container ids are no hosts. */
const containerId = /^[0-9a-f]{12}$/;

export function describeCommand(
  command: string,
  at: { host?: string; cwd?: string; user?: string } | undefined,
  shell?: UnwrappedCommand,
): ShellPlace {
  const run = unwrapCommand(command);
  const inside = shell?.pod !== undefined || shell?.container !== undefined;
  const promptHost =
    at?.host && !inside && !containerId.test(at.host) && at.host !== "localhost" ? at.host : undefined;
  const host = run.host ?? promptHost ?? shell?.host;
  const pod = run.pod ?? shell?.pod;
  const namespace = run.namespace ?? shell?.namespace;
  const container =
    run.container ?? shell?.container ?? (at?.host && containerId.test(at.host) ? at.host : undefined);
  const printed = printedFile(run.command, at?.cwd, at?.user);
  const hints: NameHints = {
    ...(namespace ? { namespace } : {}),
    ...(pod ? { pod } : {}),
    ...(container ? { container } : {}),
    ...(run.previous ? { previous: true } : {}),
    ...(printed && !printed.startsWith("/") ? { file: posix.basename(printed) } : {}),
  };
  const isRemote = remoteTools.test(run.command) || (pod !== undefined && run.host === undefined);
  return {
    ...(run.command === "" ? { command } : { command: run.command }),
    ...(host && (!isRemote || run.host) ? { host } : {}),
    ...(printed?.startsWith("/") ? { path: printed } : {}),
    ...(Object.keys(hints).length > 0 ? { hints } : {}),
  };
}

const printers = /^(?:cat|less|more|head|tail|bat|batcat|zcat|nl|Get-Content|gc|type|sed|vi|vim|view|nano)$/;

/** The one file a command prints, as far as it prints it unchanged. */
function printedFile(command: string, cwd: string | undefined, user: string | undefined): string | undefined {
  const [first = ""] = command.split(/\s*(?:\|\s*(?:less|more|cat|head|tail)\b|\|\||&&|;|2>)/);
  if (first.includes("|") || first.includes("<") || first.includes(">")) return undefined;
  const [program, ...rest] = tokenize(first.slice(0, 2_000)).map((token) => token.text);
  if (!program || !printers.test(program)) return undefined;
  const names = rest.filter((token) => !token.startsWith("-") && !/^\+?\d+$/.test(token));
  if (program === "sed" && names.length > 0) names.shift();
  const [name] = names;
  if (names.length !== 1 || !name || /[*?$(`]/.test(name)) return undefined;
  return absolute(name, cwd, user);
}

function absolute(name: string, cwd: string | undefined, user: string | undefined): string {
  if (name.startsWith("/")) return posix.normalize(name);
  const home = user === "root" ? "/root" : user ? `/home/${user}` : undefined;
  const folder = cwd?.startsWith("~") && home ? home + cwd.slice(1) : cwd;
  if (name.startsWith("~/") && home) return posix.join(home, name.slice(2));
  if (folder?.startsWith("/") && !name.startsWith("~")) return posix.join(folder, name);
  return name;
}
