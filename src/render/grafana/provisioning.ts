// Grafana's provisioning: data sources whose uids never change, and the folder of dashboards.
import { hasTrait } from "../../model/compatibility.ts";
import { given } from "../../model/given.ts";
import type { StackFile } from "../../model/stack-file.ts";
import { componentOf, urlOf } from "../find.ts";
import { grafanaClient } from "../protection.ts";

/** Grafana refuses a known name with another uid, and stops reconciling the whole file. */
export const datasourceUids = {
  prometheus: "watchmend-prometheus",
  loki: "watchmend-loki",
  alertmanager: "watchmend-alertmanager",
} as const;

export const dashboardsPath = "/etc/grafana/dashboards";

export function grafanaDatasources(stack: StackFile): Readonly<Record<string, unknown>> {
  const version = componentOf(stack, "grafana")?.version ?? "";
  const prometheus = urlOf(stack, "prometheus");
  const loki = urlOf(stack, "loki");
  const alertmanager = urlOf(stack, "alertmanager");
  const sources = [
    prometheus !== undefined && {
      name: "Prometheus",
      uid: datasourceUids.prometheus,
      type: "prometheus",
      access: "proxy",
      url: prometheus,
      isDefault: true,
      jsonData: {
        httpMethod: "POST",
        prometheusType: "Prometheus",
        timeInterval: stack.intervals.scrape,
        ...grafanaClient(stack, "prometheus").json,
      },
      ...grafanaClient(stack, "prometheus").more,
    },
    loki !== undefined && {
      name: "Loki",
      uid: datasourceUids.loki,
      type: "loki",
      access: "proxy",
      url: loki,
      jsonData: { maxLines: 1000, ...grafanaClient(stack, "loki").json },
      ...grafanaClient(stack, "loki").more,
    },
    alertmanager !== undefined && {
      name: "Alertmanager",
      uid: datasourceUids.alertmanager,
      type: "alertmanager",
      access: "proxy",
      url: alertmanager,
      jsonData: { implementation: "prometheus", ...grafanaClient(stack, "alertmanager").json },
      ...grafanaClient(stack, "alertmanager").more,
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
