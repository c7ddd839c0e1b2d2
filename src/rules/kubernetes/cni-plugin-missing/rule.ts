// No pod gets a network: the CNI binary or configuration is not there.

import { textRule } from "../../text-rule.ts";
import { installPlaces } from "./install-places.ts";

export const rule = textRule({
  id: "kubernetes/cni-plugin-missing",
  title: "The CNI plugin is missing or not initialised on a node, so pods there get no network",
  why: "The container runtime calls the CNI plugins in /opt/cni/bin that /etc/cni/net.d names. When a binary (flannel, bridge, portmap, calico, loopback) or the configuration is missing, or the network's DaemonSet has not written its subnet, no sandbox can be created: pods stay ContainerCreating and the node NotReady.",
  severity: "critical",
  component: "kubernetes",
  layer: "network",
  nature: "cause",
  effect: "host-down",
  from: "any",
  texts: [
    'failed to find plugin "{plugin}" in path [{path}]',
    "failed to find plugin {plugin} in path",
    "cni plugin not initialized",
    "cni config uninitialized",
    "no networks found in /etc/cni/net.d",
    "no network config found in /etc/cni/net.d",
    "NetworkPluginNotReady message:{error*}",
    "open /run/flannel/subnet.env: no such file or directory",
    'plugin type="{plugin}" failed (add): {error*}',
    "stat /var/lib/calico/nodename: no such file or directory",
  ],
  recoveredBy: ["Created pod sandbox", "status is now: NodeReady"],
  uses: ["kubernetes.nodes", "ansible.files"],
  subject: ({ line }) => (line.host ? { kind: "node", id: line.host } : { kind: "cluster", id: "cluster" }),
  confirm: (hit, facts) => {
    const { plugin, path } = hit.captures;
    const text = hit.line.text;
    const node = facts["kubernetes.nodes"].find((entry) => entry.ready === false);
    const what = /subnet\.env/.test(text)
      ? "flannel has not written /run/flannel/subnet.env: its DaemonSet does not run on that node"
      : /calico\/nodename/.test(text)
        ? "calico-node has not written /var/lib/calico/nodename: its DaemonSet does not run on that node"
        : /failed to find plugin/.test(text)
          ? `the CNI plugin binary "${plugin}" is missing in ${path ?? "/opt/cni/bin"}`
          : /not initialized|uninitialized|no network|NotReady/.test(text)
            ? "the CNI plugin is not initialized: no network configuration in /etc/cni/net.d"
            : `the CNI plugin ${plugin} fails: ${(hit.captures.error ?? "").slice(0, 160)}`;
    const installed = /failed to find plugin/.test(text) ? installPlaces(facts["ansible.files"]) : undefined;
    const where = installed
      ? `; the playbook installs the CNI plugins only on ${installed.on.join(", ")}, never on ${installed.missing.join(", ")}`
      : "";
    return {
      holds: true,
      says: `Pods get no network${node ? ` on ${node.name}` : ""}: ${what}${where}`,
      proof: [...(node ? [node.at] : []), ...(installed ? [installed.at] : [])],
    };
  },
  says: ({ line }) => line.text,
  explains: [
    {
      rule: "kubernetes/node-not-ready",
      via: "anything",
      mechanism: "without a pod network the kubelet reports the node as not ready",
    },
    {
      rule: "kubernetes/untolerated-taint",
      via: "anything",
      mechanism: "a node without network is tainted not-ready",
    },
    { rule: "kubernetes/pod-pending", via: "anything", mechanism: "no sandbox, no container" },
    { rule: "coredns/down", via: "anything", mechanism: "CoreDNS needs the pod network too" },
  ],
  decideWith: "ls /opt/cni/bin /etc/cni/net.d   # on the node; kubectl -n kube-system get pods -o wide",
  references: [
    "https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/",
    "https://github.com/flannel-io/flannel/blob/master/Documentation/troubleshooting.md",
  ],
  fix: () => ({
    summary:
      "Install the missing plugin binaries into /opt/cni/bin (package containernetworking-plugins, or the network's own install container) and see that the network's DaemonSet (flannel, calico, cilium) runs on the node",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See what is there on the node",
        command:
          "ls -l /opt/cni/bin /etc/cni/net.d; kubectl -n kube-system get pods -o wide | grep -E 'flannel|calico|cilium|weave'",
      },
    ],
  }),
});
