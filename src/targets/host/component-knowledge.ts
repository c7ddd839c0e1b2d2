// Where each kind of component keeps its configuration, and what its own HTTP API tells about itself.
import { freshnessPath } from "../../model/canary.ts";
import type { ComponentKind } from "../../model/component.ts";

export interface ApiPath {
  readonly path: string;
  readonly why: string;
  /** Not every version or configuration answers this. */
  readonly optional?: true;
  /** Only the lines that say something about the component itself: a plain word list for grep -E. */
  readonly only?: string;
}

export interface ComponentKnowledge {
  readonly port: number;
  /** Flags that name the configuration file, and where it is without them. */
  readonly configFlags?: readonly string[];
  readonly configFile?: string;
  /** Folders below which more of it lies. */
  readonly configFolders?: readonly string[];
  /** Flags that move the listener: `--web.listen-address=:9091`. */
  readonly listenFlags?: readonly string[];
  readonly apis: readonly ApiPath[];
}

const own = (words: string): string => words;

export const knowledge: Readonly<Partial<Record<ComponentKind, ComponentKnowledge>>> = {
  prometheus: {
    port: 9090,
    configFlags: ["--config.file", "-config.file"],
    configFile: "/etc/prometheus/prometheus.yml",
    configFolders: ["/etc/prometheus"],
    listenFlags: ["--web.listen-address"],
    apis: [
      { path: "/-/ready", why: "whether it is ready" },
      { path: "/api/v1/targets?state=active", why: "what it scrapes, and how that ends" },
      { path: freshnessPath, why: "how old the newest sample of each target is" },
      { path: "/api/v1/rules", why: "which rules it has loaded, and their errors" },
      { path: "/api/v1/status/config", why: "the configuration that runs, which may not be the one on disk" },
      { path: "/api/v1/status/flags", why: "with which flags it runs" },
      { path: "/api/v1/status/runtimeinfo", why: "whether the last reload worked" },
      { path: "/api/v1/status/buildinfo", why: "its version" },
      { path: "/api/v1/status/tsdb?limit=5", why: "how much it holds", optional: true },
    ],
  },
  alertmanager: {
    port: 9093,
    configFlags: ["--config.file"],
    configFile: "/etc/alertmanager/alertmanager.yml",
    configFolders: ["/etc/alertmanager"],
    listenFlags: ["--web.listen-address"],
    apis: [
      { path: "/-/ready", why: "whether it is ready" },
      { path: "/api/v2/status", why: "the configuration that runs, and its peers" },
    ],
  },
  loki: {
    port: 3100,
    configFlags: ["-config.file", "--config.file"],
    configFile: "/etc/loki/local-config.yaml",
    configFolders: ["/etc/loki"],
    apis: [
      { path: "/ready", why: "whether it is ready, and what it waits for" },
      { path: "/ring", why: "its ring of ingesters", optional: true },
      { path: "/services", why: "which of its modules run", optional: true },
      { path: "/config", why: "the configuration that runs", optional: true },
      { path: "/loki/api/v1/labels?since=24h", why: "which labels its streams have", optional: true },
      ...["host", "hostname", "instance", "node_name", "job"].map(
        (label): ApiPath => ({
          path: `/loki/api/v1/label/${label}/values?since=24h`,
          why: `which hosts and sources send logs, where their label is ${label}`,
          optional: true,
        }),
      ),
    ],
  },
  promtail: {
    port: 9080,
    configFlags: ["-config.file", "--config.file"],
    configFile: "/etc/promtail/config.yml",
    configFolders: ["/etc/promtail"],
    apis: [
      { path: "/ready", why: "whether it has files to read" },
      {
        path: "/metrics",
        why: "what it read, sent and dropped",
        only: own(
          "^(# (HELP|TYPE) )?promtail_(build_info|sent_entries|dropped_entries|read_lines|targets_active|files_active|request_duration_seconds_count)",
        ),
      },
    ],
  },
  alloy: {
    port: 12345,
    configFile: "/etc/alloy/config.alloy",
    configFolders: ["/etc/alloy"],
    listenFlags: ["--server.http.listen-addr"],
    apis: [
      { path: "/-/ready", why: "whether it is ready" },
      { path: "/api/v0/web/components", why: "which of its components are healthy", optional: true },
    ],
  },
  grafana: {
    port: 3000,
    configFlags: ["--config", "-config", "--config="],
    configFile: "/etc/grafana/grafana.ini",
    configFolders: ["/etc/grafana"],
    apis: [{ path: "/api/health", why: "whether it and its database answer" }],
  },
  "node-exporter": {
    port: 9100,
    listenFlags: ["--web.listen-address"],
    apis: [
      {
        path: "/metrics",
        why: "its version, and which collectors fail",
        only: own(
          "^(# (HELP|TYPE) )?node_(exporter_build_info|scrape_collector_success|textfile_scrape_error|uname_info|timex_(sync_status|offset_seconds))",
        ),
      },
    ],
  },
  cadvisor: {
    port: 8080,
    listenFlags: ["--port", "-port"],
    apis: [
      { path: "/healthz", why: "whether it answers" },
      {
        path: "/metrics",
        why: "its version, and whether it sees containers",
        only: own(
          "^(# (HELP|TYPE) )?(cadvisor_version_info|container_scrape_error|machine_cpu_cores|container_last_seen)",
        ),
      },
    ],
  },
  "blackbox-exporter": {
    port: 9115,
    configFlags: ["--config.file"],
    configFile: "/etc/blackbox_exporter/config.yml",
    configFolders: ["/etc/blackbox_exporter"],
    listenFlags: ["--web.listen-address"],
    apis: [{ path: "/-/healthy", why: "whether it answers" }],
  },
  pushgateway: {
    port: 9091,
    listenFlags: ["--web.listen-address"],
    apis: [{ path: "/-/ready", why: "whether it is ready" }],
  },
};

/** The value of the first of these flags, in both spellings: `--flag=value` and `--flag value`. */
export function flagValue(words: readonly string[], names: readonly string[]): string | undefined {
  for (const [i, word] of words.entries()) {
    const name = names.find((known) => word === known || word.startsWith(`${known}=`));
    if (name !== undefined) return word === name ? words[i + 1] : word.slice(name.length + 1);
  }
  return undefined;
}

/** Where the component listens: a flag may move it, and a path may stand before everything it serves. */
export function listenPort(kind: ComponentKind, words: readonly string[]): number | undefined {
  const known = knowledge[kind];
  if (known === undefined) return undefined;
  const flag = known.listenFlags === undefined ? undefined : flagValue(words, known.listenFlags);
  const port = Number(/(?:^|:)(\d{1,5})$/.exec(flag ?? "")?.[1] ?? known.port);
  return port > 0 && port < 65_536 ? port : known.port;
}

/** `--web.route-prefix`, or the path of `--web.external-url` where no prefix is given. */
export function routePrefix(words: readonly string[]): string {
  const given = flagValue(words, ["--web.route-prefix"]);
  const external = flagValue(words, ["--web.external-url"]);
  const path = given ?? /^[a-z]+:\/\/[^/]+(\/[^?#]*)?/.exec(external ?? "")?.[1] ?? "";
  const trimmed = path.replace(/^\/+|\/+$/g, "");
  return trimmed === "" ? "" : `/${trimmed}`;
}

/** What the folder of the configuration holds beside it: rules, targets, dashboards' providers. Nothing that holds keys. */
export const configNames = [
  "*.yml",
  "*.yaml",
  "*.json",
  "*.rules",
  "*.ini",
  "*.alloy",
  "*.river",
  "*.toml",
  "*.conf",
];
export const neverRead = [
  "*secret*",
  "*password*",
  "*token*",
  "*credential*",
  "*.key",
  "*.pem",
  "*.p12",
  "*htpasswd*",
  ".env",
  "*.env",
  "id_*",
];
