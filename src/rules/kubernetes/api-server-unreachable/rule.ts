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
    "Failed to list {kind}: Get {url*}:443/api{path*}dial tcp {address}: {error*}",
    "Failed to list {kind}: Get {url*}:443/api{path*}dial tcp {address}: {error*}",
    "Failed to watch {kind}: failed to list {same}: Get {url*}:443/api{path*}dial tcp {address}: {error*}",
    'Get "https://{host}:443/version{path*}dial tcp {address}: {error*}',
    "Get https://{host}:443/version{path*}dial tcp {address}: {error*}",
    'Get "https://{host}:443/api{path*}dial tcp {address}: {error*}',
    "Get https://{host}:443/api{path*}dial tcp {address}: {error*}",
    "Unable to connect to the server{rest*}kubernetes.default",
    "HTTPSConnectionPool(host='{host}', port=443): Max retries exceeded with url: /api",
  ],
  except: ["x509:", "is forbidden", "Unauthorized", "kubelet", "no such host"],
  recoveredBy: ["connection established. cluster-version", "Communicating with API server successful"],
  uses: ["kubernetes.objects", "kubernetes.pods"],
  confirm: (hit, facts) => {
    const address = hit.captures.address ?? hit.captures.host ?? "the API server";
    const error = (hit.captures.error ?? hit.line.text)
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
      says: `${who} cannot reach the API server at ${address} (${error}): the Service IP is not routable from the pod; CNI or kube-proxy of the node broken, pod CIDR overlapping the host network, or an egress NetworkPolicy`,
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
