// Which component a configuration belongs to: by where it lies, who mounts it, or because only one can be meant.
import type { ComponentKind } from "../model/component.ts";
import type { ConfigDocument, ConfigKind } from "../model/config.ts";
import { type Draft, ensure } from "./component-draft.ts";

const componentOfConfig: Partial<Record<ConfigKind, ComponentKind>> = {
  prometheus: "prometheus",
  "prometheus-rules": "prometheus",
  "prometheus-file-sd": "prometheus",
  alertmanager: "alertmanager",
  loki: "loki",
  "loki-rules": "loki",
  promtail: "promtail",
  "promtail-positions": "promtail",
  alloy: "alloy",
  "grafana-ini": "grafana",
  "grafana-datasources": "grafana",
  "grafana-dashboard-providers": "grafana",
  "grafana-dashboard": "grafana",
  "grafana-alerting": "grafana",
  blackbox: "blackbox-exporter",
  "docker-daemon": "docker",
};

export function addConfig(drafts: Map<string, Draft>, document: ConfigDocument): void {
  const kind = componentOfConfig[document.kind];
  if (!kind) return;
  const ofKind = [...drafts.values()].filter((draft) => draft.kind === kind);
  const owners = ofKind.filter((draft) => ownsConfig(draft, document));
  const chosen =
    owners.length > 0 ? owners : ofKind.length === 1 && mayOwn(ofKind[0], document) ? ofKind : [];
  if (chosen.length > 0) {
    for (const draft of chosen) draft.configs.push(document);
    return;
  }
  const host = document.host ? { host: document.host } : {};
  const namespace = document.embeddedIn?.namespace;
  ensure(drafts, { kind, name: kind, at: document.at, sidecar: false, ...host, namespace }).configs.push(
    document,
  );
}

function ownsConfig(draft: Draft, document: ConfigDocument): boolean {
  const { embeddedIn: source, answeredBy } = document;
  if (answeredBy)
    return draft.pods.some(
      ({ name, namespace }) => name === answeredBy.pod && (!namespace || namespace === answeredBy.namespace),
    );
  if (source && (source.kind === "ConfigMap" || source.kind === "Secret")) {
    const specs = [draft.workload?.spec, ...draft.pods.map((pod) => pod.spec)];
    const mounted = specs.some((spec) => spec?.volumes.some((volume) => volume.ref === source.name));
    return mounted && (!source.namespace || !draft.namespace || source.namespace === draft.namespace);
  }
  return Boolean(document.host && draft.host === document.host);
}

function mayOwn(draft: Draft | undefined, document: ConfigDocument): boolean {
  if (!draft) return false;
  if (document.host && draft.host && document.host !== draft.host) return false;
  const namespace = document.embeddedIn?.namespace;
  return !(namespace && draft.namespace && namespace !== draft.namespace);
}
