// Alloy as the log agent of a host: containers, journal, files; and on hosts that nobody can scrape, their metrics too.

import { pushedKinds } from "../../model/reachability.ts";
import type { FileLog, StackFile } from "../../model/stack-file.ts";
import { hostPort } from "../address.ts";
import { listenOf, type Spot, socketOf } from "../containers/spec.ts";
import { schemeOf, urlOf } from "../find.ts";
import { hostLabels } from "../labels.ts";
import { fileLogsOf } from "../log-paths.ts";
import { pushUrl } from "../loki/config.ts";
import { externalLabels } from "../prometheus/config.ts";
import { pushedTargets } from "../prometheus/targets.ts";
import { alloyClient, alloyDoor } from "../protection.ts";
import { type AlloyBlock, type AlloyValue, alloyText, attributes, map, ref } from "./alloy-text.ts";
import { podmanFiles, podmanFilesId, podmanJournalRules } from "./podman-logs.ts";
import { inheritedPositions, journalJobName } from "./positions.ts";

export function alloyConfig(spot: Spot, comment: readonly string[]): string {
  const { stack, host } = spot;
  const url = pushUrl(stack);
  const files = fileLogsOf(stack, host);
  const blocks: AlloyBlock[] = [
    { name: "logging", body: attributes({ level: "info", format: "logfmt" }) },
    ...alloyDoor(stack),
  ];
  if (url !== undefined) {
    const positions = inheritedPositions(spot);
    if (host.runtime === "podman" && stack.logs.docker) blocks.push(...podmanLogs(stack, positions));
    else {
      if (stack.logs.docker) blocks.push(...dockerLogs(spot));
      if (stack.logs.journal) blocks.push(...journal(stack, positions, journalRules));
    }
    for (const file of files) blocks.push(...fileLogs(file, positions));
    blocks.push(lokiWrite(spot, url));
  }
  if (pushedKinds(stack, host).length > 0) blocks.push(...pushedMetrics(spot));
  return alloyText(blocks, comment);
}

const toLoki = [ref("loki.write.loki.receiver")];

function rule(values: Readonly<Record<string, AlloyValue>>): AlloyBlock {
  return { name: "rule", body: attributes(values) };
}

function dockerLogs({ host }: Spot): readonly AlloyBlock[] {
  const socket = `unix://${socketOf(host)}`;
  return [
    { name: "discovery.docker", label: "containers", body: attributes({ host: socket }) },
    {
      name: "discovery.relabel",
      label: "containers",
      body: [
        ...attributes({ targets: ref("discovery.docker.containers.targets") }),
        rule({ source_labels: ["__meta_docker_container_name"], regex: "/(.*)", target_label: "container" }),
        rule({
          source_labels: ["__meta_docker_container_label_com_docker_compose_project"],
          target_label: "compose_project",
        }),
        rule({
          source_labels: ["__meta_docker_container_label_com_docker_compose_service"],
          target_label: "service_name",
        }),
        // Without compose the container's name serves: every stream needs a service name that people recognise.
        rule({
          source_labels: ["service_name", "container"],
          separator: ";",
          regex: ";(.+)",
          target_label: "service_name",
        }),
      ],
    },
    {
      name: "loki.source.docker",
      label: "containers",
      body: attributes({
        host: socket,
        targets: ref("discovery.relabel.containers.output"),
        labels: map({ job: "docker" }),
        forward_to: toLoki,
      }),
    },
  ];
}

const journalRules: readonly AlloyBlock[] = [
  rule({ source_labels: ["__journal__systemd_unit"], target_label: "unit" }),
  rule({ source_labels: ["__journal_priority_keyword"], target_label: "level" }),
];

function podmanLogs(stack: StackFile, positions: string | undefined): readonly AlloyBlock[] {
  const rules = podmanJournalRules(stack.logs).map(({ from, regex, to, replacement, action }) =>
    rule({
      source_labels: [...from],
      ...(from.length > 1 ? { separator: ";" } : {}),
      ...(regex === undefined ? {} : { regex }),
      ...(to === undefined ? {} : { target_label: to }),
      ...(replacement === undefined ? {} : { replacement }),
      ...(action === undefined ? {} : { action }),
    }),
  );
  const label = "podman";
  return [
    ...journal(stack, positions, rules),
    {
      name: "local.file_match",
      label,
      body: attributes({ path_targets: [map({ __path__: podmanFiles, job: "docker" })] }),
    },
    {
      name: "loki.source.file",
      label,
      body: attributes({
        targets: ref(`local.file_match.${label}.targets`),
        forward_to: [ref(`loki.process.${label}.receiver`)],
        ...(positions === undefined ? {} : { legacy_positions_file: positions }),
      }),
    },
    {
      name: "loki.process",
      label,
      body: [
        { name: "stage.cri", body: [] },
        { name: "stage.regex", body: attributes({ source: "filename", expression: podmanFilesId }) },
        {
          name: "stage.labels",
          body: attributes({ values: map({ container: "container", service_name: "container" }) }),
        },
        { name: "stage.label_drop", body: attributes({ values: ["filename"] }) },
        ...attributes({ forward_to: toLoki }),
      ],
    },
  ];
}

function journal(
  stack: StackFile,
  positions: string | undefined,
  rules: readonly AlloyBlock[],
): readonly AlloyBlock[] {
  return [
    {
      name: "loki.relabel",
      label: "journal",
      body: [...attributes({ forward_to: [] }), ...rules],
    },
    {
      name: "loki.source.journal",
      label: "journal",
      body: [
        ...attributes({
          max_age: "12h",
          relabel_rules: ref("loki.relabel.journal.rules"),
          labels: map({ job: "systemd-journal" }),
          forward_to: toLoki,
        }),
        ...(positions === undefined
          ? []
          : [
              { name: "legacy_position", body: attributes({ file: positions, name: journalJobName(stack) }) },
            ]),
      ],
    },
  ];
}

function fileLogs(file: FileLog, positions: string | undefined): readonly AlloyBlock[] {
  const label = identifier(file.name);
  const match: AlloyBlock = {
    name: "local.file_match",
    label,
    body: attributes({ path_targets: [map({ __path__: file.path, job: file.name, ...file.labels })] }),
  };
  const source: AlloyBlock = {
    name: "loki.source.file",
    label,
    body: attributes({
      targets: ref(`local.file_match.${label}.targets`),
      forward_to: file.multilineStart === undefined ? toLoki : [ref(`loki.process.${label}.receiver`)],
      ...(positions === undefined ? {} : { legacy_positions_file: positions }),
    }),
  };
  if (file.multilineStart === undefined) return [match, source];
  return [
    match,
    source,
    {
      name: "loki.process",
      label,
      body: [
        { name: "stage.multiline", body: attributes({ firstline: file.multilineStart }) },
        ...attributes({ forward_to: toLoki }),
      ],
    },
  ];
}

function identifier(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/g, "_");
  return /^\d/.test(plain) ? `log_${plain}` : plain;
}

function lokiWrite({ stack, host }: Spot, url: string): AlloyBlock {
  return {
    name: "loki.write",
    label: "loki",
    body: [
      { name: "endpoint", body: [...attributes({ url }), ...alloyClient(stack, "loki")] },
      ...attributes({ external_labels: map({ ...hostLabels(host) }) }),
    ],
  };
}

function pushedMetrics(spot: Spot): readonly AlloyBlock[] {
  const { stack, host } = spot;
  const url = urlOf(stack, "prometheus");
  if (url === undefined) return [];
  const targets = pushedTargets(stack, host).flatMap(({ job, instance, labels }) => {
    const component = stack.components.find((one) => one.kind === job);
    if (!component) return [];
    const address = hostPort(listenOf({ stack, host, component }), component.port);
    const isProtected = alloyClient(stack, component.kind).length > 0;
    const scheme = schemeOf(stack, component.kind) === "https" ? { __scheme__: "https" } : {};
    return [
      {
        isProtected,
        kind: component.kind,
        target: map({ __address__: address, ...scheme, job, instance, ...labels }),
      },
    ];
  });
  const external = Object.entries(externalLabels(stack)).map(([name, value]): [string, AlloyValue] => [
    name,
    String(value),
  ]);
  const scrape = (label: string, some: typeof targets): readonly AlloyBlock[] =>
    some[0] === undefined
      ? []
      : [
          {
            name: "prometheus.scrape",
            label,
            body: [
              ...attributes({
                targets: some.map(({ target }) => target),
                scrape_interval: stack.intervals.scrape,
                forward_to: [ref("prometheus.remote_write.server.receiver")],
              }),
              ...(some[0].isProtected ? alloyClient(stack, some[0].kind) : []),
            ],
          },
        ];
  return [
    // A password is for who asks for one: nobody else shall see it.
    ...scrape(
      "host",
      targets.filter((one) => !one.isProtected),
    ),
    ...scrape(
      "protected",
      targets.filter((one) => one.isProtected),
    ),
    {
      name: "prometheus.remote_write",
      label: "server",
      body: [
        {
          name: "endpoint",
          body: [...attributes({ url: `${url}/api/v1/write` }), ...alloyClient(stack, "prometheus")],
        },
        ...attributes({ external_labels: map(Object.fromEntries(external)) }),
      ],
    },
  ];
}
