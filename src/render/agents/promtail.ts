// Promtail for stacks that still run it: the same sources and labels as Alloy has, so that changing over changes no query.
import { given } from "../../model/given.ts";
import { speaksTls } from "../../model/reachability.ts";
import type { FileLog } from "../../model/stack-file.ts";
import { listenOf, type Spot, socketOf } from "../containers/spec.ts";
import { hostLabels } from "../labels.ts";
import { fileLogsOf } from "../log-paths.ts";
import { pushUrl } from "../loki/config.ts";
import { clientOf, serverTls } from "../protection.ts";
import { promtailPositions } from "./positions.ts";

export const journalJobName = "systemd-journal";

type Config = Readonly<Record<string, unknown>>;

export function promtailConfig(spot: Spot): Config {
  const { stack, host, component } = spot;
  return {
    server: {
      http_listen_address: listenOf(spot),
      http_listen_port: component.port,
      grpc_listen_address: "127.0.0.1",
      // Any free one: nobody talks to it.
      grpc_listen_port: 0,
      ...(speaksTls(stack, "promtail") ? { http_tls_config: serverTls() } : {}),
    },
    positions: { filename: promtailPositions },
    clients: [{ url: pushUrl(stack) ?? "", external_labels: hostLabels(host), ...clientOf(stack, "loki") }],
    scrape_configs: [
      ...(stack.logs.docker ? [dockerJob(socketOf(host))] : []),
      ...(stack.logs.journal ? [journalJob()] : []),
      ...fileLogsOf(stack, host).map(fileJob),
    ],
  };
}

function dockerJob(socket: string): Config {
  return {
    job_name: "docker",
    docker_sd_configs: [{ host: `unix://${socket}`, refresh_interval: "15s" }],
    relabel_configs: [
      { target_label: "job", replacement: "docker" },
      { source_labels: ["__meta_docker_container_name"], regex: "/(.*)", target_label: "container" },
      {
        source_labels: ["__meta_docker_container_label_com_docker_compose_project"],
        target_label: "compose_project",
      },
      {
        source_labels: ["__meta_docker_container_label_com_docker_compose_service"],
        target_label: "service_name",
      },
      {
        source_labels: ["service_name", "container"],
        separator: ";",
        regex: ";(.+)",
        target_label: "service_name",
      },
    ],
  };
}

function journalJob(): Config {
  return {
    job_name: journalJobName,
    journal: { max_age: "12h", labels: { job: "systemd-journal" } },
    relabel_configs: [
      { source_labels: ["__journal__systemd_unit"], target_label: "unit" },
      { source_labels: ["__journal_priority_keyword"], target_label: "level" },
    ],
  };
}

function fileJob(file: FileLog): Config {
  return given({
    job_name: file.name,
    static_configs: [
      { targets: ["localhost"], labels: { job: file.name, ...file.labels, __path__: file.path } },
    ],
    pipeline_stages:
      file.multilineStart === undefined ? undefined : [{ multiline: { firstline: file.multilineStart } }],
  });
}
