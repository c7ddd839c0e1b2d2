// Grafana's provisioning: data sources whose uids never change, and the folder of dashboards.
import { hasTrait } from "../../model/compatibility.ts";
import { given } from "../../model/given.ts";
import type { StackFile } from "../../model/stack-file.ts";
import { componentOf, endpointOf } from "../find.ts";

/** Grafana refuses a known name with another uid, and stops reconciling the whole file. */
export const datasourceUids = {
  prometheus: "watchmend-prometheus",
  loki: "watchmend-loki",
  alertmanager: "watchmend-alertmanager",
} as const;

export const dashboardsPath = "/etc/grafana/dashboards";

export function grafanaDatasources(stack: StackFile): Readonly<Record<string, unknown>> {
  const version = componentOf(stack, "grafana")?.version ?? "";
  const prometheus = endpointOf(stack, "prometheus");
  const loki = endpointOf(stack, "loki");
  const alertmanager = endpointOf(stack, "alertmanager");
  const sources = [
    prometheus !== undefined && {
      name: "Prometheus",
      uid: datasourceUids.prometheus,
      type: "prometheus",
      access: "proxy",
      url: `http://${prometheus}`,
      isDefault: true,
      jsonData: { httpMethod: "POST", prometheusType: "Prometheus", timeInterval: stack.intervals.scrape },
    },
    loki !== undefined && {
      name: "Loki",
      uid: datasourceUids.loki,
      type: "loki",
      access: "proxy",
      url: `http://${loki}`,
      jsonData: { maxLines: 1000 },
    },
    alertmanager !== undefined && {
      name: "Alertmanager",
      uid: datasourceUids.alertmanager,
      type: "alertmanager",
      access: "proxy",
      url: `http://${alertmanager}`,
      jsonData: { implementation: "prometheus" },
    },
  ];
  return given({
    apiVersion: 1,
    prune: hasTrait("grafana", version, "prune-datasources") ? true : undefined,
    datasources: sources.filter((one) => one !== false),
  });
}

export function grafanaDashboardProviders(stack: StackFile): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 1,
    providers: [
      {
        name: "watchmend",
        orgId: 1,
        folder: stack.name,
        type: "file",
        disableDeletion: true,
        updateIntervalSeconds: 10,
        allowUiUpdates: false,
        options: { path: dashboardsPath },
      },
    ],
  };
}
