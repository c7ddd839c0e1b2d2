// A job of a component that watchmend deploys: its targets are hosts of the stack, its port is the component's.
import { releases } from "../../model/compatibility.ts";
import type { ConfigDocument } from "../../model/config.ts";
import { memberOf, textOf } from "../../model/json-value.ts";
import type { Place } from "../../model/place.ts";
import type { DeployedKind } from "../../model/stack-file.ts";
import { isAddress } from "../words.ts";
import { componentOf, hostOf, type ImportDraft, nameFrom, note, serverName } from "./draft.ts";
import { splitTarget } from "./ports.ts";
import { isContainerName, isOwn, targetsOf } from "./prometheus-targets.ts";
import { listUnsupported } from "./unsupported.ts";

export function importComponentJob(
  draft: ImportDraft,
  job: unknown,
  kind: DeployedKind,
  at: Place,
  files: readonly ConfigDocument[],
): void {
  const name = textOf(memberOf(job, "job_name")) ?? kind;
  const ports = new Map<number, number>();
  for (const { target, labels } of targetsOf(job, files)) {
    const { host, port } = splitTarget(target);
    if (port !== undefined) ports.set(port, (ports.get(port) ?? 0) + 1);
    if (isOwn(host) || isContainerName(host)) {
      const server = serverName(draft);
      if (isContainerName(host))
        note(
          draft,
          at,
          `target ${target} of job ${name}`,
          `${host} is a name of a container network; it became ${kind} on ${server}`,
        );
      continue;
    }
    importHost(draft, host, kind, labels, at);
  }
  const [port] = [...ports].sort((a, b) => b[1] - a[1])[0] ?? [];
  const made = componentOf(draft, kind);
  if (port !== undefined && made.port === undefined && port !== releases[kind].port) made.port = port;
  if (ports.size > 1)
    note(
      draft,
      at,
      `ports ${[...ports.keys()].join(", ")} of job ${name}`,
      `one port per component holds for all hosts: ${made.port ?? releases[kind].port}`,
    );
  listUnsupported(draft, job, name, at, ["job_name", "static_configs", "file_sd_configs"]);
  if (name !== kind)
    note(draft, at, `the name of job ${name}`, `it is called ${kind} now; queries that name it must follow`);
}

function importHost(
  draft: ImportDraft,
  address: string,
  kind: DeployedKind,
  labels: Readonly<Record<string, string>>,
  at: Place,
): void {
  const known = [...draft.hosts].find(([, host]) => host.address === address);
  const wanted =
    labels.host ??
    labels.hostname ??
    labels.nodename ??
    (/^[\d.:]+$/.test(address)
      ? `host-${address.replace(/[.:]+/g, "-")}`
      : (address.split(".")[0] ?? address));
  const name = known?.[0] ?? nameFrom(wanted);
  const host = hostOf(draft, name);
  if (host.address === undefined) {
    if (!isAddress(address)) note(draft, at, `address ${address}`, "it is no address");
    else host.address = address;
  }
  const isServer = kind === "prometheus" || kind === "loki" || kind === "grafana" || kind === "alertmanager";
  if (
    isServer &&
    host.roles === undefined &&
    ![...draft.hosts.values()].some((one) => one.roles?.includes("server"))
  )
    host.roles = ["server", "agent"];
  host.roles ??= ["agent"];
  for (const [label, value] of Object.entries(labels))
    if (label !== "host" && label !== "job" && !label.startsWith("__")) host.labels[label] ??= value;
}
