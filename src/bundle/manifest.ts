// The list of contents of a bundle (`watchmend.bundle/v1`): what was asked, how, and what came back, also when nothing did.
import type { NameHints, Unavailable } from "../model/evidence.ts";

export const bundleSchema = "watchmend.bundle/v1";
export const manifestName = "manifest.json";
export const collectorLogName = "collector.log";
/** Rendered for people; quotes the evidence, so it must never be read as evidence. */
export const analysisName = "00-ANALYSIS-AND-RECOMMENDATIONS.txt";

export interface ManifestItem {
  /** What was read, so that a person can repeat it; unique, and the `source` of every proof. */
  readonly locator: string;
  /** The way it was read: `kubernetes-api`, `docker-api`, `command`, `file`, … */
  readonly how: string;
  readonly status: "collected" | Unavailable;
  /** Why there is nothing, when the status is not "collected". */
  readonly detail?: string;
  /** The one command that would have read it. */
  readonly decideWith?: string;
  /** The verdict does not hang on it. */
  readonly onlySharpens?: true;
  /** Path inside the bundle, when something was collected. */
  readonly file?: string;
  readonly bytes?: number;
  readonly sha256?: string;
  readonly redactions?: readonly ManifestRedaction[];
  /** How many there were, when the list holds only the first ones. */
  readonly redactionCount?: number;
  readonly durationMs?: number;
  readonly command?: string;
  readonly host?: string;
  readonly path?: string;
  readonly hints?: NameHints;
}

export interface ManifestRedaction {
  readonly line: number;
  readonly kind: string;
  readonly token: string;
}

export interface Manifest {
  readonly schema: typeof bundleSchema;
  readonly tool?: { readonly version: string };
  /** ISO time at which collecting started. */
  readonly collectedAt?: string;
  readonly items: readonly ManifestItem[];
}

const unavailable: ReadonlySet<string> = new Set([
  "absent",
  "unreachable",
  "forbidden",
  "timed-out",
  "tool-missing",
  "unparseable",
  "too-large",
  "unreadable",
] satisfies Unavailable[]);

/** Undefined when the text is somebody else's manifest.json, or a damaged one of ours. */
export function parseManifest(text: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value.schema !== bundleSchema || !Array.isArray(value.items)) return undefined;
  const items = value.items.flatMap((item: unknown) => parseItem(item) ?? []);
  return { schema: bundleSchema, items };
}

function parseItem(value: unknown): ManifestItem | undefined {
  if (!isRecord(value) || typeof value.locator !== "string") return undefined;
  const text = (key: string) => (typeof value[key] === "string" ? { [key]: value[key] } : {});
  const status =
    typeof value.status === "string" && unavailable.has(value.status) ? value.status : "collected";
  return {
    locator: value.locator,
    how: typeof value.how === "string" ? value.how : "unknown",
    status: status as ManifestItem["status"],
    ...text("detail"),
    ...text("decideWith"),
    ...(value.onlySharpens === true ? { onlySharpens: true } : {}),
    ...text("file"),
    ...text("sha256"),
    ...text("command"),
    ...text("host"),
    ...text("path"),
    ...(isRecord(value.hints) ? { hints: parseHints(value.hints) } : {}),
  };
}

function parseHints(value: Readonly<Record<string, unknown>>): NameHints {
  const keys = ["component", "host", "namespace", "pod", "container", "file"] as const;
  const texts = keys.flatMap((key) => (typeof value[key] === "string" ? [[key, value[key]]] : []));
  return { ...Object.fromEntries(texts), ...(value.previous === true ? { previous: true } : {}) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
