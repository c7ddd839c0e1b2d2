// A typed view of Promtail's configuration: where it pushes, what it reads, where it keeps its positions.
import type { ConfigDocument } from "../model/config.ts";
import { isRecord, textRecord } from "../model/json-value.ts";
import type { Place } from "../model/place.ts";
import { listAt, placeOf, valueAt } from "./config-value.ts";
import { type Relabeling, readRelabelings } from "./prometheus-config.ts";
import { type Path, type Placed, placedNumber, placedText, type Setting, settingOf } from "./setting.ts";

export interface PushClient {
  readonly at: Place;
  readonly url?: Placed<string>;
  readonly tenant?: Placed<string>;
  readonly hasAuth: boolean;
}

export interface PromtailJob {
  readonly at: Place;
  readonly path: Path;
  readonly name?: Placed<string>;
  /** `static`, `journal`, `syslog`, `docker`, `kubernetes`, `file`, … */
  readonly sources: readonly string[];
  /** `__path__` of static targets. */
  readonly paths: readonly Placed<string>[];
  readonly labels: Readonly<Record<string, string>>;
  /** Names of the pipeline's stages, in order. */
  readonly stages: readonly Placed<string>[];
  readonly relabelings: readonly Relabeling[];
}

export interface PromtailConfig {
  readonly doc: ConfigDocument;
  readonly httpPort: Setting<number>;
  readonly grpcPort: Setting<number>;
  readonly httpAddress: Setting<string>;
  readonly positionsFile: Setting<string>;
  readonly clients: readonly PushClient[];
  readonly jobs: readonly PromtailJob[];
}

/** Reads a document of kind `promtail`; anything in it may be missing or of a wrong shape. */
export function readPromtailConfig(doc: ConfigDocument): PromtailConfig {
  return {
    doc,
    httpPort: settingOf(9080, placedNumber(doc, "server", "http_listen_port")),
    grpcPort: settingOf(9095, placedNumber(doc, "server", "grpc_listen_port")),
    httpAddress: settingOf("", placedText(doc, "server", "http_listen_address")),
    positionsFile: settingOf("/var/log/positions.yaml", placedText(doc, "positions", "filename")),
    clients: readClients(doc),
    jobs: listAt(doc.value, "scrape_configs").map((_job, index) => readJob(doc, ["scrape_configs", index])),
  };
}

function readClients(doc: ConfigDocument): readonly PushClient[] {
  const listed = listAt(doc.value, "clients").map((_client, index): Path => ["clients", index]);
  const single: readonly Path[] = isRecord(valueAt(doc.value, "client")) ? [["client"]] : [];
  return [...listed, ...single].map((path) => readClient(doc, path));
}

function readClient(doc: ConfigDocument, path: Path): PushClient {
  const url = placedText(doc, ...path, "url");
  const tenant = placedText(doc, ...path, "tenant_id");
  const value = valueAt(doc.value, ...path);
  return {
    at: placeOf(doc, ...path),
    ...(url ? { url } : {}),
    ...(tenant ? { tenant } : {}),
    hasAuth: ["basic_auth", "bearer_token", "bearer_token_file", "oauth2", "authorization"].some(
      (key) => valueAt(value, key) !== undefined,
    ),
  };
}

function readJob(doc: ConfigDocument, path: Path): PromtailJob {
  const job = valueAt(doc.value, ...path);
  const keys = isRecord(job) ? Object.keys(job) : [];
  const name = placedText(doc, ...path, "job_name");
  const statics = listAt(job, "static_configs");
  return {
    at: placeOf(doc, ...path),
    path,
    ...(name ? { name } : {}),
    sources: keys.flatMap((key) => sourceOf(key) ?? []),
    paths: statics.flatMap(
      (_entry, index) => placedText(doc, ...path, "static_configs", index, "labels", "__path__") ?? [],
    ),
    labels: Object.assign(
      {},
      ...statics.map((entry) => textRecord(valueAt(entry, "labels"))),
      textRecord(valueAt(job, "journal", "labels")),
    ),
    stages: listAt(job, "pipeline_stages").flatMap((stage, index) =>
      isRecord(stage)
        ? Object.keys(stage).map((value) => ({
            value,
            at: placeOf(doc, ...path, "pipeline_stages", index, value),
          }))
        : [],
    ),
    relabelings: readRelabelings(doc, [...path, "relabel_configs"]),
  };
}

function sourceOf(key: string): string | undefined {
  const discovery = /^(\w+?)_(?:sd_)?configs$/.exec(key)?.[1];
  if (discovery !== undefined) return discovery === "relabel" ? undefined : discovery;
  return /^(?:journal|syslog|loki_push_api|windows_events|gelf|cloudflare|heroku_drain|kafka|gcplog|azure_event_hubs)$/.test(
    key,
  )
    ? key
    : undefined;
}
