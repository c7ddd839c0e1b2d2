// Fields that give a component away in its own log lines.
// Weights: 10 only this one, 1 a hint. Sources: the components' repositories.
import type { ComponentKind } from "../../../model/component.ts";

type Fields = Readonly<Record<string, string>>;

const has = (components: readonly string[], ...wanted: readonly string[]): boolean =>
  components.length > 0 && components.some((component) => wanted.includes(component));

/** Component, weight, and what must hold of the fields and of all values of `component`. */
export const fieldClues: readonly (readonly [
  ComponentKind,
  number,
  (fields: Fields, components: readonly string[]) => boolean,
])[] = [
  [
    "prometheus",
    8,
    (_f, c) =>
      has(
        c,
        "tsdb",
        "scrape manager",
        "rule manager",
        "query engine",
        "discovery manager scrape",
        "discovery manager notify",
        "activeQueryTracker",
        "automaxprocs",
        "automemlimit",
      ),
  ],
  ["prometheus", 4, (_f, c) => has(c, "notifier", "remote", "web", "k8s_client_runtime", "main")],
  [
    "prometheus",
    6,
    (f) => f.scrape_pool !== undefined || (f.remote_name !== undefined && f.url !== undefined),
  ],
  [
    "alertmanager",
    6,
    (_f, c) => has(c, "cluster", "dispatcher", "configuration", "inhibitor", "nflog", "silences"),
  ],
  ["alertmanager", 6, (f) => f.receiver !== undefined && f.integration !== undefined],
  [
    "prometheus-operator",
    10,
    (_f, c) =>
      has(
        c,
        "prometheusoperator",
        "alertmanageroperator",
        "thanosoperator",
        "prometheusagentoperator",
        "prometheus-controller",
        "alertmanager-controller",
        "thanos-controller",
        "prometheusagent-controller",
        "kubelet_endpoints",
      ),
  ],
  ["config-reloader", 6, (_f, c) => has(c, "reloader")],
  // Flow and Alloy name the component of their own configuration in every line.
  [
    "alloy",
    12,
    (f) =>
      f.component_id !== undefined ||
      f.component_path !== undefined ||
      f.controller_id !== undefined ||
      f.controller_path !== undefined,
  ],
  [
    "alloy",
    6,
    (f) =>
      ["http", "cluster", "remotecfg", "otel", "labelstore", "livedebugging", "ui"].includes(
        f.service ?? "",
      ) && f.msg !== undefined,
  ],
  // Grafana Agent, Alloy's predecessor.
  [
    "alloy",
    20,
    (f, c) =>
      f.logs_config !== undefined || has(c, "logs") || (f.agent === "prometheus" && f.instance !== undefined),
  ],
  // Both agents send with the same client; only Promtail has nothing else to say.
  [
    "promtail",
    6,
    (f, c) =>
      has(
        c,
        "client",
        "filetarget",
        "filetargetmanager",
        "tailer",
        "journaltargetmanager",
        "docker_target",
        "positions",
        "file_watcher",
      ) && f.component_id === undefined,
  ],
  [
    "promtail",
    6,
    (f) =>
      /^(?:error sending batch|final error sending batch)/.test(f.msg ?? "") &&
      f.host !== undefined &&
      f.component_id === undefined,
  ],
  [
    "loki",
    5,
    (_f, c) =>
      has(
        c,
        "frontend",
        "querier",
        "distributor",
        "ingester",
        "compactor",
        "index-gateway",
        "index-store",
        "frontend-worker",
        "query-scheduler",
        "ruler",
        "bloom-gateway",
        "ingester-client",
        "querier-scheduler",
        "tsdb-manager",
        "head-manager",
      ),
  ],
  [
    "loki",
    5,
    (f) => f.org_id !== undefined || (f.orgid !== undefined && f.logger === undefined && f.lvl === undefined),
  ],
  [
    "grafana",
    9,
    (f) => f.logger !== undefined && (f.lvl !== undefined || f.t !== undefined) && f.ts === undefined,
  ],
  [
    "grafana",
    6,
    (f) =>
      f.lvl !== undefined &&
      /(?:^|_)(?:path|uname|userid|orgid)$/.test(
        Object.keys(f).find((key) => /^(?:uname|orgid|userid)$/.test(key)) ?? "",
      ),
  ],
  [
    "node-exporter",
    8,
    (f) =>
      f.collector !== undefined &&
      f.scrape_pool === undefined &&
      f.component === undefined &&
      f.logger === undefined,
  ],
  [
    "blackbox-exporter",
    8,
    (f) =>
      f.probe_success !== undefined ||
      (f.module !== undefined && f.target !== undefined && f.scrape_pool === undefined),
  ],
  ["thanos", 6, (_f, c) => has(c, "sidecar", "store", "query-frontend", "receive-writer")],
  [
    "docker",
    4,
    (f) => f.module === "libcontainerd" || f.module === "grpc" || f["storage-driver"] !== undefined,
  ],
];
