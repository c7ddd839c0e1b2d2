// What differs between versions of the components watchmend deploys, as data: rendering and checking read it, nothing else knows.
import { isAtLeast, isBefore } from "./semver.ts";
import type { DeployedKind } from "./stack-file.ts";

export interface Release {
  /** What is deployed unless the file pins another. */
  readonly pinned: string;
  /** Oldest version the rendered files are known to suit. */
  readonly oldest: string;
  /** First version that does not exist any more. */
  readonly ended?: { readonly in: string; readonly because: string };
  /** Image repositories by version, newest first; `v` says whether tags carry one. */
  readonly images: readonly { readonly from?: string; readonly repository: string; readonly v: boolean }[];
  readonly port: number;
  readonly secondPort?: number;
  /** Who the upstream image runs as. */
  readonly uid: number;
  readonly gid: number;
}

/** Sources: tags of the projects, their Dockerfiles and upgrade notes. */
export const releases: Readonly<Record<DeployedKind, Release>> = {
  prometheus: {
    pinned: "3.5.5",
    oldest: "2.37.0",
    images: [{ repository: "quay.io/prometheus/prometheus", v: true }],
    port: 9090,
    uid: 65534,
    gid: 65534,
  },
  alertmanager: {
    pinned: "0.34.0",
    oldest: "0.25.0",
    images: [{ repository: "quay.io/prometheus/alertmanager", v: true }],
    port: 9093,
    uid: 65534,
    gid: 65534,
  },
  loki: {
    pinned: "3.7.6",
    oldest: "3.0.0",
    images: [{ repository: "docker.io/grafana/loki", v: false }],
    port: 3100,
    secondPort: 9095,
    uid: 10001,
    gid: 10001,
  },
  grafana: {
    pinned: "13.1.3",
    oldest: "9.0.0",
    images: [{ repository: "docker.io/grafana/grafana", v: false }],
    port: 3000,
    uid: 472,
    gid: 0,
  },
  "blackbox-exporter": {
    pinned: "0.28.0",
    oldest: "0.20.0",
    images: [{ repository: "quay.io/prometheus/blackbox-exporter", v: true }],
    port: 9115,
    uid: 65534,
    gid: 65534,
  },
  "node-exporter": {
    pinned: "1.12.1",
    oldest: "1.3.0",
    images: [{ repository: "quay.io/prometheus/node-exporter", v: true }],
    port: 9100,
    uid: 65534,
    gid: 65534,
  },
  cadvisor: {
    pinned: "0.60.5",
    oldest: "0.36.0",
    // The registry of Google is frozen: https://github.com/google/cadvisor#quick-start-running-cadvisor-in-a-docker-container
    images: [
      { from: "0.53.0", repository: "ghcr.io/google/cadvisor", v: false },
      { repository: "gcr.io/cadvisor/cadvisor", v: true },
    ],
    // 8080 is Jenkins' own port, so ours is another by default.
    port: 9200,
    uid: 0,
    gid: 0,
  },
  alloy: {
    pinned: "1.18.1",
    oldest: "1.3.0",
    images: [{ repository: "docker.io/grafana/alloy", v: true }],
    port: 12345,
    uid: 0,
    gid: 0,
  },
  promtail: {
    pinned: "3.6.4",
    oldest: "2.8.0",
    ended: {
      in: "3.7.0",
      because: "Promtail ended on 2026-03-02; its last images are 3.6.x, and Grafana Alloy takes its place",
    },
    images: [{ repository: "docker.io/grafana/promtail", v: false }],
    port: 9080,
    uid: 0,
    gid: 0,
  },
  // Prometheus in agent mode, on hosts that nobody can scrape and that have no Alloy.
  "prometheus-agent": {
    pinned: "3.5.5",
    oldest: "2.37.0",
    images: [{ repository: "quay.io/prometheus/prometheus", v: true }],
    port: 9089,
    uid: 65534,
    gid: 65534,
  },
};

/** One thing that a range of versions can do. */
export interface Trait {
  readonly component: DeployedKind;
  readonly name: string;
  /** First version that has it. */
  readonly from?: string;
  /** First version that no longer has it. */
  readonly below?: string;
  readonly source: string;
}

export const traits = [
  {
    component: "prometheus",
    name: "retention-in-file",
    // 3.8 introduced it with a unit bug that 3.11.0 repaired.
    from: "3.11.0",
    source: "https://github.com/prometheus/prometheus/blob/main/CHANGELOG.md",
  },
  {
    component: "prometheus-agent",
    name: "agent-flag",
    from: "3.0.0",
    source: "https://prometheus.io/docs/prometheus/latest/migration/",
  },
  {
    component: "prometheus",
    name: "fallback-scrape-protocol",
    from: "3.0.0",
    source: "https://prometheus.io/docs/prometheus/latest/migration/",
  },
  {
    component: "node-exporter",
    name: "web-config-file",
    // Before, the flag was called --web.config.
    from: "1.5.0",
    source: "https://github.com/prometheus/node_exporter/releases/tag/v1.5.0",
  },
  {
    component: "prometheus",
    name: "http-sd",
    from: "2.28.0",
    source: "https://prometheus.io/docs/prometheus/latest/http_sd/",
  },
  {
    component: "alertmanager",
    name: "webhook-url-file",
    from: "0.26.0",
    source: "https://github.com/prometheus/alertmanager/releases/tag/v0.26.0",
  },
  {
    component: "alertmanager",
    name: "teams-workflows",
    from: "0.28.0",
    source: "https://github.com/prometheus/alertmanager/releases/tag/v0.28.0",
  },
  {
    component: "cadvisor",
    name: "containerd-image-store",
    from: "0.56.2",
    source: "https://github.com/google/cadvisor/issues/3860",
  },
  {
    component: "alloy",
    name: "legacy-positions",
    // Of files with labels from 1.10 on, of the journal from 1.11 on.
    from: "1.11.0",
    source: "https://github.com/grafana/alloy/blob/main/CHANGELOG.md",
  },
  {
    component: "alloy",
    name: "validate",
    // Before, only the syntax can be asked about: `alloy fmt`.
    from: "1.9.0",
    source: "https://grafana.com/docs/alloy/latest/reference/cli/validate/",
  },
  {
    component: "grafana",
    name: "prune-datasources",
    from: "11.1.0",
    source: "https://grafana.com/docs/grafana/latest/administration/provisioning/",
  },
] as const satisfies readonly Trait[];

export type TraitName = (typeof traits)[number]["name"];

/** Does this version have the trait? A version that names nothing (a digest, `latest`) counts as the pinned one. */
export function hasTrait(component: DeployedKind, version: string, name: TraitName): boolean {
  const trait: Trait | undefined = traits.find((one) => one.component === component && one.name === name);
  if (!trait) return false;
  const { pinned } = releases[component];
  const since = trait.from === undefined || (isAtLeast(version, trait.from) ?? isAtLeast(pinned, trait.from));
  const still =
    trait.below === undefined || (isBefore(version, trait.below) ?? isBefore(pinned, trait.below));
  return since === true && still === true;
}

/** The Docker API an engine speaks: its newest version and the oldest it accepts. */
export interface EngineApi {
  readonly engine: string;
  readonly api: number;
  readonly oldestApi: number;
}

/** Minor numbers of API 1.x by engine, newest first. https://docs.docker.com/reference/api/engine/#api-version-matrix */
export const engineApis: readonly EngineApi[] = [
  { engine: "29.0", api: 52, oldestApi: 44 },
  { engine: "28.3", api: 51, oldestApi: 24 },
  { engine: "28.2", api: 50, oldestApi: 24 },
  { engine: "28.1", api: 49, oldestApi: 24 },
  { engine: "28.0", api: 48, oldestApi: 24 },
  { engine: "27.2", api: 47, oldestApi: 24 },
  { engine: "27.0", api: 46, oldestApi: 24 },
  { engine: "26.0", api: 45, oldestApi: 24 },
  { engine: "25.0", api: 44, oldestApi: 24 },
  { engine: "24.0", api: 43, oldestApi: 12 },
  { engine: "23.0", api: 42, oldestApi: 12 },
  { engine: "20.10", api: 41, oldestApi: 12 },
  { engine: "19.3", api: 40, oldestApi: 12 },
];

/** Versions of an agent and the API window they can work with. */
export interface AgentWindow {
  readonly component: "cadvisor" | "alloy" | "promtail";
  readonly from?: string;
  readonly below?: string;
  /** The engine must speak at least this. */
  readonly needsApi?: number;
  /** The engine must still accept this. */
  readonly speaksApi?: number;
  readonly remedy: string;
  readonly source: string;
}

export const agentWindows: readonly AgentWindow[] = [
  {
    component: "cadvisor",
    from: "0.56.0",
    below: "0.57.0",
    needsApi: 44,
    remedy: "pin cAdvisor 0.55.1 for engines before 25, or 0.57.0 and later",
    source: "https://github.com/google/cadvisor/pull/3757",
  },
  {
    component: "cadvisor",
    from: "0.57.0",
    needsApi: 40,
    remedy: "pin cAdvisor 0.52.1 for engines before 19.03",
    source: "https://github.com/google/cadvisor/pull/3757",
  },
  {
    component: "cadvisor",
    below: "0.53.0",
    speaksApi: 43,
    remedy: "pin cAdvisor 0.53.0 or later for Docker 29",
    source: "https://github.com/google/cadvisor/issues/3790",
  },
  {
    component: "alloy",
    below: "1.16.0",
    speaksApi: 43,
    remedy: "pin Alloy 1.16.0 or later for Docker 29",
    source: "https://github.com/grafana/alloy/issues/5610",
  },
  {
    component: "promtail",
    speaksApi: 43,
    remedy: "use Alloy 1.16.0 or later (logs.agent: alloy); no Promtail speaks to Docker 29",
    source: "https://github.com/grafana/alloy/issues/5610",
  },
];

export function imageOf(component: DeployedKind, version: string): string {
  const { images } = releases[component];
  const found = images.find((one) => one.from === undefined || isAtLeast(version, one.from) !== false);
  const { repository, v } = found ?? { repository: component, v: false };
  return `${repository}:${v && /^\d/.test(version) ? "v" : ""}${version}`;
}
