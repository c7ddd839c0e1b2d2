// The operator's objects, read for what decides whether a monitor becomes targets: selectors, namespaces, ports.
import type { Facts } from "../model/facts.ts";
import type { KubernetesObject, Service } from "../model/kubernetes.ts";
import type { Place } from "../model/place.ts";
import { listAt, textAt, valueAt } from "./config-value.ts";

export interface Selector {
  readonly labels: Readonly<Record<string, string>>;
  /** Expressions this reader does not evaluate; with them a mismatch cannot be claimed. */
  readonly hasExpressions: boolean;
  readonly at: Place;
}

/** A selector below a path; undefined when it is absent (which selects nothing) or no object. */
export function selectorAt(object: KubernetesObject, ...path: readonly string[]): Selector | undefined {
  const value = valueAt(object.value, ...path);
  if (typeof value !== "object" || value === null) return undefined;
  const labels = valueAt(value, "matchLabels");
  const pairs =
    typeof labels === "object" && labels !== null ? Object.entries(labels as Record<string, unknown>) : [];
  return {
    labels: Object.fromEntries(pairs.map(([key, entry]) => [key, String(entry)])),
    hasExpressions: listAt(value, "matchExpressions").length > 0,
    at: lineOf(object, ...path),
  };
}

/** The nearest known line of a path inside the object. */
export function lineOf(object: KubernetesObject, ...path: readonly (string | number)[]): Place {
  for (let depth = path.length; depth > 0; depth--) {
    const line = object.lines[`/${path.slice(0, depth).join("/")}`];
    if (line !== undefined) return { source: object.at.source, line };
  }
  return object.at;
}

export function labelsOf(object: KubernetesObject): Readonly<Record<string, string>> {
  const labels = valueAt(object.value, "metadata", "labels");
  if (typeof labels !== "object" || labels === null) return {};
  return Object.fromEntries(
    Object.entries(labels as Record<string, unknown>).map(([key, value]) => [key, String(value)]),
  );
}

/** Pairs of the selector that the labels lack, as `key=value`. */
export function lacking(selector: Selector, labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(selector.labels)
    .filter(([key, value]) => labels[key] !== value)
    .map(([key, value]) => `${key}=${value}`);
}

export const monitorKinds = {
  ServiceMonitor: "serviceMonitorSelector",
  PodMonitor: "podMonitorSelector",
  Probe: "probeSelector",
  PrometheusRule: "ruleSelector",
  ScrapeConfig: "scrapeConfigSelector",
} as const;

export function objectsOf(
  facts: Pick<Facts, "kubernetes.objects">,
  kind: string,
): readonly KubernetesObject[] {
  return facts["kubernetes.objects"].filter((object) => object.kind === kind);
}

/** Services a ServiceMonitor may see: the namespaces it names, all of them, or its own. */
export function servicesInReach(monitor: KubernetesObject, services: readonly Service[]): readonly Service[] {
  const names = listAt(monitor.value, "spec", "namespaceSelector", "matchNames").map(String);
  if (textAt(monitor.value, "spec", "namespaceSelector", "any") === "true") return services;
  const wanted = names.length > 0 ? names : monitor.namespace ? [monitor.namespace] : [];
  return services.filter(
    (service) => !service.namespace || wanted.length === 0 || wanted.includes(service.namespace),
  );
}
