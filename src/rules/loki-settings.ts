// Loki's configuration as rules about a Loki ask for it: what runs, what stands in files, and which Loki reads it.
import type { ConfigDocument } from "../model/config.ts";
import type { Facts } from "../model/facts.ts";
import { isRecord } from "../model/json-value.ts";
import type { Component, Stack } from "../model/stack.ts";
import { type LokiConfig, readLokiConfig } from "../stack/loki-config.ts";

export interface LokiSettings extends LokiConfig {
  readonly owner?: Component;
  readonly version?: string;
  /** The document shows everything that is set: what is missing has its default. */
  readonly isWhole: boolean;
}

type Needed = Pick<Facts, "config.documents">;

/** Configurations the component may read, the running one first. All of them when none is known to be its own. */
export function lokiSettings(facts: Needed, stack: Stack, component?: Component): readonly LokiSettings[] {
  const all = facts["config.documents"].filter((doc) => doc.kind === "loki" && isRecord(doc.value));
  const own = all.filter((doc) => component?.configs.includes(doc));
  return [...(own.length > 0 ? own : all)]
    .sort((a, b) => rank(a) - rank(b))
    .map((doc) => read(doc, stack, component));
}

function read(doc: ConfigDocument, stack: Stack, component: Component | undefined): LokiSettings {
  const owners = stack.components.filter((entry) => entry.kind === "loki" && entry.configs.includes(doc));
  const owner = component && owners.includes(component) ? component : owners[0];
  const version = (owner ?? component)?.version;
  return {
    ...readLokiConfig(doc, version),
    ...(owner ? { owner } : {}),
    ...(version ? { version } : {}),
    isWhole: doc.origin === "running" || (doc.fragment !== true && isComplete(doc)),
  };
}

/** Loki refuses a file without a schema, so a document without one is an excerpt. */
function isComplete(doc: ConfigDocument): boolean {
  return isRecord(doc.value) && "schema_config" in doc.value;
}

function rank(doc: ConfigDocument): number {
  return doc.origin === "running" ? 0 : doc.fragment ? 2 : 1;
}

/** The subject of a finding about a configuration. */
export function subjectOf(settings: LokiSettings): {
  readonly subject: { readonly kind: "component"; readonly id: string };
  readonly component?: string;
} {
  const id = settings.owner?.id;
  return { subject: { kind: "component", id: id ?? "loki" }, ...(id ? { component: id } : {}) };
}
