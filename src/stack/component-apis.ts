// What each component can be asked over HTTP, as data: port, paths, and which answers are worth having.
import { freshnessPath } from "../model/canary.ts";
import type { ComponentKind } from "../model/component.ts";
import type { Container, Pod } from "../model/kubernetes.ts";
import type { Component } from "../model/stack.ts";
import type { CloserLook } from "../model/target.ts";

interface Question {
  readonly path: string;
  readonly statusMatters?: boolean;
  readonly optional?: boolean;
  readonly headBytes?: number;
}

interface ComponentApi {
  readonly port: number;
  /** Names its container port goes by, best first. */
  readonly portNames: readonly string[];
  /** Flag that sets the address it listens on. */
  readonly listenFlag?: RegExp;
  /** Flags that put all paths below a prefix. */
  readonly prefixFlags?: readonly RegExp[];
  readonly questions: readonly Question[];
}

const web = ["http", "web", "http-web", "http-metrics", "metrics"] as const;
const prometheusFlags = {
  portNames: web,
  listenFlag: /^--web\.listen-address=.*:(\d{1,5})$/,
  prefixFlags: [/^--web\.route-prefix=(\S+)$/, /^--web\.external-url=https?:\/\/[^/]+(\/\S*)$/],
} as const;
const head = { optional: true, headBytes: 256 * 1024 } as const;

/** Sources: the HTTP API pages of the projects' documentation. */
const apis: Partial<Record<ComponentKind, ComponentApi>> = {
  prometheus: {
    ...prometheusFlags,
    port: 9090,
    questions: [
      { path: "/-/ready", statusMatters: true },
      { path: "/api/v1/targets" },
      { path: freshnessPath },
      { path: "/api/v1/rules", optional: true },
      { path: "/api/v1/status/config", optional: true },
      { path: "/api/v1/status/flags", optional: true },
      { path: "/api/v1/status/runtimeinfo", optional: true },
      { path: "/api/v1/status/buildinfo", optional: true },
      { path: "/api/v1/status/tsdb", optional: true },
    ],
  },
  alertmanager: {
    ...prometheusFlags,
    port: 9093,
    questions: [
      { path: "/-/ready", statusMatters: true },
      { path: "/api/v2/status", optional: true },
    ],
  },
  loki: {
    port: 3100,
    portNames: ["http-metrics", "http", "web"],
    listenFlag: /^-{1,2}server\.http-listen-port=(\d{1,5})$/,
    questions: [
      { path: "/ready", statusMatters: true },
      { path: "/config", optional: true },
      { path: "/ring", optional: true },
      { path: "/services", optional: true },
      { path: "/loki/api/v1/status/buildinfo", optional: true },
      { path: "/loki/api/v1/labels", optional: true },
      { path: "/loki/api/v1/label/job/values", optional: true },
      { path: "/loki/api/v1/label/node_name/values", optional: true },
    ],
  },
  grafana: {
    port: 3000,
    portNames: ["grafana", ...web],
    questions: [
      { path: "/api/health", statusMatters: true },
      { path: "/api/datasources", optional: true },
      { path: "/api/search?type=dash-db&limit=5000", optional: true },
    ],
  },
  alloy: {
    port: 12_345,
    portNames: ["http-metrics", "http"],
    listenFlag: /^--server\.http\.listen-addr=.*:(\d{1,5})$/,
    questions: [
      { path: "/-/ready", statusMatters: true },
      { path: "/api/v0/web/components", optional: true },
    ],
  },
  promtail: {
    port: 9080,
    portNames: ["http-metrics", "http"],
    listenFlag: /^-{1,2}server\.http-listen-port=(\d{1,5})$/,
    questions: [{ path: "/ready", statusMatters: true }],
  },
  "node-exporter": { ...prometheusFlags, port: 9100, questions: [{ path: "/metrics", ...head }] },
  cadvisor: {
    port: 8080,
    portNames: web,
    listenFlag: /^-{1,2}port=(\d{1,5})$/,
    questions: [{ path: "/metrics", ...head }],
  },
};

/** Only a container that runs can answer. */
export function apiLooks({ kind, container: named }: Component, pod: Pod): readonly CloserLook[] {
  const api = apis[kind];
  const { namespace } = pod;
  const container = pod.spec?.containers.find((candidate) => candidate.name === named?.name);
  if (!api || namespace === undefined || container?.state?.state !== "running") return [];
  const about = {
    kind: "pod-api",
    namespace,
    pod: pod.name,
    port: portOf(api, container),
    component: kind,
  } as const;
  const prefix = prefixOf(api, container);
  return api.questions.map(({ path, ...question }) => ({ ...about, path: `${prefix}${path}`, ...question }));
}

function portOf(api: ComponentApi, container: Container): number {
  const flag = flagValue(container, api.listenFlag);
  if (flag !== undefined) return Number(flag);
  const ports = container.ports ?? [];
  const known =
    ports.find((port) => port.containerPort === api.port) ??
    api.portNames.flatMap((name) => ports.find((port) => port.name === name) ?? [])[0] ??
    (ports.length === 1 ? ports[0] : undefined);
  return known?.containerPort ?? api.port;
}

function prefixOf(api: ComponentApi, container: Container): string {
  for (const flag of api.prefixFlags ?? []) {
    const value = flagValue(container, flag);
    if (value !== undefined) return `/${value.replace(/^\/+|\/+$/g, "")}`.replace(/^\/$/, "");
  }
  return "";
}

function flagValue({ command = [], args = [] }: Container, flag: RegExp | undefined): string | undefined {
  if (!flag) return undefined;
  for (const word of [...command, ...args]) {
    const value = flag.exec(word.slice(0, 1_000))?.[1];
    if (value !== undefined) return value;
  }
  return undefined;
}
