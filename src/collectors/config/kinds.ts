// Which kind of configuration a document is, told by its keys alone. One entry per kind, most specific first.
import type { ConfigKind } from "../../model/config.ts";
import type { Shape } from "./shape.ts";

interface KindSign {
  readonly kind: ConfigKind;
  /** How sure these keys make it: 0.9 nothing else has them, 0.6 others might. */
  readonly score: number;
  matches(shape: Shape): boolean;
}

/** Blocks that only Loki's configuration has. */
const lokiOnly = [
  "schema_config",
  "limits_config",
  "storage_config",
  "chunk_store_config",
  "pattern_ingester",
  "bloom_build",
  "bloom_gateway",
  "operational_config",
];
/** Blocks that Loki shares with Mimir, Tempo or Cortex. */
const lokiShared = [
  "auth_enabled",
  "common",
  "compactor",
  "distributor",
  "frontend",
  "frontend_worker",
  "index_gateway",
  "ingester",
  "ingester_client",
  "memberlist",
  "querier",
  "query_range",
  "query_scheduler",
  "ruler",
  "ruler_storage",
  "runtime_config",
  "server",
  "table_manager",
];
const notLoki = [
  "blocks_storage",
  "alertmanager_storage",
  "limits",
  "metrics_generator",
  "overrides",
  "clients",
  "positions",
];

const datasourceKeys = ["type", "url", "access", "isDefault", "jsonData", "uid", "orgId"];

const daemonKeys: ReadonlySet<string> = new Set(
  `allow-nondistributable-artifacts api-cors-header authorization-plugins bip bip6 bridge builder cgroup-parent containerd containerd-namespace
  containerd-plugins-namespace data-root debug default-address-pools default-cgroupns-mode default-gateway default-gateway-v6 default-network-opts
  default-runtime default-shm-size default-ulimits dns dns-opts dns-search exec-opts exec-root experimental features fixed-cidr fixed-cidr-v6
  firewall-backend group hosts host-gateway-ip http-proxy https-proxy icc init init-path insecure-registries ip ip-forward ip-forward-no-drop ip-masq
  ip6tables iptables ipv6 labels live-restore log-driver log-format log-level log-opts max-concurrent-downloads max-concurrent-uploads
  max-download-attempts metrics-addr min-api-version mtu no-new-privileges no-proxy node-generic-resources oom-score-adjust pidfile proxies
  raw-logs registry-mirrors runtimes seccomp-profile selinux-enabled shutdown-timeout storage-driver storage-opts swarm-default-advertise-addr
  tls tlscacert tlscert tlskey tlsverify userland-proxy userland-proxy-path userns-remap`.split(/\s+/),
);
/** Keys of daemon.json that many other files have as well. */
const commonDaemonKeys: ReadonlySet<string> = new Set([
  "debug",
  "features",
  "group",
  "hosts",
  "init",
  "ip",
  "labels",
  "mtu",
  "tls",
  "dns",
  "experimental",
  "proxies",
]);

function isPromtailJob(s: Shape): boolean {
  const job = "/scrape_configs/-/";
  return (
    [
      "pipeline_stages",
      "journal",
      "syslog",
      "loki_push_api",
      "windows_events",
      "gelf",
      "cloudflare",
      "heroku_drain",
    ].some((key) => s.has(job + key)) || s.has(`${job}static_configs/-/labels/__path__`)
  );
}

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

const playKeys = [
  "tasks",
  "roles",
  "pre_tasks",
  "post_tasks",
  "handlers",
  "become",
  "gather_facts",
  "vars",
  "vars_files",
  "connection",
];

/** Modules that make a list of mappings an Ansible task list; the collection prefix is optional. */
const ansibleModules =
  `apt command copy cron debug dnf docker_compose docker_compose_v2 docker_container docker_image docker_login docker_network docker_volume fail fetch file find firewalld
  get_url git group import_role import_tasks include_role include_tasks include_vars lineinfile meta mount package pip podman_container service set_fact shell
  script slurp stat synchronize sysctl systemd systemd_service template ufw unarchive uri user wait_for yum assert blockinfile block replace iptables`.split(
    /\s+/,
  );
const moduleSigns = ansibleModules.flatMap((name) => [
  `/-/${name}`,
  `/-/ansible.builtin.${name}`,
  `/-/ansible.posix.${name}`,
  `/-/community.docker.${name}`,
  `/-/community.general.${name}`,
  `/-/containers.podman.${name}`,
  `/-/ansible.legacy.${name}`,
]);
const taskWords = [
  "/-/name",
  "/-/when",
  "/-/register",
  "/-/become",
  "/-/notify",
  "/-/tags",
  "/-/loop",
  "/-/with_items",
  "/-/delegate_to",
];

const signs: readonly KindSign[] = [
  {
    kind: "kubernetes-manifest",
    score: 0.5,
    matches: (s) => s.has("/apiVersion") && s.has("/kind") && !s.has("/cniVersion"),
  },
  {
    kind: "cni",
    score: 0.95,
    matches: (s) => s.has("/cniVersion") && s.hasAny("/plugins", "/type", "/delegates"),
  },
  {
    kind: "prometheus-rules",
    score: 0.95,
    matches: (s) =>
      s.hasAny("/groups/-/rules/-/alert", "/groups/-/rules/-/record") ||
      (s.has("/groups/-/rules/-/expr") && !s.has("/apiVersion")),
  },
  {
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
  },
  {
    kind: "grafana-datasources",
    score: 0.95,
    matches: (s) =>
      s.hasAny("/deleteDatasources") ||
      (s.has("/datasources/-") &&
        s.has("/datasources/-/name") &&
        datasourceKeys.some((key) => s.has(`/datasources/-/${key}`))),
  },
  {
    kind: "grafana-dashboard-providers",
    score: 0.95,
    matches: (s) =>
      s.hasAny("/providers/-/options/path", "/providers/-/options") ||
      (s.has("/providers/-/folder") && s.has("/providers/-/name")),
  },
  {
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
  },
  {
    kind: "alertmanager",
    score: 0.95,
    matches: (s) =>
      (s.has("/route") && s.has("/receivers")) ||
      (s.has("/route/receiver") && s.hasAny("/global", "/inhibit_rules")) ||
      (s.has("/receivers/-/name") && s.hasAny("/inhibit_rules", "/global", "/templates", "/route")),
  },
  {
    kind: "blackbox",
    score: 0.95,
    matches: (s) =>
      s.has("/modules") &&
      [...s.paths].some((path) => path.startsWith("/modules/") && path.endsWith("/prober")),
  },
  {
    kind: "prometheus-web",
    score: 0.9,
    matches: (s) =>
      s.hasAny("/basic_auth_users", "/tls_server_config", "/http_server_config") && !s.has("/scrape_configs"),
  },
  {
    kind: "promtail",
    score: 0.95,
    matches: (s) =>
      isPromtailJob(s) ||
      (s.hasAny("/clients/-/url", "/client/url") && s.hasAny("/positions", "/scrape_configs", "/server")) ||
      s.has("/positions/filename"),
  },
  {
    kind: "promtail-positions",
    score: 0.95,
    matches: (s) =>
      s.has("/positions") &&
      [...s.paths].some((path) => /^\/positions\/(?:~1|cursor-|journal-|[A-Za-z]:\\)/.test(path)),
  },
  {
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
  },
  {
    kind: "prometheus-file-sd",
    score: 0.9,
    matches: (s) =>
      s.hasAny("/-/targets/-", "/-/targets") && !s.hasAny("/-/hosts", "/-/tasks", "/-/panels", "/-/title"),
  },
  { kind: "loki", score: 0.9, matches: isLoki },
  { kind: "compose", score: 0.95, matches: isComposeFile },
  { kind: "compose", score: 0.5, matches: isCompose },
  { kind: "docker-daemon", score: 0.9, matches: isDockerDaemon },
  {
    kind: "ansible-playbook",
    score: 0.9,
    matches: (s) =>
      (s.has("/-/hosts") && playKeys.some((key) => s.has(`/-/${key}`))) ||
      s.hasAny("/-/import_playbook", "/-/ansible.builtin.import_playbook") ||
      (s.hasAny(...moduleSigns) && s.hasAny(...taskWords)) ||
      (s.has("/-/name") &&
        [...s.paths].some((path) => /^\/-\/[a-z_]{1,40}\.[a-z_]{1,40}\.[a-z_0-9]{1,60}$/.test(path))),
  },
  { kind: "ansible-inventory", score: 0.85, matches: isInventory },
  { kind: "helm-values", score: 0.8, matches: isHelmValues },
];

function isLoki(s: Shape): boolean {
  const top = new Set(s.top);
  if (s.top.some((key) => notLoki.includes(key)) && !top.has("schema_config")) return false;
  const sure = lokiOnly.filter((key) => top.has(key)).length;
  const shared = lokiShared.filter((key) => top.has(key)).length;
  if (s.top.some((key) => /[A-Z]/.test(key))) return false;
  if (
    sure + shared >= 2 &&
    (sure > 0 || top.has("auth_enabled") || shared >= 3 || top.has("frontend_worker") || top.has("ingester"))
  )
    return true;
  // one block that was cut out, and nothing beside it that Loki would not know
  if (sure > 0 && sure + shared === top.size) return true;
  return s.hasAny(
    "/schema_config/configs",
    "/limits_config/retention_period",
    "/limits_config/reject_old_samples",
    "/limits_config/ingestion_rate_mb",
    "/frontend_worker/frontend_address",
    "/frontend_worker/scheduler_address",
    "/compactor/retention_enabled",
    "/compactor/delete_request_store",
    "/common/path_prefix",
    "/storage_config/boltdb_shipper",
    "/storage_config/tsdb_shipper",
  );
}

const serviceKey =
  /^\/services\/[^/]+\/(?:image|build|container_name|command|volumes|ports|environment|extends|deploy)$/;

/** What else may stand at the top of a compose file. */
const composeTop = new Set([
  "services",
  "version",
  "name",
  "volumes",
  "networks",
  "configs",
  "secrets",
  "include",
]);

function isComposeFile(s: Shape): boolean {
  return (
    s.has("/services") && s.top.every((key) => composeTop.has(key) || key.startsWith("x-")) && isCompose(s)
  );
}

/** A compose file, or services cut out of one. */
function isCompose(s: Shape): boolean {
  if (s.has("/services")) return [...s.paths].some((path) => serviceKey.test(path));
  const services = s.top.filter(
    (key) => s.has(`/${key}/image`) && !s.hasAny(`/${key}/image/repository`, `/${key}/image/tag`),
  );
  const beside = [
    "ports",
    "volumes",
    "restart",
    "environment",
    "command",
    "container_name",
    "networks",
    "network_mode",
  ];
  return (
    services.length > 0 &&
    services.length === s.top.length &&
    services.every((key) => beside.some((name) => s.has(`/${key}/${name}`)))
  );
}

function isDockerDaemon(s: Shape): boolean {
  if (s.top.length === 0 || s.top[0] === "-") return false;
  return s.top.every((key) => daemonKeys.has(key)) && s.top.some((key) => !commonDaemonKeys.has(key));
}

/** Every key at the top is a group: it has hosts, children or vars, and somewhere a connection is described. */
function isInventory(s: Shape): boolean {
  if (s.hasAny("/all/hosts", "/all/children")) return true;
  const isGroup = (key: string) => s.hasAny(`/${key}/hosts`, `/${key}/children`);
  const groups = s.top.filter((key) => isGroup(key) || s.has(`/${key}/vars`));
  if (groups.length === 0 || groups.length !== s.top.length || !groups.some(isGroup)) return false;
  return (
    s.has("/all/vars") || [...s.paths].some((path) => /\/ansible_(?:host|user|connection|port)$/.test(path))
  );
}

/** Top-level keys (and pairs) of the values files of the charts people install a monitoring stack with. */
const chartSigns: readonly string[] = [
  // kube-prometheus-stack
  "/prometheusOperator",
  "/prometheus/prometheusSpec",
  "/alertmanager/alertmanagerSpec",
  "/kubeStateMetrics",
  "/nodeExporter/enabled",
  "/nodeExporter/operatingSystems",
  "/kubeControllerManager",
  "/kubeScheduler",
  "/kubeEtcd",
  "/kubeApiServer",
  "/kubeProxy/enabled",
  "/kubelet/serviceMonitor",
  "/defaultRules",
  "/additionalPrometheusRulesMap",
  "/additionalPrometheusRules",
  "/prometheus-node-exporter",
  "/kube-state-metrics",
  "/kube-prometheus-stack",
  // prometheus
  "/serverFiles",
  "/alertmanagerFiles",
  "/extraScrapeConfigs",
  "/configmapReload",
  "/prometheus-pushgateway",
  "/server/persistentVolume",
  "/server/extraFlags",
  "/server/extraArgs",
  "/server/replicaCount",
  "/server/statefulSet",
  "/server/retention",
  "/server/global/scrape_interval",
  // loki, loki-stack, loki-distributed
  "/singleBinary",
  "/deploymentMode",
  "/loki/auth_enabled",
  "/loki/commonConfig",
  "/loki/schemaConfig",
  "/loki/structuredConfig",
  "/loki/limits_config",
  "/loki/useTestSchema",
  "/loki/storage",
  "/loki/config",
  "/loki/enabled",
  "/loki/persistence",
  "/lokiCanary",
  "/chunksCache",
  "/resultsCache",
  "/write/replicas",
  "/backend/replicas",
  "/indexGateway",
  // grafana
  "/grafana.ini",
  "/adminPassword",
  "/dashboardProviders",
  "/datasources/datasources.yaml",
  "/dashboardsConfigMaps",
  "/sidecar/datasources",
  "/sidecar/dashboards",
  "/grafana/adminPassword",
  "/grafana/grafana.ini",
  "/grafana/enabled",
  "/grafana/datasources",
  "/grafana/sidecar",
  "/grafana/additionalDataSources",
  // promtail
  "/config/clients",
  "/config/snippets",
  "/config/lokiAddress",
  "/promtail/enabled",
  "/promtail/config",
  // alloy, k8s-monitoring, agents
  "/alloy/configMap",
  "/alloy/mounts",
  "/alloy/clustering",
  "/controller/type",
  "/clusterMetrics",
  "/podLogs",
  "/clusterEvents",
  "/externalServices",
  "/alloy-metrics",
  "/alloy-logs",
  "/destinations/-/type",
];

function isHelmValues(s: Shape): boolean {
  if (s.has("/apiVersion") || s.has("/services")) return false;
  return s.hasAny(...chartSigns) || (s.has("/cluster/name") && s.has("/destinations"));
}

export interface KindGuess {
  readonly kind: ConfigKind;
  readonly score: number;
}

/** The kind these keys make; undefined when no kind of a monitoring stack has them. */
export function kindOf(shape: Shape): KindGuess | undefined {
  if (shape.paths.size === 0) return undefined;
  return signs.find((sign) => sign.matches(shape));
}
