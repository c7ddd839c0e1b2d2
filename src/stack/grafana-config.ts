// Typed views of Grafana's files: provisioned data sources and providers, and dashboards with their queries and variables.
import type { ConfigDocument } from "../model/config.ts";
import { isRecord, itemsOf, textOf } from "../model/json-value.ts";
import type { Place } from "../model/place.ts";
import { listAt, placeOf, valueAt } from "./config-value.ts";
import { type Path, type Placed, placedBoolean, placedNumber, placedText } from "./setting.ts";

export interface DerivedField {
  readonly at: Place;
  readonly name?: Placed<string>;
  readonly regex?: Placed<string>;
  readonly url?: Placed<string>;
  readonly datasourceUid?: Placed<string>;
}

export interface ProvisionedDatasource {
  readonly at: Place;
  readonly path: Path;
  readonly name?: Placed<string>;
  readonly type?: Placed<string>;
  readonly uid?: Placed<string>;
  readonly url?: Placed<string>;
  readonly access?: Placed<string>;
  readonly isDefault?: Placed<boolean>;
  readonly orgId?: Placed<number>;
  readonly derivedFields: readonly DerivedField[];
  readonly value: unknown;
}

export function readDatasources(doc: ConfigDocument): readonly ProvisionedDatasource[] {
  return listAt(doc.value, "datasources").map((value, index) => {
    const path: Path = ["datasources", index];
    return {
      at: placeOf(doc, ...path),
      path,
      ...texts(doc, path, { name: "name", type: "type", uid: "uid", url: "url", access: "access" }),
      ...given("isDefault", placedBoolean(doc, ...path, "isDefault")),
      ...given("orgId", placedNumber(doc, ...path, "orgId")),
      derivedFields: listAt(value, "jsonData", "derivedFields").map((_field, at) => {
        const field: Path = [...path, "jsonData", "derivedFields", at];
        return {
          at: placeOf(doc, ...field),
          ...texts(doc, field, {
            name: "name",
            regex: "matcherRegex",
            url: "url",
            datasourceUid: "datasourceUid",
          }),
        };
      }),
      value,
    };
  });
}

export interface DashboardProvider {
  readonly at: Place;
  readonly name?: Placed<string>;
  readonly folder?: Placed<string>;
  readonly type?: Placed<string>;
  readonly directory?: Placed<string>;
  readonly foldersFromFiles?: Placed<boolean>;
}

export function readProviders(doc: ConfigDocument): readonly DashboardProvider[] {
  return listAt(doc.value, "providers").map((_provider, index) => {
    const path: Path = ["providers", index];
    return {
      at: placeOf(doc, ...path),
      ...texts(doc, path, { name: "name", folder: "folder", type: "type" }),
      ...given(
        "directory",
        placedText(doc, ...path, "options", "path") ?? placedText(doc, ...path, "options", "folder"),
      ),
      ...given("foldersFromFiles", placedBoolean(doc, ...path, "options", "foldersFromFilesStructure")),
    };
  });
}

/** What a query names as its data source: a uid, a name, `${DS_X}`, `-- Mixed --`. */
export interface DatasourceUse {
  readonly at: Place;
  readonly uid?: string;
  readonly type?: string;
}

export interface DashboardQuery {
  readonly at: Place;
  readonly refId?: string;
  readonly expr: Placed<string>;
  readonly datasource?: DatasourceUse;
}

export interface DashboardPanel {
  readonly at: Place;
  readonly path: Path;
  readonly title?: string;
  readonly type?: string;
  readonly datasource?: DatasourceUse;
  readonly queries: readonly DashboardQuery[];
}

export interface DashboardVariable {
  readonly at: Place;
  readonly name: string;
  readonly type?: string;
  readonly query?: Placed<string>;
  readonly regex?: Placed<string>;
  readonly datasource?: DatasourceUse;
}

export interface Dashboard {
  readonly doc: ConfigDocument;
  readonly at: Place;
  readonly title?: Placed<string>;
  readonly uid?: Placed<string>;
  /** The body of an API call (`{"dashboard": …}`), which file provisioning does not read. */
  readonly isEnvelope: boolean;
  /** `__inputs` of an export for sharing: placeholders such as DS_PROMETHEUS that an import dialog fills in. */
  readonly inputs: readonly Placed<string>[];
  readonly panels: readonly DashboardPanel[];
  readonly variables: readonly DashboardVariable[];
}

/** Reads a document of kind `grafana-dashboard`, also wrapped in an API envelope. */
export function readDashboard(doc: ConfigDocument): Dashboard {
  const isEnvelope =
    isRecord(valueAt(doc.value, "dashboard")) && !Array.isArray(valueAt(doc.value, "panels"));
  const base: Path = isEnvelope ? ["dashboard"] : [];
  return {
    doc,
    at: placeOf(doc, ...base),
    ...given("title", placedText(doc, ...base, "title")),
    ...given("uid", placedText(doc, ...base, "uid")),
    isEnvelope,
    inputs: listAt(doc.value, ...base, "__inputs").flatMap(
      (_input, index) => placedText(doc, ...base, "__inputs", index, "name") ?? [],
    ),
    panels: panelsOf(doc, base),
    variables: listAt(doc.value, ...base, "templating", "list").flatMap(
      (_variable, index) => readVariable(doc, [...base, "templating", "list", index]) ?? [],
    ),
  };
}

const deepest = 4;

/** Panels at the top, inside collapsed rows, and in the `rows` of old dashboards. */
function panelsOf(doc: ConfigDocument, base: Path, depth = 0): readonly DashboardPanel[] {
  if (depth > deepest) return [];
  const direct = listAt(doc.value, ...base, "panels").flatMap((_panel, index) => {
    const path: Path = [...base, "panels", index];
    return [readPanel(doc, path), ...panelsOf(doc, path, depth + 1)];
  });
  const rows = listAt(doc.value, ...base, "rows").flatMap((_row, index) =>
    panelsOf(doc, [...base, "rows", index], depth + 1),
  );
  return [...direct, ...rows];
}

function readPanel(doc: ConfigDocument, path: Path): DashboardPanel {
  const panel = valueAt(doc.value, ...path);
  return {
    at: placeOf(doc, ...path),
    path,
    ...given("title", textOf(valueAt(panel, "title"))),
    ...given("type", textOf(valueAt(panel, "type"))),
    ...given("datasource", readUse(doc, [...path, "datasource"])),
    queries: itemsOf(valueAt(panel, "targets")).flatMap(
      (_target, index) => readQuery(doc, [...path, "targets", index]) ?? [],
    ),
  };
}

function readQuery(doc: ConfigDocument, path: Path): DashboardQuery | undefined {
  const expr = placedText(doc, ...path, "expr") ?? placedText(doc, ...path, "query");
  if (!expr || expr.value.trim() === "") return undefined;
  return {
    at: placeOf(doc, ...path),
    ...given("refId", textOf(valueAt(doc.value, ...path, "refId"))),
    expr,
    ...given("datasource", readUse(doc, [...path, "datasource"])),
  };
}

/** A name (old form) or `{type, uid}`. */
function readUse(doc: ConfigDocument, path: Path): DatasourceUse | undefined {
  const value = valueAt(doc.value, ...path);
  const name = textOf(value);
  if (name !== undefined) return { at: placeOf(doc, ...path), uid: name };
  if (!isRecord(value)) return undefined;
  return {
    at: placeOf(doc, ...path, "uid"),
    ...given("uid", textOf(value.uid)),
    ...given("type", textOf(value.type)),
  };
}

function readVariable(doc: ConfigDocument, path: Path): DashboardVariable | undefined {
  const name = textOf(valueAt(doc.value, ...path, "name"));
  if (name === undefined) return undefined;
  return {
    at: placeOf(doc, ...path),
    name,
    ...given("type", textOf(valueAt(doc.value, ...path, "type"))),
    ...given("query", placedText(doc, ...path, "query") ?? placedText(doc, ...path, "query", "query")),
    ...given("regex", placedText(doc, ...path, "regex")),
    ...given("datasource", readUse(doc, [...path, "datasource"])),
  };
}

function given<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T };
}

function texts<K extends string>(
  doc: ConfigDocument,
  path: Path,
  keys: Readonly<Record<K, string>>,
): { readonly [P in K]?: Placed<string> } {
  const found: Record<string, Placed<string>> = {};
  for (const [name, key] of Object.entries<string>(keys)) {
    const text = placedText(doc, ...path, key);
    if (text) found[name] = text;
  }
  return found as { readonly [P in K]?: Placed<string> };
}
