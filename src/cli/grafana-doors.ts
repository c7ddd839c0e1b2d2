// From where each Grafana of the stack can be asked: this machine, the host it runs on, or the API server's pod proxy.
import type { CanaryPerch, ClusterPerch } from "../model/canary.ts";
import type { Component, Stack } from "../model/stack.ts";
import { parseAddress, resolveAddress } from "../stack/resolve.ts";
import { askUrl } from "../targets/http/ask-url.ts";
import type { LoginHeader } from "./grafana-login.ts";
import type { GrafanaDoor } from "./grafana-look.ts";

export interface Around {
  readonly perches: readonly CanaryPerch[];
  readonly clusters: readonly ClusterPerch[];
  /** `--grafana-url`: asked from this machine. */
  readonly url?: string;
  readonly login?: LoginHeader;
}

export function grafanaDoors(stack: Stack, around: Around): GrafanaDoor[] {
  const { url, login } = around;
  const grafanas = stack.components.filter(({ kind }) => kind === "grafana");
  const behind = url === undefined ? [] : grafanasBehind(stack, url, grafanas);
  return grafanas.flatMap((component) =>
    url !== undefined && behind.includes(component)
      ? [byUrl(component, url, login)]
      : (nearest(component, around) ?? []),
  );
}

/** Of several Grafanas an address is that of one; where it does not tell of which, it is asked on behalf of each. */
function grafanasBehind(stack: Stack, url: string, grafanas: readonly Component[]): readonly Component[] {
  const address = parseAddress(url);
  const found = new Set(address && resolveAddress(stack, address).map(({ id }) => id));
  const named = grafanas.filter(({ id }) => found.has(id));
  return grafanas.length > 1 && named.length > 0 ? named : grafanas;
}

function byUrl({ id }: Component, url: string, login: LoginHeader | undefined): GrafanaDoor {
  const base = url.replace(/\/+$/, "");
  return {
    id,
    base,
    how: "http",
    isLoggedIn: login !== undefined,
    get: (path, session) => askUrl(`${base}${path}`, login ?? {}, session),
  };
}

function nearest(component: Component, { perches, clusters, login }: Around): GrafanaDoor | undefined {
  const { id, host, docker, pods } = component;
  const perch = pods.length === 0 ? perches.find((one) => one.host === host) : undefined;
  if (perch) {
    const base = `http://127.0.0.1:${docker?.ports?.find(({ hostPort }) => hostPort !== undefined)?.hostPort ?? 3000}`;
    return {
      id,
      base,
      how: "ssh",
      host: perch.host,
      isLoggedIn: login !== undefined,
      get: (path, session) => perch.ask(`${base}${path}`, login ?? {}, session),
    };
  }
  const pod = pods.find(({ ready }) => ready) ?? pods[0];
  const [cluster] = clusters;
  if (!cluster || pod?.namespace === undefined) return undefined;
  const port =
    component.container?.ports?.find(({ name }) => /grafana|http|web|service/.test(name ?? ""))
      ?.containerPort ?? 3000;
  const at = { namespace: pod.namespace, pod: pod.name, port };
  return {
    id,
    base: `http://${pod.name}:${port}`,
    how: "pod-proxy",
    isLoggedIn: false,
    loginRefused: {
      because:
        "Grafana asks for a login, and the API server's proxy passes none on; only Grafana's own address can be asked with one",
      next: `kubectl -n ${pod.namespace} port-forward ${pod.name} 3000:${port} & watchmend validate … --grafana-url http://127.0.0.1:3000 --grafana-login '\${env:GRAFANA_LOGIN}'`,
    },
    get: (path, session) => cluster.ask(at, path, session),
  };
}
