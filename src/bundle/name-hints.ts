// What the names of files, folders and headings suggest: component, pod, container, namespace, host. Always weak.
import type { NameHints } from "../model/evidence.ts";

/** Spelling in names → kind; longer spellings first, so that `prometheus-operator` is not `prometheus`. */
const spellings: readonly (readonly [string, string])[] = (
  [
    ["prometheus-config-reloader", "config-reloader"],
    ["config-reloader", "config-reloader"],
    ["prometheus-operator", "prometheus-operator"],
    ["kube-state-metrics", "kube-state-metrics"],
    ["kubestatemetrics", "kube-state-metrics"],
    ["ksm", "kube-state-metrics"],
    ["blackbox-exporter", "blackbox-exporter"],
    ["blackbox", "blackbox-exporter"],
    ["node-exporter", "node-exporter"],
    ["nodeexporter", "node-exporter"],
    ["alertmanager", "alertmanager"],
    ["pushgateway", "pushgateway"],
    ["prometheus", "prometheus"],
    ["prom", "prometheus"],
    ["promtail", "promtail"],
    ["grafana-agent", "alloy"],
    ["alloy", "alloy"],
    ["grafana", "grafana"],
    ["loki", "loki"],
    ["cadvisor", "cadvisor"],
    ["thanos", "thanos"],
    ["mimir", "mimir"],
    ["jenkins", "jenkins"],
    ["haproxy", "haproxy"],
    ["coredns", "coredns"],
    ["kubelet", "kubelet"],
    ["dockerd", "docker"],
  ] as const
).toSorted((a, b) => b[0].length - a[0].length);

/** Charts name every part after the release, and releases are often named after these. */
const releasePrefixes: ReadonlySet<string> = new Set(["prometheus", "loki", "grafana", "alloy"]);

/** The component a name speaks of; undefined when it names none or several. */
export function componentInName(text: string): string | undefined {
  const name = text.toLowerCase().replace(/[_. ]+/g, "-");
  const found: { at: number; kind: string }[] = [];
  const taken = new Set<number>();
  for (const [spelling, kind] of spellings) {
    for (let at = name.indexOf(spelling); at >= 0; at = name.indexOf(spelling, at + 1)) {
      if (taken.has(at) || !isWord(name, at, spelling.length)) continue;
      for (let i = at; i < at + spelling.length; i++) taken.add(i);
      found.push({ at, kind });
    }
  }
  const kinds = found.toSorted((a, b) => a.at - b.at).map((entry) => entry.kind);
  const last = kinds.at(-1);
  const others = new Set(kinds.filter((kind) => kind !== last));
  if (others.size > 1 || [...others].some((kind) => !releasePrefixes.has(kind))) return undefined;
  if (others.has("alloy") || (others.has("loki") && last === "prometheus")) return undefined;
  return last;
}

/** Letters on either side make it another word; digits (`jenkins1`, `loki0`) do not. */
function isWord(name: string, at: number, length: number): boolean {
  return !/[a-z]/.test(name[at - 1] ?? "-") && !/[a-z]/.test(name[at + length] ?? "-");
}

/** Layouts of well-known trees, tried in order; each gives what its folders say. */
const layouts: readonly RegExp[] = [
  // must-gather and `oc adm inspect`
  /(?:^|\/)namespaces\/(?<namespace>[^/]+)\/pods\/(?<pod>[^/]+)\/(?<container>[^/]+)\/(?:[^/]+\/)?logs\/(?:current|previous|rotated)[^/]*\.log$/,
  /(?:^|\/)(?<namespace>[^/]+)\/pods\/(?<pod>[^/]+)\/(?<container>[^/]+)\/(?:[^/]+\/)?logs\/(?:current|previous)[^/]*\.log$/,
  // Troubleshoot (Replicated) support bundles
  /(?:^|\/)cluster-resources\/pods\/logs\/(?<namespace>[^/]+)\/(?<pod>[^/]+)\/(?<container>[^/]+?)(?:-previous)?\.(?:log|txt)$/,
  // /var/log/pods and /var/log/containers of a node
  /(?:^|\/)var\/log\/pods\/(?<namespace>[^/_]+)_(?<pod>[^/_]+)_[^/]+\/(?<container>[^/]+)\/\d+\.log[^/]*$/,
  /(?:^|\/)var\/log\/containers\/(?<pod>[^/_]+)_(?<namespace>[^/_]+)_(?<container>[^/]+)-[0-9a-f]{64}\.log$/,
  // kubectl cluster-info dump
  /(?:^|\/)(?<namespace>[^/]+)\/(?<pod>[^/]+)\/logs\.txt$/,
];

/** Everything a path relative to the evidence's root tells. */
export function hintsFromPath(path: string): NameHints {
  const placed = layouts.map((layout) => layout.exec(path)?.groups).find((groups) => groups !== undefined);
  const segments = path.split("/");
  const base = segments.at(-1) ?? "";
  const component =
    componentInName(placed?.container ?? "") ??
    componentInName(placed?.pod ?? "") ??
    componentInName(base) ??
    segments
      .slice(0, -1)
      .toReversed()
      .map(componentInName)
      .find((kind) => kind !== undefined);
  return {
    ...(component ? { component } : {}),
    ...(placed?.namespace ? { namespace: placed.namespace } : {}),
    ...(placed?.pod ? { pod: placed.pod } : {}),
    ...(placed?.container ? { container: placed.container } : {}),
    ...(isPrevious(path, placed !== undefined) ? { previous: true } : {}),
  };
}

function isPrevious(path: string, placed: boolean): boolean {
  const base = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (placed) return /(?:^|-)previous(?:\.insecure)?\.(?:log|txt)$/.test(base);
  return /(?:^|[-_.])(?:previous|prev)(?:[-_.]|$)/.test(base) && /log/.test(base);
}
