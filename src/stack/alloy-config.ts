// A typed view of Alloy's configuration: components, where they push, what they read and to whom they forward.
import type { ConfigDocument } from "../model/config.ts";
import { isRecord, textOf } from "../model/json-value.ts";
import type { Place } from "../model/place.ts";
import { listAt, placeOf } from "./config-value.ts";
import type { Path, Placed } from "./setting.ts";

export interface AlloyReference {
  /** `loki.write.default` of `loki.write.default.receiver`. */
  readonly component: string;
  readonly text: string;
  readonly at: Place;
  /** Key the reference stands below: `forward_to`, `targets`. */
  readonly argument: string;
}

export interface AlloyComponent {
  /** `loki.write`. */
  readonly name: string;
  readonly label: string;
  /** `loki.write.default`. */
  readonly id: string;
  readonly at: Place;
  readonly path: Path;
  readonly value: Readonly<Record<string, unknown>>;
  readonly references: readonly AlloyReference[];
}

export interface AlloyPush {
  readonly kind: "loki" | "prometheus" | "otlp";
  readonly url: Placed<string>;
  readonly component: string;
}

export interface AlloyConfig {
  readonly doc: ConfigDocument;
  readonly components: readonly AlloyComponent[];
  readonly pushes: readonly AlloyPush[];
  /** Components that read: `loki.source.*`, `prometheus.scrape`, exporters. */
  readonly sources: readonly AlloyComponent[];
  /** `path` and `__path__` values of file sources. */
  readonly paths: readonly Placed<string>[];
  /** References to components that this file does not have. Alloy may read a whole folder: look at its other files too. */
  readonly dangling: readonly AlloyReference[];
}

const maxNodes = 100_000;

/** Half a dozen rules ask for the same documents. */
const known = new WeakMap<ConfigDocument, AlloyConfig>();

/** Reads a document of kind `alloy`; anything in it may be missing. */
export function readAlloyConfig(doc: ConfigDocument): AlloyConfig {
  const config = known.get(doc) ?? readConfig(doc);
  known.set(doc, config);
  return config;
}

function readConfig(doc: ConfigDocument): AlloyConfig {
  const components = componentsOf(doc);
  const names = new Set(
    [...components, ...components.flatMap((component) => declaredIn(component))].map(({ id }) => id),
  );
  const isImporting = components.some((component) => component.name.startsWith("import."));
  return {
    doc,
    components,
    pushes: components.flatMap((component) => pushesOf(doc, component)),
    sources: components.filter((component) =>
      /^(?:loki\.source\.|prometheus\.(?:scrape|exporter\.|receive_http)|otelcol\.receiver\.)/.test(
        component.name,
      ),
    ),
    paths: components.flatMap((component) => pathsOf(doc, component)),
    dangling: isImporting
      ? []
      : components.flatMap((component) => component.references.filter((ref) => isDangling(ref, names))),
  };
}

function componentsOf(doc: ConfigDocument): readonly AlloyComponent[] {
  if (!isRecord(doc.value)) return [];
  return Object.entries(doc.value).flatMap(([name, labels]) => {
    if (!isRecord(labels)) return [];
    if (!name.includes(".") && name !== "declare") return [];
    return Object.entries(labels).flatMap(([label, value]) =>
      isRecord(value)
        ? [
            {
              name,
              label,
              id: `${name}.${label}`,
              at: placeOf(doc, name, label),
              path: [name, label],
              value,
              references: referencesOf(doc, value, [name, label]),
            },
          ]
        : [],
    );
  });
}

/** Exports that only components have; a longer path (`remote.vault.x.data.user`) may end in anything. */
function isDangling(ref: AlloyReference, known: ReadonlySet<string>): boolean {
  if (!/\.(?:receiver|targets|output|input|rules|content)$/.test(ref.text)) return false;
  return ![...known].some((id) => ref.text.startsWith(`${id}.`));
}

/** Components inside a `declare` block, which stand in lists there. */
function declaredIn(outer: AlloyComponent): readonly { readonly id: string }[] {
  if (outer.name !== "declare") return [];
  return Object.entries(outer.value).flatMap(([name, list]) =>
    listAt(list).flatMap((block) => {
      const label = isRecord(block) ? textOf(block.$label) : undefined;
      return label === undefined ? [] : [{ id: `${name}.${label}` }];
    }),
  );
}

const reference =
  /\b((?:loki|prometheus|discovery|local|remote|otelcol|pyroscope|mimir|faro|beyla|module)(?:\.[a-z_0-9]+)+)\.([A-Za-z_]\w*)\.([a-z_]+)\b/g;

function referencesOf(doc: ConfigDocument, value: unknown, path: Path): readonly AlloyReference[] {
  const found: AlloyReference[] = [];
  visit(value, path, (text, at) => {
    for (const [whole, name, label] of text.matchAll(reference)) {
      const argument = at.slice(path.length).find((step) => typeof step === "string") ?? "";
      found.push({
        component: `${name}.${label}`,
        text: whole,
        at: placeOf(doc, ...at),
        argument: String(argument),
      });
    }
  });
  return found;
}

/** Every expression (`{"$expr": …}`) below a value. */
function visit(value: unknown, path: Path, seen: (text: string, path: Path) => void): void {
  const pending: { value: unknown; path: Path }[] = [{ value, path }];
  for (let count = 0; pending.length > 0 && count < maxNodes; count++) {
    const next = pending.pop();
    if (!next) return;
    const expression = isRecord(next.value) ? next.value.$expr : undefined;
    if (typeof expression === "string") seen(expression, next.path);
    else if (Array.isArray(next.value)) {
      for (let at = next.value.length - 1; at >= 0; at--)
        pending.push({ value: next.value[at], path: [...next.path, at] });
    } else if (isRecord(next.value)) {
      for (const [key, inner] of Object.entries(next.value).reverse())
        pending.push({ value: inner, path: [...next.path, key] });
    }
  }
}

const pushKinds: Readonly<Record<string, AlloyPush["kind"]>> = {
  "loki.write": "loki",
  "prometheus.remote_write": "prometheus",
  "otelcol.exporter.otlp": "otlp",
  "otelcol.exporter.otlphttp": "otlp",
};

function pushesOf(doc: ConfigDocument, component: AlloyComponent): readonly AlloyPush[] {
  const kind = pushKinds[component.name];
  if (kind === undefined) return [];
  const [block, key] = kind === "otlp" ? ["client", "endpoint"] : ["endpoint", "url"];
  const endpoints = component.value[block];
  if (!Array.isArray(endpoints)) return [];
  return endpoints.flatMap((endpoint, index) => {
    const url = isRecord(endpoint) ? textOf(endpoint[key]) : undefined;
    return url === undefined
      ? []
      : [
          {
            kind,
            component: component.id,
            url: { value: url, at: placeOf(doc, ...component.path, block, index, key) },
          },
        ];
  });
}

/** `path_targets = [{__path__ = "…"}]`, `targets = [{__path__ = "…"}]`, `path = "…"`. */
function pathsOf(doc: ConfigDocument, component: AlloyComponent): readonly Placed<string>[] {
  const lists = ["path_targets", "targets"].flatMap((key) => {
    const list = component.value[key];
    if (!Array.isArray(list)) return [];
    return list.flatMap((item, index) => {
      const path = isRecord(item) ? textOf(item.__path__) : undefined;
      return path === undefined
        ? []
        : [{ value: path, at: placeOf(doc, ...component.path, key, index, "__path__") }];
    });
  });
  const own = /^loki\.source\.(?:file|journal)$/.test(component.name)
    ? textOf(component.value.path)
    : undefined;
  return own === undefined ? lists : [...lists, { value: own, at: placeOf(doc, ...component.path, "path") }];
}
