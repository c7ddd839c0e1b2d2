// Which URL an answer belongs to, as far as the command says it, and which component listens there.

import type { ComponentKind } from "../../model/component.ts";
import type { Segment } from "../../model/evidence.ts";

const ports: Readonly<Record<string, ComponentKind>> = {
  "9090": "prometheus",
  "9093": "alertmanager",
  "3100": "loki",
  "9080": "promtail",
  "12345": "alloy",
  "3000": "grafana",
  "9100": "node-exporter",
  "8080": "cadvisor",
  "9115": "blackbox-exporter",
  "9091": "pushgateway",
};
const names: readonly (readonly [RegExp, ComponentKind])[] = [
  [/alertmanager/i, "alertmanager"],
  [/promtail/i, "promtail"],
  [/alloy|grafana-agent/i, "alloy"],
  [/grafana/i, "grafana"],
  [/loki/i, "loki"],
  [/cadvisor/i, "cadvisor"],
  [/node[-_]?exporter/i, "node-exporter"],
  [/kube-state-metrics/i, "kube-state-metrics"],
  [/prom/i, "prometheus"],
];

/** `kubectl get --raw /api/v1/namespaces/mon/pods/loki-0:3100/proxy/ready`: the API server asks on our behalf. */
const proxyPath =
  /\/api\/v1\/namespaces\/[a-z0-9-]{1,63}\/(?:pods|services)\/(?:(https?):)?([a-z0-9.-]{1,253}):([a-z0-9-]{1,15})\/proxy(\/[^\s"'`|<>;)]{0,2000})?/;

/** The URL (or `host:port/path`) of the command that got this text. */
export function askedUrl(segment: Segment): string | undefined {
  const command = segment.command?.slice(0, 4_000) ?? "";
  const full = /https?:\/\/[^\s"'`|<>;)]+/.exec(command)?.[0];
  if (full !== undefined) return full;
  const proxied = proxyPath.exec(command);
  if (proxied) {
    const [, scheme = "http", name = "", port = "", path = ""] = proxied;
    return `${scheme}://${name}:${port}${path === "" ? "/" : path}`;
  }
  return /(?:^|\s)["']?((?:localhost|[\w.-]{1,200}):\d{2,5}\/[^\s"'`|<>;)]*)/.exec(command)?.[1];
}

/** The pod that the API server asked on our behalf. */
export function askedPod({ command = "" }: Segment): { namespace: string; pod: string } | undefined {
  const found =
    /\/api\/v1\/namespaces\/([a-z0-9-]{1,63})\/pods\/(?:https?:)?([a-z0-9.-]{1,253}):[a-z0-9-]{1,15}\/proxy\b/.exec(
      command.slice(0, 4_000),
    );
  const [, namespace, pod] = found ?? [];
  return namespace === undefined || pod === undefined ? undefined : { namespace, pod };
}

/** Who answers at a URL: by host name first (a tunnel may carry any port), then by the usual port, then by the command. */
export function componentAt(url: string | undefined, segment: Segment): ComponentKind | undefined {
  const match =
    /^(?:https?:\/\/)?(?:[^@/\s]{0,200}@)?([^/:\s]{1,200}|\[[^\]]{1,60}\])(?::(\d{2,5}))?(\/\S*)?$/.exec(
      url ?? "",
    );
  const [, host = "", port = "", path = ""] = match ?? [];
  if (path.startsWith("/loki/")) return "loki";
  // Whoever asked through the API server's proxy knew the pod's image.
  const known = proxyPath.test(segment.command?.slice(0, 4_000) ?? "") ? hinted(segment) : undefined;
  if (known) return known;
  const named = names.find(([pattern]) => pattern.test(host))?.[1];
  if (named) return named;
  const inCommand = (segment.command ?? "").slice(0, 500).replace(url ?? " ", "");
  const asked = names.find(([pattern]) => pattern.test(inCommand))?.[1];
  return ports[port] ?? asked ?? hinted(segment);
}

function hinted(segment: Segment): ComponentKind | undefined {
  const hint = segment.hints?.component;
  return hint === undefined ? undefined : names.find(([pattern]) => pattern.test(hint))?.[1];
}
