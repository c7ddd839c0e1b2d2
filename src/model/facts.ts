// The list of all facts: the file a newcomer reads first. One entry per family; collectors fill it, rules read it.
import type { AnsibleFileTask, AnsibleHost } from "./ansible.ts";
import type {
  GrafanaDashboard,
  GrafanaDatasource,
  HealthAnswer,
  LoadedRule,
  LokiLabel,
  RingMember,
  RunningFlag,
  Sample,
  ScrapeTarget,
} from "./api.ts";
import type { CanaryFlight, DatasourceFlow } from "./canary.ts";
import type { ConfigDocument } from "./config.ts";
import type { DockerContainer, DockerEngine, DockerNetwork } from "./docker.ts";
import type { Gap } from "./evidence.ts";
import type {
  Clock,
  Dial,
  Disk,
  FileEntry,
  FirewallRule,
  FirewallState,
  InterfaceAddress,
  Listener,
  MountEntry,
  ProcessEntry,
  Route,
  Setting,
  SystemdUnit,
  UserAccount,
  VersionStatement,
} from "./host.ts";
import type {
  Claim,
  ConfigMap,
  Endpoints,
  KubernetesEvent,
  KubernetesObject,
  Node,
  PersistentVolume,
  Pod,
  Service,
  StorageClass,
  Workload,
} from "./kubernetes.ts";
import type { TextLine } from "./text.ts";

export interface FactTypes {
  /** Logs, events, error panels, command output, notes: only lines that a rule's text pattern matches, or of level warn and above. */
  "text.lines": TextLine;
  "kubernetes.pods": Pod;
  "kubernetes.workloads": Workload;
  "kubernetes.services": Service;
  "kubernetes.endpoints": Endpoints;
  "kubernetes.claims": Claim;
  "kubernetes.volumes": PersistentVolume;
  "kubernetes.storageclasses": StorageClass;
  "kubernetes.nodes": Node;
  "kubernetes.events": KubernetesEvent;
  "kubernetes.configmaps": ConfigMap;
  /** Every object that came as YAML or JSON, also the kinds above. */
  "kubernetes.objects": KubernetesObject;
  "docker.containers": DockerContainer;
  "docker.networks": DockerNetwork;
  "docker.engines": DockerEngine;
  "host.listeners": Listener;
  "host.firewall": FirewallRule;
  "host.firewallstates": FirewallState;
  "host.disks": Disk;
  "host.files": FileEntry;
  "host.users": UserAccount;
  "host.clocks": Clock;
  "host.routes": Route;
  "host.addresses": InterfaceAddress;
  "host.dials": Dial;
  "host.settings": Setting;
  "host.processes": ProcessEntry;
  "host.mounts": MountEntry;
  "host.units": SystemdUnit;
  "host.versions": VersionStatement;
  "config.documents": ConfigDocument;
  "prometheus.targets": ScrapeTarget;
  "prometheus.rules": LoadedRule;
  "component.flags": RunningFlag;
  "component.health": HealthAnswer;
  "loki.ring": RingMember;
  "loki.labels": LokiLabel;
  "grafana.datasources": GrafanaDatasource;
  /** As Grafana itself lists them. */
  "grafana.dashboards": GrafanaDashboard;
  "metrics.samples": Sample;
  /** Lines that watchmend sent itself to see whether they arrive. */
  "flow.canaries": CanaryFlight;
  /** What came back through Grafana's data sources. */
  "flow.datasources": DatasourceFlow;
  "ansible.files": AnsibleFileTask;
  "ansible.hosts": AnsibleHost;
}

export type FactId = keyof FactTypes;

/** All facts of one evidence set. A family without entry in `values` was not in the evidence. */
export type Facts = { readonly [Id in FactId]: readonly FactTypes[Id][] };

/** Facts plus what could not be read. `seen` holds the families for which evidence was read, even if it was empty. */
export interface FactSet {
  readonly facts: Facts;
  readonly seen: ReadonlySet<FactId>;
  readonly gaps: readonly Gap[];
}

const everyFact: { readonly [Id in FactId]: true } = {
  "text.lines": true,
  "kubernetes.pods": true,
  "kubernetes.workloads": true,
  "kubernetes.services": true,
  "kubernetes.endpoints": true,
  "kubernetes.claims": true,
  "kubernetes.volumes": true,
  "kubernetes.storageclasses": true,
  "kubernetes.nodes": true,
  "kubernetes.events": true,
  "kubernetes.configmaps": true,
  "kubernetes.objects": true,
  "docker.containers": true,
  "docker.networks": true,
  "docker.engines": true,
  "host.listeners": true,
  "host.firewall": true,
  "host.firewallstates": true,
  "host.disks": true,
  "host.files": true,
  "host.users": true,
  "host.clocks": true,
  "host.routes": true,
  "host.addresses": true,
  "host.dials": true,
  "host.settings": true,
  "host.processes": true,
  "host.mounts": true,
  "host.units": true,
  "host.versions": true,
  "config.documents": true,
  "prometheus.targets": true,
  "prometheus.rules": true,
  "component.flags": true,
  "component.health": true,
  "loki.ring": true,
  "loki.labels": true,
  "grafana.datasources": true,
  "grafana.dashboards": true,
  "metrics.samples": true,
  "flow.canaries": true,
  "flow.datasources": true,
  "ansible.files": true,
  "ansible.hosts": true,
};

/** Every fact id, in the order of the list above. */
export const factIds = Object.keys(everyFact) as readonly FactId[];

/** No facts at all; tests and collectors start from it. */
export function noFacts(): { [Id in FactId]: FactTypes[Id][] } {
  return Object.fromEntries(factIds.map((id) => [id, []])) as unknown as { [Id in FactId]: FactTypes[Id][] };
}
