// The network plugin's binaries are not on the node: no pod sandbox can be made there.
import type { AnsibleFileTask } from "../../../model/ansible.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/cni-plugins-missing",
  title: "The CNI plugin binaries are not installed on this node, so no pod gets a network there",
  why: "The container runtime runs a program from /opt/cni/bin for every plugin of the network configuration (loopback, bridge, portmap, flannel, …). They come with the package kubernetes-cni or containernetworking-plugins, or from a release archive, and have to be on every node, not only on the control plane; the DaemonSet of a network such as flannel installs only its own.",
  severity: "critical",
  component: "kubernetes",
  layer: "network",
  nature: "cause",
  effect: "host-down",
  phase: "schedule",
  from: "any",
  uses: ["ansible.files"],
  texts: [
    'failed to find plugin "{plugin}" in path [{path}]',
    "stat /opt/cni/bin/{plugin}: no such file or directory",
    "fork/exec /opt/cni/bin/{plugin}: no such file or directory",
  ],
  confirm(hit, facts) {
    const tasks = facts["ansible.files"];
    const installing = tasks.filter(isInstall);
    const [first] = installing;
    if (!first) return { holds: true };
    const there = new Set(installing.flatMap(({ hosts }) => groupsOf(hosts)));
    const elsewhere = [...new Set(tasks.flatMap(({ hosts }) => groupsOf(hosts)))].filter(
      (group) => !there.has(group) && !there.has("all") && group !== "localhost",
    );
    if (elsewhere.length === 0) return { holds: true };
    return {
      holds: true,
      proof: [first.at],
      says: `${words(hit.captures)} is missing on the node: the playbook installs the CNI plugins only on ${[...there].join(", ")} (control plane), never on ${elsewhere.join(", ")}`,
    };
  },
  says: ({ captures, line }) =>
    `${words(captures)} is missing on ${line.host ?? "the node"}: the CNI plugins are not installed there (install them on every node, workers too)`,
  decideWith: "ls -l /opt/cni/bin   # on the node the pod was scheduled to",
  references: [
    "https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/",
    "https://github.com/containernetworking/plugins/releases",
  ],
  fix: () => ({
    summary:
      "Install the CNI plugins on every node (package kubernetes-cni or containernetworking-plugins, or the release archive into /opt/cni/bin), in the play that prepares all nodes",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Install the plugins on the node, in the kubelet's architecture and version",
        command: "apt-get install -y kubernetes-cni || apt-get install -y containernetworking-plugins",
      },
    ],
  }),
});

function words(captures: Readonly<Record<string, string>>): string {
  const plugin = captures.plugin?.replace(/[\\"':,]/g, "");
  const path = captures.path?.replace(/[\\"'[\],]/g, "") ?? "/opt/cni/bin";
  return plugin ? `CNI plugin ${plugin} (${path}/${plugin})` : "A CNI plugin binary";
}

/** Not the task that merely makes the directory. */
function isInstall(task: AnsibleFileTask): boolean {
  return (
    task.state !== "directory" &&
    task.module !== "file" &&
    (/^\/opt\/cni\/bin/.test(task.path) || /cni[-_]plugins/.test(task.path))
  );
}

function groupsOf(hosts: string | undefined): readonly string[] {
  return (hosts ?? "").split(/[:,\s]+/).filter((group) => group !== "" && !/^[!&]/.test(group));
}
