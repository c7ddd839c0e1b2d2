// Containers of the agents: they look at the host, so they share its network and see its files.
import { hasTrait } from "../../model/compatibility.ts";
import type { ContainerMount } from "../../model/desired.ts";
import { hostPort } from "../address.ts";
import { podmanFolder } from "../agents/podman-logs.ts";
import { inheritedMounts } from "../agents/positions.ts";
import { logMounts } from "../log-paths.ts";
import { webConfig } from "../protection.ts";
import { promtool } from "./servers.ts";
import {
  configMount,
  configPath,
  hostMount,
  listenOf,
  type OwnSpec,
  type Spot,
  socketOf,
  stateMount,
  userOf,
} from "./spec.ts";

/** https://github.com/prometheus/node_exporter#docker, hardened as kube-prometheus does. */
export function nodeExporterContainer(spot: Spot): OwnSpec {
  return {
    user: userOf(spot),
    pid: "host",
    readOnlyRoot: true,
    // The timex collector asks the kernel for more than reading on some systems.
    capAdd: ["SYS_TIME"],
    readyPath: "/metrics",
    configFolder: "/etc/node-exporter",
    args: [
      "--path.rootfs=/host",
      `--web.listen-address=${hostPort(listenOf(spot), spot.component.port)}`,
      "--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run/k3s/containerd/.+|var/lib/docker/.+|var/lib/containers/storage/.+|var/lib/kubelet/pods/.+)($|/)",
      "--collector.netclass.ignored-devices=^(veth.*|[a-f0-9]{15})$",
      "--collector.netdev.device-exclude=^(veth.*|[a-f0-9]{15})$",
    ],
    mounts: [
      { source: "/", target: "/host", readOnly: true, propagation: "rslave" },
      ...(webConfig(spot.stack, "node-exporter")
        ? [configMount(configPath(spot.host, "node-exporter"), "/etc/node-exporter")]
        : []),
    ],
  };
}

/** https://github.com/google/cadvisor/blob/master/docs/running.md */
export function cadvisorContainer(spot: Spot): OwnSpec {
  const { host, component } = spot;
  const isPodman = host.runtime === "podman";
  return {
    ...(component.privileged === false ? { keepsCapabilities: true } : { privileged: true }),
    // With user namespaces of the daemon it could not read the host otherwise.
    usernsMode: "host",
    devices: ["/dev/kmsg"],
    readyPath: "/healthz",
    args: [
      `--port=${component.port}`,
      `--listen_ip=${listenOf(spot)}`,
      "--docker_only=true",
      "--store_container_labels=false",
      "--whitelisted_container_labels=com.docker.compose.project,com.docker.compose.service",
      "--housekeeping_interval=30s",
      "--max_housekeeping_interval=60s",
      ...(isPodman ? [`--podman=unix://${socketOf(host)}`] : []),
    ],
    mounts: [
      hostMount("/", "/rootfs"),
      hostMount("/var/run"),
      hostMount("/sys"),
      isPodman ? hostMount("/var/lib/containers") : hostMount("/var/lib/docker"),
      hostMount("/dev/disk"),
    ],
  };
}

function logAgentMounts({ stack, host }: Spot): readonly ContainerMount[] {
  const isPodman = host.runtime === "podman" && stack.logs.docker;
  return [
    ...(stack.logs.docker && !isPodman ? [hostMount(socketOf(host))] : []),
    // What is unmounted there must not stay mounted here: it could not be removed.
    ...(isPodman ? [{ ...hostMount(podmanFolder), propagation: "rslave" as const }] : []),
    ...(stack.logs.journal || isPodman
      ? // The parents: a bind mount of /var/log/journal would create it where it is missing, and so make the journal persistent.
        [hostMount("/run/log"), hostMount("/etc/machine-id")]
      : []),
    ...logMounts(stack, host).map((path) => hostMount(path)),
  ];
}

export function alloyContainer(spot: Spot): OwnSpec {
  const { host, component } = spot;
  return {
    keepsCapabilities: true,
    // SELinux would keep it from the socket; relabelling a socket would keep everybody else from it.
    securityOpt: ["label=disable"],
    stopSeconds: 30,
    reload: { signal: "HUP" },
    readyPath: "/-/ready",
    validate: {
      folder: "/etc/alloy",
      checks: [
        {
          args: [
            hasTrait("alloy", component.version, "validate") ? "validate" : "fmt",
            "/etc/alloy/config.alloy",
          ],
        },
      ],
    },
    args: [
      "run",
      `--server.http.listen-addr=${hostPort(listenOf(spot), component.port)}`,
      "--storage.path=/var/lib/alloy/data",
      "--disable-reporting",
      "/etc/alloy/config.alloy",
    ],
    mounts: [
      configMount(configPath(host, "alloy"), "/etc/alloy"),
      stateMount(spot, "/var/lib/alloy/data"),
      ...inheritedMounts(spot),
      ...logAgentMounts(spot),
    ],
  };
}

export function promtailContainer(spot: Spot): OwnSpec {
  const { host } = spot;
  return {
    keepsCapabilities: true,
    securityOpt: ["label=disable"],
    stopSeconds: 30,
    readyPath: "/ready",
    validate: {
      folder: "/etc/promtail",
      checks: [{ args: ["-config.file=/etc/promtail/promtail.yaml", "-check-syntax"] }],
    },
    args: ["-config.file=/etc/promtail/promtail.yaml"],
    mounts: [
      configMount(configPath(host, "promtail"), "/etc/promtail"),
      stateMount(spot, "/var/lib/promtail"),
      ...logAgentMounts(spot),
    ],
  };
}

/** Reads the host's own agents and pushes what it has read. */
export function prometheusAgentContainer(spot: Spot): OwnSpec {
  const { host, component } = spot;
  const agent = hasTrait("prometheus-agent", component.version, "agent-flag")
    ? "--agent"
    : "--enable-feature=agent";
  return {
    user: userOf(spot),
    readOnlyRoot: true,
    stopSeconds: 60,
    reload: { signal: "HUP" },
    readyPath: "/-/ready",
    configFolder: "/etc/prometheus",
    validate: promtool(spot, ["--agent"]),
    args: [
      agent,
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.agent.path=/prometheus",
      `--web.listen-address=${hostPort(listenOf(spot), component.port)}`,
    ],
    mounts: [
      configMount(configPath(host, "prometheus-agent"), "/etc/prometheus"),
      stateMount(spot, "/prometheus"),
    ],
  };
}
