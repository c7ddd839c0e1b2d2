// Who scrapes, pushes to, queries and alerts whom, from configuration and from what the programs report.
import type { ComponentKind } from "../model/component.ts";
import type { ConfigDocument } from "../model/config.ts";
import type { Facts } from "../model/facts.ts";
import type { Place } from "../model/place.ts";
import type { Component, Relation, Stack, StackRelation } from "../model/stack.ts";
import { parseAddress, resolveAddress } from "./resolve.ts";

/** All relations, each named once; what a program reported wins over what a file says. */
export function relate(components: readonly Component[], facts: Facts): StackRelation[] {
  const stack: Stack = { components, relations: [] };
  const found = new Map<string, StackRelation>();
  const add = (
    from: Component,
    kind: Relation,
    url: string,
    at: Place,
    works?: boolean,
    label?: string,
  ): void => {
    const address = parseAddress(url);
    if (!address) return;
    const peers = resolveAddress(stack, address, from);
    const ids =
      peers.length > 0
        ? peers.map((peer) => peer.id)
        : [address.port ? `${address.host}:${address.port}` : address.host];
    for (const to of ids) {
      const key = `${from.id}|${kind}|${to}`;
      const known = found.get(key);
      if (known && works === undefined) continue;
      found.set(key, {
        from: from.id,
        to,
        kind,
        at,
        ...(works === undefined ? {} : { works }),
        ...(label ? { label } : {}),
      });
    }
  };
  for (const component of components) {
    for (const document of component.configs) fromConfig(component, document, add);
  }
  for (const target of facts["prometheus.targets"]) {
    const prometheus = only(components, "prometheus", target.host);
    const url = target.scrapeUrl ?? target.instance;
    if (prometheus && url && !target.dropped)
      add(
        prometheus,
        "scrapes",
        url,
        target.at,
        target.health === "unknown" ? undefined : target.health === "up",
        target.job,
      );
  }
  for (const source of facts["grafana.datasources"]) {
    const grafana = only(components, "grafana", undefined);
    if (grafana && source.url) add(grafana, "queries", source.url, source.at, undefined, source.name);
  }
  return [...found.values()]
    .map((relation) => ({ relation, key: `${relation.from} ${relation.kind} ${relation.to}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ relation }) => relation);
}

function only(
  components: readonly Component[],
  kind: ComponentKind,
  host: string | undefined,
): Component | undefined {
  const ofKind = components.filter(
    (component) => component.kind === kind && (!host || !component.host || component.host === host),
  );
  return ofKind[0];
}

type Add = (from: Component, kind: Relation, url: string, at: Place, works?: boolean, label?: string) => void;

function fromConfig(component: Component, document: ConfigDocument, add: Add): void {
  if (document.kind === "prometheus") fromPrometheus(component, document, add);
  if (document.kind === "promtail") {
    list(field(document.value, "clients")).forEach((client, i) => {
      const url = field(client, "url");
      if (typeof url === "string") add(component, "pushes-to", url, lineOf(document, `/clients/${i}/url`));
    });
  }
  if (document.kind === "alloy") fromAlloy(component, document, add);
}

function fromPrometheus(component: Component, document: ConfigDocument, add: Add): void {
  list(field(document.value, "scrape_configs")).forEach((job, i) => {
    const name = field(job, "job_name");
    list(field(job, "static_configs")).forEach((group, j) => {
      list(field(group, "targets")).forEach((target, k) => {
        const at = lineOf(document, `/scrape_configs/${i}/static_configs/${j}/targets/${k}`);
        if (typeof target === "string")
          add(component, "scrapes", target, at, undefined, typeof name === "string" ? name : undefined);
      });
    });
  });
  list(field(field(document.value, "alerting"), "alertmanagers")).forEach((manager, i) => {
    list(field(manager, "static_configs")).forEach((group, j) => {
      for (const target of list(field(group, "targets"))) {
        if (typeof target === "string")
          add(
            component,
            "alerts",
            target,
            lineOf(document, `/alerting/alertmanagers/${i}/static_configs/${j}`),
          );
      }
    });
  });
  list(field(document.value, "remote_write")).forEach((entry, i) => {
    const url = field(entry, "url");
    if (typeof url === "string")
      add(component, "pushes-to", url, lineOf(document, `/remote_write/${i}/url`), undefined, "remote_write");
  });
}

/** Alloy's own syntax: every `url = "…"` of a write endpoint, with its line. */
function fromAlloy(component: Component, document: ConfigDocument, add: Add): void {
  const first = document.at.line ?? 1;
  document.text.split("\n").forEach((text, i) => {
    const url = text.match(/^\s*url\s*=\s*"([^"]+\/(?:push|write|receive)[^"]*)"/)?.[1];
    if (url) add(component, "pushes-to", url, { source: document.at.source, line: first + i });
  });
}

function lineOf(document: ConfigDocument, pointer: string): Place {
  const line = document.lines[pointer] ?? document.at.line;
  return line === undefined ? { source: document.at.source } : { source: document.at.source, line };
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
