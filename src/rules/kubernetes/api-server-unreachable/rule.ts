// The Service IP of the API server cannot be reached from a pod.
import { listAt, textAt } from "../../../stack/config-value.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/api-server-unreachable",
  title:
    "A pod cannot reach the API server's Service IP: pod network, kube-proxy or an egress policy is in the way",
  why: "The operator, kube-state-metrics, sidecars and service discovery talk to the kubernetes Service (10.96.0.1:443 and the like). A time-out there means that packets are lost before they arrive: the CNI or kube-proxy of that node does not work, the pod CIDR overlaps the host network, or a NetworkPolicy allows no egress to the API server.",
  severity: "critical",
  component: "kubernetes",
  layer: "network",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: "any",
  texts: [
    "communicating with server failed: Get {url*}dial tcp {address}: {error*}",
    "error while trying to communicate with apiserver{rest*}dial tcp {address}: {error*}",
    "https://{host}/api{path*}dial tcp {address}: {error*}",
    "https://{host}/version{path*}dial tcp {address}: {error*}",
    "https://{host}/healthz{path*}dial tcp {address}: {error*}",
    "https://{host}/readyz{path*}dial tcp {address}: {error*}",
    "https://{host}/openapi{path*}dial tcp {address}: {error*}",
    "https://{host}/api{path*}: {error*}",
    "https://{host}/version{path*}: {error*}",
    "Unable to connect to the server{rest*}dial tcp {address}: {error*}",
    "HTTPSConnectionPool(host='{host}', port=443): Max retries exceeded with url: /api",
    "HTTPSConnectionPool(host='{host}', port=6443): Max retries exceeded with url: /api",
  ],
  except: ["x509:", "is forbidden", "Unauthorized", "kubelet", "no such host"],
  recoveredBy: ["connection established. cluster-version", "Communicating with API server successful"],
  uses: ["kubernetes.objects", "kubernetes.pods"],
  confirm: (hit, facts) => {
    const reached = dialled(hit.captures, hit.line.text);
    if (!reached) return { holds: false };
    const { address } = reached;
    const error = reached.error
      .replace(/^connect: /, "")
      .replace(/[\\"].*$/, "")
      .slice(0, 80);
    const policies = facts["kubernetes.objects"].filter(
      (object) =>
        /NetworkPolicy/.test(object.kind) &&
        (listAt(object.value, "spec", "policyTypes").includes("Egress") ||
          listAt(object.value, "spec", "egress").length > 0) &&
        (!hit.line.namespace || !object.namespace || object.namespace === hit.line.namespace),
    );
    const [policy] = policies;
    const who = hit.component?.name ?? hit.line.component ?? "The pod";
    if (policy) {
      const name = textAt(policy.value, "metadata", "name") ?? policy.name;
      return {
        holds: true,
        says: `${who} cannot reach the API server at ${address} (${error}): NetworkPolicy ${name} restricts egress and does not admit the API server (and DNS)`,
        proof: [policy.at],
      };
    }
    const said = facts["text.lines"].find(
      (line) => line.stream === "note" && /egress|default.deny|networkpolic/i.test(line.text),
    );
    if (said)
      return {
        holds: true,
        certainty: "likely",
        says: `${who} cannot reach the API server at ${address} (${error}): an egress NetworkPolicy (default deny) of the namespace does not admit the API server`,
        proof: [{ ...said.at, excerpt: said.text }],
      };
    return {
      holds: true,
      certainty: "likely",
      says: `${who} cannot reach the API server at ${address} (${error}): ${isNodeAddress(address) ? "its address" : "the Service IP"} is not routable from the pod; CNI or kube-proxy of the node broken, pod CIDR overlapping the host network, or an egress NetworkPolicy`,
    };
  },
  says: ({ line }) => line.text,
  rivals: [
    {
      rule: "prometheus/discovery-forbidden",
      tellApart: "RBAC errors say `is forbidden`; they have reached the server",
    },
  ],
  decideWith:
    "curl -k https://10.96.0.1/version from a pod on that node and from one on another node; kubectl -n NAMESPACE get networkpolicy",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/issues/3930",
    "https://github.com/projectcalico/calico/issues/2695",
  ],
  fix: (finding) => ({
    summary:
      finding.says.includes("restricts egress") || finding.says.includes("egress NetworkPolicy (default")
        ? "Allow egress from the namespace to the API server's endpoint addresses (not only the Service IP) on 443/6443, and to kube-dns on 53 UDP and TCP"
        : "Repair the CNI or kube-proxy of that node, or the overlapping pod CIDR (--pod-network-cidr); restart the network's DaemonSet pods there",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Test from a pod on that node",
        command:
          "kubectl run api-test --rm -it --image=curlimages/curl --restart=Never -- curl -sk -m 5 https://kubernetes.default.svc/version",
      },
    ],
  }),
});

/** Ports of API servers: behind the Service, kubeadm and k3s, minikube and Rancher, MicroK8s. */
const ports = new Set(["443", "6443", "8443", "16443"]);
const failed =
  /i\/o timeout|connection refused|no route to host|network is unreachable|context deadline exceeded|TLS handshake timeout|Client\.Timeout exceeded|connection reset by peer|Max retries exceeded/i;

/** The API server that the line says was not reached; other https servers have paths below /api as well. */
function dialled(
  captures: Readonly<Record<string, string>>,
  text: string,
): { readonly address: string; readonly error: string } | undefined {
  const error = captures.error ?? text;
  if (!failed.test(error)) return undefined;
  const named = captures.host ?? /https:\/\/([^\s/"\\]+)/.exec(captures.url ?? text)?.[1] ?? "";
  const address = captures.address ?? named;
  const [host = "", port = "443"] = (named || address).replace(/^\[|\](?=:|$)/g, "").split(/:(?=\d+$)/);
  const isServiceName = /^kubernetes(?:\.default(?:\.svc.*)?)?$/.test(host);
  const isAddress =
    /^(?:10|172\.(?:1[6-9]|2\d|3[01])|192\.168|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(host);
  const isApi = isServiceName || (ports.has(port) && (isAddress || port === "6443" || port === "16443"));
  return isApi ? { address: address.replace(/\\+$/, ""), error } : undefined;
}

/** The port of the server itself, not that of the Service in front of it. */
function isNodeAddress(address: string): boolean {
  return /:(?:6443|8443|16443)$/.test(address);
}
