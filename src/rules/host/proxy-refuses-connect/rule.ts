// A request that should stay inside goes to the HTTP proxy, which refuses it with a bare word.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

const error =
  /(?:Get|Post|Put|Head|Delete|Patch) \\*"?https:\/\/([^\s"\\/:]{1,200})(?::(\d{1,5}))?[^\s"\\]{0,400}\\*"?: (Forbidden|Proxy Authentication Required|Service Unavailable|Bad Gateway|Gateway Timeout|Method Not Allowed)(?=$|[\s"'\\,;)])/;

export const rule = textRule({
  id: "host/proxy-refuses-connect",
  title:
    "HTTPS requests go through a forward proxy that refuses them (HTTPS_PROXY without a fitting NO_PROXY)",
  why: 'A Go program that has HTTPS_PROXY asks the proxy to CONNECT to the target. When the proxy refuses, the error is the bare status text (`Get "https://10.96.0.1:443/…": Forbidden`): no answer of the target ever looks like that. Cluster addresses, pod names and neighbours must stand in NO_PROXY.',
  severity: "critical",
  component: "host",
  layer: "network",
  nature: "cause",
  effect: "no-answer",
  from: "any",
  texts: [
    '": Forbidden',
    '": Proxy Authentication Required',
    '": Service Unavailable',
    '": Bad Gateway',
    '": Gateway Timeout',
    "proxyconnect tcp: {rest*}",
    ": Proxy Authentication Required",
  ],
  except: ["HTTP status", "status code", "server returned"],
  unconfirmed: "silent",
  confirm: ({ line }) =>
    error.test(line.text) || /proxyconnect tcp: |Proxy Authentication Required/.test(line.text)
      ? { holds: true }
      : {},
  says({ line }) {
    const [, host, port, answer] = error.exec(line.text) ?? [];
    const proxy = /proxyconnect tcp: (.{1,200}?)(?:\\?"|$)/.exec(line.text)?.[1];
    if (proxy) return `The forward proxy of the environment does not answer (proxyconnect tcp: ${proxy})`;
    if (!host)
      return "The forward proxy wants a login (Proxy Authentication Required), and the proxy URL has none";
    const inside = isInside(host);
    return `The request to ${host}${port ? `:${port}` : ""} is answered by a forward proxy (${answer}), not by the target: HTTPS_PROXY is set in that container, and NO_PROXY does not contain ${host}${inside ? ", an address of the own network or cluster" : ""}`;
  },
  decideWith: "kubectl exec POD -- env | grep -i proxy; docker inspect -f '{{json .Config.Env}}' CONTAINER",
  references: [
    "https://pkg.go.dev/net/http#ProxyFromEnvironment",
    "https://github.com/kubernetes/kube-state-metrics/issues/1630",
  ],
  fix: (finding) => {
    const host = /request to ([^\s:]+)/.exec(finding.says)?.[1];
    return byHand(
      `Add ${host ?? "the own names and networks"} (and .svc,.cluster.local, the service and pod networks) to NO_PROXY of the container, or remove HTTPS_PROXY from it`,
      "In the environment of the container",
      "env | grep -i proxy",
    );
  },
});

function isInside(host: string): boolean {
  return (
    /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(host) ||
    /\.svc\b|^kubernetes/.test(host) ||
    !host.includes(".")
  );
}
