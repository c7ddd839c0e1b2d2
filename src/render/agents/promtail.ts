// Promtail for stacks that still run it: the same sources and labels as Alloy has, so that changing over changes no query.
import { given } from "../../model/given.ts";
import { speaksTls } from "../../model/reachability.ts";
import type { FileLog, StackFile } from "../../model/stack-file.ts";
import { listenOf, type Spot, socketOf } from "../containers/spec.ts";
import { hostLabels } from "../labels.ts";
import { fileLogsOf } from "../log-paths.ts";
import { pushUrl } from "../loki/config.ts";
import { clientOf, serverTls } from "../protection.ts";
import {
  type JournalRule,
  podmanFiles,
  podmanFilesId,
  podmanFilesJob,
  podmanJournalRules,
} from "./podman-logs.ts";
import { journalJobName, promtailPositions } from "./positions.ts";

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
    positions: { filename: promtailPositions(stack) },
    clients: [{ url: pushUrl(stack) ?? "", external_labels: hostLabels(host), ...clientOf(stack, "loki") }],
    scrape_configs: [
      ...(host.runtime === "podman"
        ? podmanJobs(stack)
        : [
            ...(stack.logs.docker ? [dockerJob(socketOf(host))] : []),
            ...(stack.logs.journal ? [journalJob(stack, journalRules)] : []),
          ]),
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

const journalRules: readonly Config[] = [
  { source_labels: ["__journal__systemd_unit"], target_label: "unit" },
  { source_labels: ["__journal_priority_keyword"], target_label: "level" },
];

function journalJob(stack: StackFile, rules: readonly Config[]): Config {
  return {
    job_name: journalJobName(stack),
    journal: { max_age: "12h", labels: { job: "systemd-journal" } },
    relabel_configs: rules,
  };
}

function podmanJobs(stack: StackFile): readonly Config[] {
  const { logs } = stack;
  if (!logs.docker) return logs.journal ? [journalJob(stack, journalRules)] : [];
  const files: Config = {
    job_name: podmanFilesJob,
    static_configs: [{ targets: ["localhost"], labels: { job: "docker", __path__: podmanFiles } }],
    pipeline_stages: [
      { cri: {} },
      { regex: { source: "filename", expression: podmanFilesId } },
      { labels: { container: null, service_name: "container" } },
      { labeldrop: ["filename"] },
    ],
  };
  return [journalJob(stack, podmanJournalRules(logs).map(ruleOf)), files];
}

function ruleOf({ from, regex, to, replacement, action }: JournalRule): Config {
  return given({
    source_labels: from,
    separator: from.length > 1 ? ";" : undefined,
    regex,
    target_label: to,
    replacement,
    action,
  });
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
