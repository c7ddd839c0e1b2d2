// Grafana: what it is provisioned with.
import type { KindSign } from "./sign.ts";

const datasourceKeys = ["type", "url", "access", "isDefault", "jsonData", "uid", "orgId"];

export const grafanaAlerting: KindSign = {
  kind: "grafana-alerting",
  score: 0.9,
  matches: (s) =>
    s.hasAny(
      "/groups/-/rules/-/data",
      "/groups/-/rules/-/condition",
      "/contactPoints",
      "/muteTimes",
      "/policies/-/receiver",
      "/deleteContactPoints",
    ) ||
    (s.has("/apiVersion") &&
      s.hasAny("/templates/-/template", "/deleteRules", "/resetPolicies", "/deleteTemplates")),
};

export const grafanaDatasources: KindSign = {
  kind: "grafana-datasources",
  score: 0.95,
  matches: (s) =>
    s.hasAny("/deleteDatasources") ||
    (s.has("/datasources/-") &&
      s.has("/datasources/-/name") &&
      datasourceKeys.some((key) => s.has(`/datasources/-/${key}`))),
};

export const grafanaDashboardProviders: KindSign = {
  kind: "grafana-dashboard-providers",
  score: 0.95,
  matches: (s) =>
    s.hasAny("/providers/-/options/path", "/providers/-/options") ||
    (s.has("/providers/-/folder") && s.has("/providers/-/name")),
};

export const grafanaDashboard: KindSign = {
  kind: "grafana-dashboard",
  score: 0.9,
  matches: (s) =>
    s.hasAny(
      "/dashboard/panels",
      "/dashboard/rows",
      "/dashboard/schemaVersion",
      "/dashboard/templating",
      "/dashboard/title",
    ) ||
    s.hasAny("/panels/-/gridPos", "/panels/-/targets", "/rows/-/panels", "/__inputs", "/templating/list") ||
    (s.has("/title") && s.hasAny("/panels", "/rows", "/schemaVersion")) ||
    (s.has("/schemaVersion") && s.hasAny("/panels", "/uid")) ||
    (s.has("/spec/elements") && s.has("/spec/layout")),
};
