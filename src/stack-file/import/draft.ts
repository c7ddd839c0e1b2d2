// A watchmend.yaml in the making: what was found, and what could not be carried over.
import type { Place } from "../../model/place.ts";
import type { DeployedKind } from "../../model/stack-file.ts";
import type { ComponentInput, HostInput, ScrapeInput, StackFileInput } from "../schema.ts";
import { isAddress } from "../words.ts";

export interface ImportNote {
  readonly at?: Place;
  readonly what: string;
  readonly because: string;
}

type Changeable<T> = { -readonly [Key in keyof T]: T[Key] };
export type HostDraft = Changeable<Partial<HostInput>> & { labels: Record<string, string> };
export type ComponentDraft = Changeable<ComponentInput> & {
  retention?: { time?: string; size?: string };
  admin_password?: string;
  root_url?: string;
  scrape_interval?: string;
  evaluation_interval?: string;
  external_labels?: Record<string, string>;
};

export interface LogsDraft {
  docker: boolean;
  journal: boolean;
  /** Where Promtail's places are, when they are not under our names. */
  journal_job?: string;
  positions_file?: string;
  readonly files: NonNullable<NonNullable<StackFileInput["logs"]>["files"]>;
}

export interface ImportDraft {
  name?: string;
  directory?: string;
  readonly hosts: Map<string, HostDraft>;
  readonly components: Map<DeployedKind, ComponentDraft>;
  readonly scrape: ScrapeInput[];
  /** What log agents follow there already. */
  logs?: LogsDraft;
  readonly remoteWrite: NonNullable<StackFileInput["remote_write"]>;
  readonly notes: ImportNote[];
}

export function emptyDraft(): ImportDraft {
  return { hosts: new Map(), components: new Map(), scrape: [], remoteWrite: [], notes: [] };
}

export function hostOf(draft: ImportDraft, name: string): HostDraft {
  const known = draft.hosts.get(name);
  if (known) return known;
  const made: HostDraft = { labels: {} };
  draft.hosts.set(name, made);
  return made;
}

export function componentOf(draft: ImportDraft, kind: DeployedKind): ComponentDraft {
  const known = draft.components.get(kind);
  if (known) return known;
  const made: ComponentDraft = {};
  draft.components.set(kind, made);
  return made;
}

/** Evidence calls a host by what it was reached with: its name in the inventory, or its address. */
export function hostSeenAs(draft: ImportDraft, seen: string): string {
  const byAddress = [...draft.hosts].find(([, host]) => host.address === seen);
  const name = byAddress?.[0] ?? nameFrom(seen);
  const host = hostOf(draft, name);
  if (/^[\d.]+$|:/.test(seen) && isAddress(seen)) host.address ??= seen;
  return name;
}

export function note(draft: ImportDraft, at: Place | undefined, what: string, because: string): void {
  draft.notes.push({ ...(at === undefined ? {} : { at }), what, because });
}

/** A name that the model accepts, made of any text. */
export function nameFrom(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, "-")
    .replace(/^[.-]+|[.-]+$/g, "")
    .slice(0, 60)
    .replace(/[.-]+$/, "");
  return plain === "" ? "host" : plain;
}

/** The server that was found, or the one that has to be filled in. */
export function serverName(draft: ImportDraft): string {
  const found = [...draft.hosts].find(([, host]) => host.roles?.includes("server"));
  if (found) return found[0];
  const only = [...draft.hosts.keys()];
  const name = only.length === 1 && only[0] !== undefined ? only[0] : "monitoring";
  const host = hostOf(draft, name);
  host.roles = ["server", "agent"];
  return name;
}

/** `v3.5.0` to `3.5.0`; undefined for what pins nothing. */
export function pinned(version: string | undefined): string | undefined {
  const plain = version?.trim().replace(/^v/, "");
  return plain !== undefined && /^\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?:[-+][0-9A-Za-z.+-]{1,60})?$/.test(plain)
    ? plain
    : undefined;
}
