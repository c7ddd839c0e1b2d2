// Loki as one process with files on disk. Retention deletes only with all three of its settings, so they are written together.

import { secondsOf } from "../../model/duration.ts";
import { speaksTls } from "../../model/reachability.ts";
import { listenOf, type Spot } from "../containers/spec.ts";
import { componentOf, urlOf } from "../find.ts";
import { ownFile, serverTls, trustFile } from "../protection.ts";

export function lokiConfig(spot: Spot): Readonly<Record<string, unknown>> {
  const { stack, component } = spot;
  const alertmanager = urlOf(stack, "alertmanager");
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
      ...(speaksTls(stack, "loki") ? { http_tls_config: serverTls() } : {}),
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
            alertmanager_url: alertmanager,
            enable_api: true,
            ...(speaksTls(stack, "alertmanager")
              ? {
                  alertmanager_client: {
                    tls_ca_path: trustFile,
                    tls_cert_path: ownFile,
                    tls_key_path: ownFile,
                  },
                }
              : {}),
          },
        }),
    analytics: { reporting_enabled: false },
  };
}

/** Where agents push to; undefined without Loki. */
export function pushUrl(stack: Spot["stack"]): string | undefined {
  const url = componentOf(stack, "loki") && urlOf(stack, "loki");
  return url === undefined ? undefined : `${url}/loki/api/v1/push`;
}
