// Containers of Prometheus, Alertmanager, Loki, Grafana and the blackbox exporter, on the host's own network.
import { hasTrait } from "../../model/compatibility.ts";
import { pushedKinds } from "../../model/reachability.ts";
import { hostPort } from "../address.ts";
import { webArgs } from "../protection.ts";
import { secretsFolder } from "../secrets.ts";
import { configMount, configPath, listenOf, type OwnSpec, type Spot, stateMount, userOf } from "./spec.ts";

const hup = { signal: "HUP" } as const;

/** Rules and the files that the configuration names are checked with it; the web configuration is asked about by itself. */
export function promtool({ stack, component }: Spot, flags: readonly string[]): OwnSpec["validate"] {
  const program = "promtool";
  return {
    folder: "/etc/prometheus",
    checks: [
      { program, args: ["check", "config", ...flags, "/etc/prometheus/prometheus.yml"] },
      ...webArgs(stack, component, "/etc/prometheus").map((word) => ({
        program,
        args: ["check", "web-config", word.slice(word.indexOf("=") + 1)],
      })),
    ],
  };
}

export function prometheusContainer(spot: Spot): OwnSpec {
  const { stack, host, component } = spot;
  const { retention } = component;
  const inFile = hasTrait("prometheus", component.version, "retention-in-file");
  const receives = stack.hosts.some((one) => pushedKinds(stack, one).length > 0);
  return {
    user: userOf(spot),
    readOnlyRoot: true,
    // The write-ahead log is closed in order, or it is replayed for minutes.
    stopSeconds: 120,
    reload: hup,
    readyPath: "/-/ready",
    configFolder: "/etc/prometheus",
    validate: promtool(spot, []),
    args: [
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      ...(retention && !inFile
        ? [
            `--storage.tsdb.retention.time=${retention.time}`,
            ...(retention.size === undefined ? [] : [`--storage.tsdb.retention.size=${retention.size}`]),
          ]
        : []),
      `--web.listen-address=${hostPort(listenOf(spot), component.port)}`,
      ...(receives ? ["--web.enable-remote-write-receiver"] : []),
    ],
    mounts: [configMount(configPath(host, "prometheus"), "/etc/prometheus"), stateMount(spot, "/prometheus")],
  };
}

export function alertmanagerContainer(spot: Spot): OwnSpec {
  const { host, component } = spot;
  return {
    user: userOf(spot),
    readOnlyRoot: true,
    reload: hup,
    readyPath: "/-/ready",
    configFolder: "/etc/alertmanager",
    validate: {
      folder: "/etc/alertmanager",
      checks: [{ program: "amtool", args: ["check-config", "/etc/alertmanager/alertmanager.yml"] }],
    },
    args: [
      "--config.file=/etc/alertmanager/alertmanager.yml",
      "--storage.path=/alertmanager",
      `--web.listen-address=${hostPort(listenOf(spot), component.port)}`,
      // One instance has no peers; without this it looks for a private address to gossip on.
      "--cluster.listen-address=",
    ],
    mounts: [
      configMount(configPath(host, "alertmanager"), "/etc/alertmanager"),
      stateMount(spot, "/alertmanager"),
    ],
  };
}

export function lokiContainer(spot: Spot): OwnSpec {
  const { host, component } = spot;
  return {
    user: userOf(spot),
    readOnlyRoot: true,
    stopSeconds: 60,
    readyPath: "/ready",
    validate: {
      folder: "/etc/loki",
      checks: [{ args: ["-config.file=/etc/loki/loki.yaml", "-verify-config"] }],
    },
    args: ["-config.file=/etc/loki/loki.yaml"],
    mounts: [configMount(configPath(host, "loki"), "/etc/loki"), stateMount(spot, "/loki")],
    ...(component.secondPort === undefined ? {} : { morePorts: [component.secondPort] }),
  };
}

export function grafanaContainer(spot: Spot): OwnSpec {
  const { host, component } = spot;
  const settings: Readonly<Record<string, string | undefined>> = {
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
    GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
    GF_ANALYTICS_REPORTING_ENABLED: "false",
    GF_SECURITY_ADMIN_PASSWORD__FILE: component.adminPassword ? `${secretsFolder}/admin-password` : undefined,
    // People open it from anywhere, and it asks for a password.
    GF_SERVER_HTTP_ADDR: component.listen ?? "0.0.0.0",
    GF_SERVER_HTTP_PORT: String(component.port),
    GF_SERVER_ROOT_URL: component.rootUrl,
    GF_USERS_ALLOW_SIGN_UP: "false",
  };
  return {
    user: userOf(spot),
    stopSeconds: 30,
    readyPath: "/api/health",
    args: [],
    env: Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
    mounts: [
      configMount(`${configPath(host, "grafana")}/provisioning`, "/etc/grafana/provisioning"),
      configMount(`${configPath(host, "grafana")}/dashboards`, "/etc/grafana/dashboards"),
      stateMount(spot, "/var/lib/grafana"),
    ],
  };
}

export function blackboxContainer(spot: Spot): OwnSpec {
  const { host, component } = spot;
  return {
    user: userOf(spot),
    readOnlyRoot: true,
    // Pings need a raw socket.
    capAdd: ["NET_RAW"],
    reload: hup,
    readyPath: "/-/healthy",
    configFolder: "/etc/blackbox",
    validate: {
      folder: "/etc/blackbox",
      checks: [{ args: ["--config.file=/etc/blackbox/blackbox.yml", "--config.check"] }],
    },
    args: [
      "--config.file=/etc/blackbox/blackbox.yml",
      `--web.listen-address=${hostPort(listenOf(spot), component.port)}`,
    ],
    mounts: [configMount(configPath(host, "blackbox-exporter"), "/etc/blackbox")],
  };
}
