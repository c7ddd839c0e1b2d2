// Facts of any of the known sources to a watchmend.yaml: what is understood is carried over, the rest is listed.

import { releases } from "../../model/compatibility.ts";
import type { ConfigDocument } from "../../model/config.ts";
import type { DockerContainer } from "../../model/docker.ts";
import type { Facts } from "../../model/facts.ts";
import { isRecord, itemsOf, memberOf, textOf } from "../../model/json-value.ts";
import type { Stack } from "../../model/stack.ts";
import type { StackFileInput } from "../schema.ts";
import { schemaName } from "../schema.ts";
import { ansibleVariables } from "./ansible-variables.ts";
import {
  emptyDraft,
  hostSeenAs,
  type ImportDraft,
  type ImportNote,
  nameFrom,
  note,
  serverName,
} from "./draft.ts";
import { importAnsible } from "./from-ansible.ts";
import { disableAbsent, importContainers } from "./from-containers.ts";
import { importPrometheus } from "./from-prometheus.ts";
import { importPromtail } from "./from-promtail.ts";

export interface Imported {
  readonly input: StackFileInput;
  readonly notes: readonly ImportNote[];
  /** What it was made from, in words; empty when nothing was recognised. */
  readonly sources: readonly string[];
}

export function importStack(
  facts: Pick<Facts, "ansible.hosts" | "config.documents" | "docker.containers">,
  stack: Pick<Stack, "components">,
  name: string,
): Imported {
  const draft = emptyDraft();
  const documents = facts["config.documents"];
  const hosts = facts["ansible.hosts"];
  const containers = facts["docker.containers"];
  const prometheus = hostsFiles(
    documents.filter((doc) => doc.kind === "prometheus" && doc.value !== undefined),
  );
  const sources: string[] = [];
  if (hosts.length > 0) {
    importAnsible(draft, hosts, ansibleVariables(hosts, documents));
    sources.push(`${hosts.length} hosts of an Ansible inventory`);
  }
  if (containers.length > 0) {
    importContainers(draft, containers, stack.components, namedContainers(documents));
    sources.push(`${containers.length} containers`);
  }
  const targetFiles = documents.filter((doc) => doc.kind === "prometheus-file-sd");
  for (const doc of prometheus) {
    importPrometheus(draft, doc, targetFiles);
    sources.push(doc.at.source);
  }
  for (const doc of documents.filter(({ kind, origin }) => kind === "promtail" && origin === "file"))
    importPromtail(draft, doc, containers);
  if (containers.length > 0 && isAllSeen(draft, containers)) disableAbsent(draft);
  listOthers(draft, documents);
  return { input: finish(draft, nameFrom(name)), notes: draft.notes, sources };
}

/** What Prometheus says that it runs stands in its file as well, where people wrote it. */
function hostsFiles(documents: readonly ConfigDocument[]): readonly ConfigDocument[] {
  const files = documents.filter(({ origin }) => origin === "file");
  const jobs = (doc: ConfigDocument): string[] =>
    itemsOf(memberOf(doc.value, "scrape_configs")).flatMap((job) => textOf(memberOf(job, "job_name")) ?? []);
  const written = new Set(files.flatMap(jobs));
  return [
    ...files,
    ...documents.filter((doc) => doc.origin !== "file" && !jobs(doc).every((job) => written.has(job))),
  ];
}

/** Of every host it is known what runs there, so what is not there is not wanted. */
function isAllSeen(draft: ImportDraft, containers: readonly DockerContainer[]): boolean {
  const seen = new Set(
    containers.flatMap(({ host, origin }) =>
      host !== undefined && origin === "running" ? [hostSeenAs(draft, host)] : [],
    ),
  );
  return seen.size === 0 ? draft.hosts.size <= 1 : [...draft.hosts.keys()].every((name) => seen.has(name));
}

function namedContainers(documents: Facts["config.documents"]): ReadonlySet<string> {
  const services = documents
    .filter((doc) => doc.kind === "compose")
    .flatMap((doc) =>
      Object.values(
        isRecord(memberOf(doc.value, "services")) ? (memberOf(doc.value, "services") as object) : {},
      ),
    );
  return new Set(services.flatMap((service) => textOf(memberOf(service, "container_name")) ?? []));
}

const others: Readonly<Record<string, string>> = {
  loki: "Loki's configuration is rendered; a schema that starts at another date must be added before existing data is used",
  alertmanager: "routes and receivers are written under alerting:, with references for their secrets",
  alloy: "log sources are written under logs:",
  "prometheus-rules": "rules of your own stay yours: keep them beside the rendered ones, under other names",
  "loki-rules": "rules of your own stay yours",
  "grafana-datasources": "data sources are rendered with fixed uids; others than the stack's own are not",
  "grafana-dashboard": "dashboards of your own stay yours",
  blackbox: "modules are rendered: http_2xx, http_post_2xx, tcp_connect, icmp",
};

function listOthers(draft: ImportDraft, documents: Facts["config.documents"]): void {
  for (const doc of documents) {
    const because = others[doc.kind];
    if (because !== undefined) note(draft, doc.at, `${doc.kind} ${doc.path ?? doc.at.source}`, because);
    if (doc.parseError)
      note(draft, doc.parseError.at, doc.at.source, `it does not parse: ${doc.parseError.message}`);
  }
}

function finish(draft: ImportDraft, name: string): StackFileInput {
  if (draft.hosts.size === 0 || ![...draft.hosts.values()].some((host) => host.roles?.includes("server"))) {
    const server = serverName(draft);
    note(draft, undefined, `host ${server} as the server`, "no source says which host it is");
  }
  for (const [host, made] of draft.hosts) {
    if (made.address !== undefined) continue;
    // Alone it can only mean itself; among others it must be filled in, and the file is refused until then.
    made.address = "127.0.0.1";
    note(
      draft,
      undefined,
      `the address of ${host}`,
      "no source names it: 127.0.0.1 stands there and must become what the other hosts reach it by",
    );
  }
  return {
    schema: schemaName,
    name,
    ...(draft.directory === undefined ? {} : { directory: draft.directory }),
    hosts: Object.fromEntries(
      [...draft.hosts].map(([host, { labels, address = "127.0.0.1", ...rest }]) => [
        host,
        { address, ...rest, ...(Object.keys(labels).length === 0 ? {} : { labels }) },
      ]),
    ),
    ...components(draft),
    ...(draft.scrape.length === 0 ? {} : { scrape: draft.scrape }),
    ...logAgent(draft),
    ...(draft.remoteWrite.length === 0 ? {} : { remote_write: draft.remoteWrite }),
  };
}

function logAgent({ components: found, logs }: ImportDraft): Pick<StackFileInput, "logs"> {
  if (found.has("alloy")) return {};
  if (found.has("promtail") || logs) return { logs: { agent: "promtail", ...logs } };
  return found.get("loki")?.enabled === false ? { logs: { agent: "none" } } : {};
}

function components(draft: ImportDraft): Pick<StackFileInput, "components"> {
  const filled = [...draft.components].filter(([, one]) => Object.keys(one).length > 0);
  const sorted = Object.keys(releases).flatMap((kind) => filled.filter(([name]) => name === kind));
  return sorted.length === 0 ? {} : { components: Object.fromEntries(sorted) };
}
