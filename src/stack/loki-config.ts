// A typed view of Loki's configuration with the values in force: what the file sets, else what Loki assumes.
import type { ConfigDocument } from "../model/config.ts";
import { isRecord, textOf } from "../model/json-value.ts";
import type { Place } from "../model/place.ts";
import { listAt, placeOf, valueAt } from "./config-value.ts";
import { isAtLeast } from "./semver.ts";
import {
  type Path,
  type Placed,
  placedBoolean,
  placedDuration,
  placedNumber,
  placedText,
  type Setting,
  settingOf,
} from "./setting.ts";

export interface LokiPath {
  /** What is kept there: `wal`, `index`, `chunks`, `compactor`, `rules`, …. */
  readonly what: string;
  readonly path: string;
  readonly at: Place;
  readonly isRelative: boolean;
  /** Not written in the file, but derived from common.path_prefix or a default. */
  readonly isDerived: boolean;
}

export interface LokiPeriod {
  readonly at: Place;
  readonly path: Path;
  readonly from?: Placed<string>;
  readonly store?: Placed<string>;
  readonly objectStore?: Placed<string>;
  readonly schema?: Placed<string>;
  readonly indexPrefix?: Placed<string>;
  /** Milliseconds. */
  readonly indexPeriod?: Placed<number>;
}

export interface LokiRing {
  /** Path of the ring's kvstore in the file: `common.ring`, `ingester.lifecycler.ring`, …. */
  readonly name: string;
  readonly store: Placed<string>;
}

export interface LokiConfig {
  readonly doc: ConfigDocument;
  readonly target: Setting<string>;
  readonly authEnabled: Setting<boolean>;
  readonly httpPort: Setting<number>;
  readonly grpcPort: Setting<number>;
  readonly httpAddress: Setting<string>;
  readonly grpcAddress: Setting<string>;
  readonly frontendAddress?: Placed<string>;
  /** frontend_worker's and frontend's. */
  readonly schedulerAddresses: readonly Placed<string>[];
  readonly replicationFactor: Setting<number>;
  readonly instanceAddress?: Placed<string>;
  readonly rings: readonly LokiRing[];
  readonly memberlistJoin: readonly Placed<string>[];
  readonly pathPrefix?: Placed<string>;
  readonly walEnabled: Setting<boolean>;
  readonly paths: readonly LokiPath[];
  readonly periods: readonly LokiPeriod[];
  readonly retentionEnabled: Setting<boolean>;
  readonly retentionPeriod?: Placed<number>;
  readonly deleteRequestStore?: Placed<string>;
  readonly tableManagerDeletes: Setting<boolean>;
  readonly tableManagerPeriod?: Placed<number>;
  readonly structuredMetadata: Setting<boolean>;
  readonly alertmanagerUrl?: Placed<string>;
  readonly objectStores: readonly Placed<string>[];
}

/** Reads a document of kind `loki`. `version` decides defaults that changed; without it, those of Loki 3. */
export function readLokiConfig(doc: ConfigDocument, version?: string): LokiConfig {
  const text = (...path: Path) => placedText(doc, ...path);
  const number = (...path: Path) => placedNumber(doc, ...path);
  const isThree = isAtLeast(version, "3.0.0") !== false;
  return {
    doc,
    target: settingOf("all", text("target")),
    authEnabled: settingOf(true, placedBoolean(doc, "auth_enabled")),
    httpPort: settingOf(
      isAtLeast(version, "2.7.0") === false ? 80 : 3100,
      number("server", "http_listen_port"),
    ),
    grpcPort: settingOf(9095, number("server", "grpc_listen_port")),
    httpAddress: settingOf("", text("server", "http_listen_address")),
    grpcAddress: settingOf("", text("server", "grpc_listen_address")),
    ...given("frontendAddress", notEmpty(text("frontend_worker", "frontend_address"))),
    schedulerAddresses: [
      text("frontend_worker", "scheduler_address"),
      text("frontend", "scheduler_address"),
    ].flatMap((found) => notEmpty(found) ?? []),
    replicationFactor: settingOf(
      3,
      number("ingester", "lifecycler", "ring", "replication_factor"),
      number("common", "replication_factor"),
    ),
    ...given(
      "instanceAddress",
      text("common", "instance_addr") ??
        text("common", "ring", "instance_addr") ??
        text("ingester", "lifecycler", "address"),
    ),
    rings: ringsOf(doc),
    memberlistJoin: listAt(doc.value, "memberlist", "join_members").flatMap(
      (_member, index) => text("memberlist", "join_members", index) ?? [],
    ),
    ...given("pathPrefix", notEmpty(text("common", "path_prefix"))),
    walEnabled: settingOf(true, placedBoolean(doc, "ingester", "wal", "enabled")),
    paths: pathsOf(doc, isThree),
    periods: listAt(doc.value, "schema_config", "configs").map((_period, index) =>
      readPeriod(doc, ["schema_config", "configs", index]),
    ),
    retentionEnabled: settingOf(false, placedBoolean(doc, "compactor", "retention_enabled")),
    ...given("retentionPeriod", placedDuration(doc, "limits_config", "retention_period")),
    ...given("deleteRequestStore", notEmpty(text("compactor", "delete_request_store"))),
    tableManagerDeletes: settingOf(false, placedBoolean(doc, "table_manager", "retention_deletes_enabled")),
    ...given("tableManagerPeriod", placedDuration(doc, "table_manager", "retention_period")),
    structuredMetadata: settingOf(isThree, placedBoolean(doc, "limits_config", "allow_structured_metadata")),
    ...given("alertmanagerUrl", notEmpty(text("ruler", "alertmanager_url"))),
    objectStores: objectStoresOf(doc),
  };
}

function given<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T };
}

/** The running configuration prints every setting; an empty text there means that it is not set. */
function notEmpty(text: Placed<string> | undefined): Placed<string> | undefined {
  return text?.value === "" ? undefined : text;
}

const ringPaths: readonly Path[] = [
  ["common", "ring"],
  ["ingester", "lifecycler", "ring"],
  ["distributor", "ring"],
  ["compactor", "compactor_ring"],
  ["ruler", "ring"],
  ["query_scheduler", "scheduler_ring"],
  ["index_gateway", "ring"],
  ["pattern_ingester", "lifecycler", "ring"],
];

function ringsOf(doc: ConfigDocument): readonly LokiRing[] {
  return ringPaths.flatMap((path) => {
    const store = notEmpty(placedText(doc, ...path, "kvstore", "store"));
    return store ? [{ name: path.join("."), store }] : [];
  });
}

/** What, where in the file, and the name below common.path_prefix when the file does not say (pkg/loki/config_wrapper.go). */
const pathRows: readonly (readonly [what: string, path: Path, below?: string])[] = [
  ["prefix", ["common", "path_prefix"]],
  ["chunks", ["common", "storage", "filesystem", "chunks_directory"]],
  ["rules", ["common", "storage", "filesystem", "rules_directory"]],
  ["wal", ["ingester", "wal", "dir"], "wal"],
  ["chunks", ["storage_config", "filesystem", "directory"]],
  ["index", ["storage_config", "boltdb", "directory"]],
  ["index", ["storage_config", "boltdb_shipper", "active_index_directory"]],
  ["index-cache", ["storage_config", "boltdb_shipper", "cache_location"]],
  ["index", ["storage_config", "tsdb_shipper", "active_index_directory"]],
  ["index-cache", ["storage_config", "tsdb_shipper", "cache_location"]],
  ["compactor", ["compactor", "working_directory"], "compactor"],
  ["rules", ["ruler", "storage", "local", "directory"]],
  ["rules-temp", ["ruler", "rule_path"], "rules"],
  ["ruler-wal", ["ruler", "wal", "dir"]],
  ["ruler-wal", ["ruler_storage", "local", "directory"]],
];

function pathsOf(doc: ConfigDocument, isThree: boolean): readonly LokiPath[] {
  const prefix = notEmpty(placedText(doc, "common", "path_prefix"));
  const written = pathRows.flatMap(([what, path, below]) => {
    const found = notEmpty(placedText(doc, ...path));
    if (found) return [lokiPath(what, found.value, found.at, false)];
    return prefix && below !== undefined
      ? [lokiPath(what, joinPath(prefix.value, below), prefix.at, true)]
      : [];
  });
  return [...written, ...shipperPaths(doc, prefix), ...bareDefaults(doc, prefix, isThree)];
}

/** Index folders below the prefix, for the stores the schema uses. */
function shipperPaths(doc: ConfigDocument, prefix: Placed<string> | undefined): readonly LokiPath[] {
  if (!prefix) return [];
  const stores = new Set(
    listAt(doc.value, "schema_config", "configs").map((period) => textOf(valueAt(period, "store")) ?? ""),
  );
  return ["tsdb", "boltdb"].flatMap((name) => {
    if (!stores.has(name === "tsdb" ? "tsdb" : "boltdb-shipper")) return [];
    const key = `${name}_shipper`;
    const missing = (field: string) => notEmpty(placedText(doc, "storage_config", key, field)) === undefined;
    return [
      ...(missing("active_index_directory")
        ? [lokiPath("index", joinPath(prefix.value, `${name}-shipper-active`), prefix.at, true)]
        : []),
      ...(missing("cache_location")
        ? [lokiPath("index-cache", joinPath(prefix.value, `${name}-shipper-cache`), prefix.at, true)]
        : []),
    ];
  });
}

/** Without a prefix the write-ahead log goes to `wal` in the working directory, which is `/` in the image. */
function bareDefaults(
  doc: ConfigDocument,
  prefix: Placed<string> | undefined,
  isThree: boolean,
): readonly LokiPath[] {
  if (prefix || doc.fragment === true) return [];
  const paths: LokiPath[] = [];
  const walOff = placedBoolean(doc, "ingester", "wal", "enabled")?.value === false;
  if (!walOff && !notEmpty(placedText(doc, "ingester", "wal", "dir")))
    paths.push(lokiPath("wal", "wal", doc.at, true));
  if (
    isThree &&
    isRecord(valueAt(doc.value, "compactor")) &&
    !notEmpty(placedText(doc, "compactor", "working_directory"))
  ) {
    paths.push(lokiPath("compactor", "/var/loki/compactor", placeOf(doc, "compactor"), true));
  }
  return paths;
}

function lokiPath(what: string, path: string, at: Place, isDerived: boolean): LokiPath {
  return { what, path, at, isDerived, isRelative: !path.startsWith("/") };
}

function joinPath(folder: string, name: string): string {
  return `${folder.replace(/\/{1,20}$/, "")}/${name}`;
}

function readPeriod(doc: ConfigDocument, path: Path): LokiPeriod {
  const text = (...keys: Path) => placedText(doc, ...path, ...keys);
  return {
    at: placeOf(doc, ...path),
    path,
    ...given("from", text("from")),
    ...given("store", text("store")),
    ...given("objectStore", text("object_store")),
    ...given("schema", text("schema")),
    ...given("indexPrefix", text("index", "prefix")),
    ...given("indexPeriod", placedDuration(doc, ...path, "index", "period")),
  };
}

/** Every place that names an object store: periods, delete requests, common.storage. */
function objectStoresOf(doc: ConfigDocument): readonly Placed<string>[] {
  const periods = listAt(doc.value, "schema_config", "configs").flatMap(
    (_period, index) => placedText(doc, "schema_config", "configs", index, "object_store") ?? [],
  );
  const storage = valueAt(doc.value, "common", "storage");
  const common = isRecord(storage)
    ? Object.keys(storage).flatMap((name) =>
        isRecord(storage[name]) && Object.keys(storage[name]).length > 0
          ? [{ value: name, at: placeOf(doc, "common", "storage", name) }]
          : [],
      )
    : [];
  const deletes = notEmpty(placedText(doc, "compactor", "delete_request_store"));
  return [...periods, ...common, ...(deletes ? [deletes] : [])];
}
