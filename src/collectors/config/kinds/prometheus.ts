// Prometheus: its configuration, rules, target lists and web settings.
import type { KindSign } from "./sign.ts";

const prometheusTop = [
  "/rule_files",
  "/remote_write",
  "/remote_read",
  "/alerting",
  "/scrape_config_files",
  "/storage",
  "/tracing",
  "/otlp",
];
const prometheusGlobal = [
  "scrape_interval",
  "evaluation_interval",
  "external_labels",
  "scrape_timeout",
  "query_log_file",
];
const prometheusJob = [
  "metrics_path",
  "scheme",
  "scrape_interval",
  "scrape_timeout",
  "honor_labels",
  "params",
  "metric_relabel_configs",
  "static_configs",
  "file_sd_configs",
  "dns_sd_configs",
  "kubernetes_sd_configs",
  "http_sd_configs",
  "docker_sd_configs",
  "dockerswarm_sd_configs",
  "consul_sd_configs",
  "ec2_sd_configs",
  "basic_auth",
  "tls_config",
  "relabel_configs",
  "bearer_token_file",
  "authorization",
];

export const prometheus: KindSign = {
  kind: "prometheus",
  score: 0.95,
  matches: (s) =>
    (s.has("/scrape_configs/-/job_name") &&
      (prometheusJob.some((key) => s.has(`/scrape_configs/-/${key}`)) ||
        prometheusTop.some(s.has) ||
        s.has("/global"))) ||
    prometheusGlobal.some((key) => s.has(`/global/${key}`)) ||
    s.hasAny("/rule_files/-", "/alerting/alertmanagers", "/scrape_config_files/-") ||
    (s.hasAny("/remote_write/-/url", "/remote_write/url") && !s.has("/metrics")) ||
    (s.has("/-/job_name") && prometheusJob.some((key) => s.has(`/-/${key}`))),
};

export const prometheusRules: KindSign = {
  kind: "prometheus-rules",
  score: 0.95,
  matches: (s) =>
    s.hasAny("/groups/-/rules/-/alert", "/groups/-/rules/-/record") ||
    (s.has("/groups/-/rules/-/expr") && !s.has("/apiVersion")),
};

export const prometheusFileSd: KindSign = {
  kind: "prometheus-file-sd",
  score: 0.9,
  matches: (s) =>
    s.hasAny("/-/targets/-", "/-/targets") && !s.hasAny("/-/hosts", "/-/tasks", "/-/panels", "/-/title"),
};

export const prometheusWeb: KindSign = {
  kind: "prometheus-web",
  score: 0.9,
  matches: (s) =>
    s.hasAny("/basic_auth_users", "/tls_server_config", "/http_server_config") && !s.has("/scrape_configs"),
};
