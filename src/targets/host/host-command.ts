// One command of the batch that is run on a host: what a person would type, and what it takes to run it.
import type { CollectedItem } from "../../model/collected.ts";

/** Which engine commands and which rights the host offers; found out by the script itself before anything else. */
export interface HostRights {
  /** How the engine is called: `docker`, `sudo -n docker`, `podman`; undefined when there is none. */
  readonly engine?: string;
  /** `root`: is root; `sudo`: may do everything without a password; `none`: neither. */
  readonly root: "root" | "sudo" | "none";
  readonly isTimeoutMissing?: boolean;
  /** What asks for a URL there; undefined when nothing does. */
  readonly fetch?: "curl" | "wget";
  /** What asks a particular name server. */
  readonly lookup?: "dig" | "nslookup";
}

/**
 * `text` uses `{engine}` for the engine's command, `{root}` before programs that need root and `{asroot}` before those that
 * show more with it. It is POSIX sh; data in it has passed `quoteWord`.
 */
export interface HostCommand {
  readonly id: string;
  readonly text: string;
  /** What is run when it is more than what a person would type: bounds, loops, fallbacks. */
  readonly run?: string;
  /** For docs/live-hosts.md. */
  readonly why: string;
  /** Programs without which the command makes no sense; one of a nested list is enough. */
  readonly tool?: string;
  /** The host is complete without it: no firewalld, no SELinux. Its absence is not worth a word. */
  readonly optional?: true;
  /** It is an answer when it fails: its words are evidence. */
  readonly failureSpeaks?: true;
  readonly isLog?: true;
  readonly seconds?: number;
  readonly bytes?: number;
  /** More about the item it becomes. */
  readonly item?: Partial<Pick<CollectedItem, "path" | "hints" | "how">> & { readonly locator?: string };
  /** Its output is a tar archive of files in a container, or a list of files with their text. */
  readonly unpack?: "tar" | "files";
  /** For `tar`: the container, and the path of the folder in which the archive's names lie. */
  readonly container?: string;
}

/** What a person types on that host. */
export function typedText({ text }: HostCommand, rights: HostRights): string {
  return fill(text, rights);
}

export function runText(command: HostCommand, rights: HostRights): string {
  return fill(command.run ?? command.text, rights);
}

export function needsRoot({ text, run }: HostCommand): boolean {
  return text.includes("{root}") || (run?.includes("{root}") ?? false);
}

export function needsEngine({ text, run }: HostCommand): boolean {
  return text.includes("{engine}") || (run?.includes("{engine}") ?? false);
}

function fill(text: string, rights: HostRights): string {
  const sudo = rights.root === "sudo" ? "sudo -n " : "";
  return text.replaceAll("{engine}", rights.engine ?? "docker").replaceAll(/\{(?:as)?root\} ?/g, sudo);
}
