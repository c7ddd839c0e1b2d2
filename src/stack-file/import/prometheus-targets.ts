// The targets of a job, as its configuration and target files name them, and which component the job is of.
import type { ConfigDocument } from "../../model/config.ts";
import { itemsOf, memberOf, textOf, textRecord, valueAt } from "../../model/json-value.ts";
import type { DeployedKind } from "../../model/stack-file.ts";
import { splitTarget } from "./ports.ts";

export interface Found {
  readonly target: string;
  readonly labels: Readonly<Record<string, string>>;
}

export const names: readonly (readonly [RegExp, DeployedKind])[] = [
  [/node[-_ ]?exporter|^nodes?$/i, "node-exporter"],
  [/cadvisor/i, "cadvisor"],
  [/promtail/i, "promtail"],
  [/alertmanager/i, "alertmanager"],
  [/^prometheus/i, "prometheus"],
  [/^loki/i, "loki"],
  [/^grafana/i, "grafana"],
  [/^alloy/i, "alloy"],
  [/^blackbox[-_]?exporter$/i, "blackbox-exporter"],
];

/** By its name; a job named otherwise by the usual port of all its targets. */
export function kindOfJob(job: unknown, files: readonly ConfigDocument[]): DeployedKind | undefined {
  const path = textOf(memberOf(job, "metrics_path")) ?? "/metrics";
  if (path !== "/metrics" || valueAt(job, "params", "module") !== undefined) return undefined;
  const name = textOf(memberOf(job, "job_name")) ?? "";
  const named = names.find(([pattern]) => pattern.test(name))?.[1];
  if (named !== undefined) return named;
  const ports = new Set(targetsOf(job, files).map(({ target }) => splitTarget(target).port));
  return ports.size === 1 && ports.has(9100) ? "node-exporter" : undefined;
}

export function targetsOf(job: unknown, files: readonly ConfigDocument[]): readonly Found[] {
  const patterns = itemsOf(memberOf(job, "file_sd_configs")).flatMap((one) =>
    itemsOf(memberOf(one, "files")).flatMap((file) => textOf(file) ?? []),
  );
  const groups = [
    ...itemsOf(memberOf(job, "static_configs")),
    ...files
      .filter((file) => patterns.some((pattern) => isMeant(file, pattern)))
      .flatMap((file) => itemsOf(file.value)),
  ];
  return groups.flatMap((group) =>
    itemsOf(memberOf(group, "targets")).flatMap((one) => {
      const target = textOf(one);
      return target === undefined ? [] : [{ target, labels: textRecord(memberOf(group, "labels")) }];
    }),
  );
}

/** The folder differs between the container and where the files were read; the name and its folder's name do not. */
function isMeant(file: ConfigDocument, pattern: string): boolean {
  const wanted = pattern.split("/").at(-1) ?? "";
  const name = (file.path ?? file.at.source).split("/").at(-1) ?? "";
  if (!wanted.includes("*")) return wanted === name;
  const [head = "", ...rest] = wanted.split("*");
  return rest.length === 1 && name.startsWith(head) && name.endsWith(rest[0] ?? "");
}

/** The Prometheus itself, a name of its own network, or a neighbour on its host. */
export function isOwn(host: string): boolean {
  return host === "localhost" || /^127\./.test(host) || host === "::1" || host === "host.docker.internal";
}

/** A bare word is a container's name in compose files. */
export function isContainerName(host: string): boolean {
  return /^[a-z][a-z0-9_-]*$/i.test(host) && names.some(([pattern]) => pattern.test(host));
}
