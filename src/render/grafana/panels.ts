// Panels and variables of a dashboard, as Grafana's JSON has them, with the few choices that ours need.
import { datasourceUids } from "./provisioning.ts";

export type Json = Readonly<Record<string, unknown>>;

export interface PanelSpec {
  readonly title: string;
  readonly type: "timeseries" | "stat" | "table" | "logs";
  readonly source: "prometheus" | "loki";
  readonly queries: readonly { readonly expr: string; readonly legend?: string }[];
  readonly unit?: string;
  readonly max?: number;
  readonly description?: string;
  /** Columns of 24. */
  readonly width?: number;
  readonly height?: number;
}

export interface VariableSpec {
  readonly name: string;
  readonly source: "prometheus" | "loki";
  readonly query: string;
}

export interface DashboardSpec {
  readonly name: string;
  readonly title: string;
  readonly variables: readonly VariableSpec[];
  readonly panels: readonly PanelSpec[];
}

const source = (kind: "prometheus" | "loki"): Json => ({ type: kind, uid: datasourceUids[kind] });

export function dashboardJson(spec: DashboardSpec): Json {
  return {
    uid: `watchmend-${spec.name}`,
    title: spec.title,
    tags: ["watchmend"],
    schemaVersion: 36,
    version: 1,
    editable: false,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: { list: spec.variables.map(variable) },
    annotations: { list: [] },
    panels: placed(spec.panels),
  };
}

function variable({ name, source: kind, query }: VariableSpec): Json {
  return {
    name,
    type: "query",
    datasource: source(kind),
    query: kind === "prometheus" ? { query, refId: "variable" } : query,
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: ".+",
    current: { selected: true, text: ["All"], value: ["$__all"] },
  };
}

/** From left to right, as many in a row as fit. */
function placed(panels: readonly PanelSpec[]): readonly Json[] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return panels.map((panel, i) => {
    const w = panel.width ?? 12;
    const h = panel.height ?? 8;
    if (x + w > 24) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const gridPos = { x, y, w, h };
    x += w;
    rowHeight = Math.max(rowHeight, h);
    return panelJson(panel, i + 1, gridPos);
  });
}

function panelJson(panel: PanelSpec, id: number, gridPos: Json): Json {
  const datasource = source(panel.source);
  return {
    id,
    title: panel.title,
    type: panel.type,
    ...(panel.description === undefined ? {} : { description: panel.description }),
    datasource,
    gridPos,
    targets: panel.queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode(65 + i),
      datasource,
      expr,
      ...(legend === undefined ? {} : { legendFormat: legend }),
      ...(panel.type === "table" ? { format: "table", instant: true } : {}),
      ...(panel.type === "stat" && panel.source === "prometheus" ? { instant: true } : {}),
    })),
    fieldConfig: {
      defaults: {
        ...(panel.unit === undefined ? {} : { unit: panel.unit, min: 0 }),
        ...(panel.max === undefined ? {} : { max: panel.max }),
      },
      overrides: [],
    },
    options: options[panel.type],
  };
}

const options: Readonly<Record<PanelSpec["type"], Json>> = {
  timeseries: {
    legend: { displayMode: "list", placement: "bottom", showLegend: true },
    tooltip: { mode: "multi", sort: "desc" },
  },
  stat: { reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false }, colorMode: "value" },
  table: { showHeader: true },
  logs: { showTime: true, wrapLogMessage: true, sortOrder: "Descending", enableLogDetails: true },
};
