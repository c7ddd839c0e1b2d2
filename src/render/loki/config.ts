// Loki as one process with files on disk. Retention deletes only with all three of its settings, so they are written together.

import { secondsOf } from "../../model/duration.ts";
import { listenOf, type Spot } from "../containers/spec.ts";
import { componentOf, endpointOf } from "../find.ts";

export function lokiConfig(spot: Spot): Readonly<Record<string, unknown>> {
  const { stack, component } = spot;
  const alertmanager = endpointOf(stack, "alertmanager");
  const agents = stack.hosts.filter((host) =>
    host.components.some((kind) => kind === "alloy" || kind === "promtail"),
  );
  return {
    auth_enabled: false,
    server: {
      http_listen_address: listenOf(spot),
      http_listen_port: component.port,
      // All parts live in one process; nobody else has business here.
      grpc_listen_address: "127.0.0.1",
      grpc_listen_port: component.secondPort ?? 9095,
      log_level: "info",
    },
    common: {
      instance_addr: "127.0.0.1",
      path_prefix: "/loki",
      replication_factor: 1,
      storage: { filesystem: { chunks_directory: "/loki/chunks", rules_directory: "/loki/rules" } },
      ring: { kvstore: { store: "inmemory" } },
    },
    schema_config: {
      configs: [
        {
          from: "2024-04-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    limits_config: {
      retention_period: `${Math.round(secondsOf(component.retention?.time ?? "30d") / 3600)}h`,
      reject_old_samples: true,
      reject_old_samples_max_age: "168h",
      // A stream per container and log file: room grows with the hosts.
      max_global_streams_per_user: Math.max(5000, agents.length * 250),
      ingestion_rate_mb: Math.max(8, agents.length),
      ingestion_burst_size_mb: Math.max(16, agents.length * 2),
      volume_enabled: true,
    },
    compactor: {
      working_directory: "/loki/compactor",
      retention_enabled: true,
      retention_delete_delay: "2h",
      delete_request_store: "filesystem",
    },
    ...(alertmanager === undefined
      ? {}
      : {
          ruler: {
            rule_path: "/loki/rules-temp",
            alertmanager_url: `http://${alertmanager}`,
            enable_api: true,
          },
        }),
    analytics: { reporting_enabled: false },
  };
}

/** Where agents push to; undefined without Loki. */
export function pushUrl(stack: Spot["stack"]): string | undefined {
  const endpoint = componentOf(stack, "loki") && endpointOf(stack, "loki");
  return endpoint === undefined ? undefined : `http://${endpoint}/loki/api/v1/push`;
}
