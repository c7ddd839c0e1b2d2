// The folder of the node that a hostPath volume wants is not there, or is something else.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/host-path-check-failed",
  title:
    "A hostPath volume names a path that the node does not have (hostPath type check failed), so the pod stays in ContainerCreating",
  why: "With type Directory, File or Socket the kubelet checks the path on the node before it starts the pod. /var/lib/docker/containers does not exist on nodes with containerd, docker.sock neither; an immutable distribution has other paths.",
  severity: "critical",
  component: "kubernetes",
  layer: "storage",
  nature: "cause",
  effect: "not-ready",
  phase: "volume",
  from: "any",
  texts: ["hostPath type check failed: {path} is not a {kind}"],
  says: ({ line }) => {
    const [, path, kind] = /check failed: (\S{1,300}) is not a (\w+(?: \w+)?)/.exec(line.text) ?? [];
    const docker = /docker/.test(path ?? "") ? ": this node has no Docker (it uses containerd or CRI-O)" : "";
    return `${path ?? "The hostPath"} is not a ${kind ?? "directory"} on the node${docker}, so the kubelet does not start the pod`;
  },
  decideWith: "kubectl get node -o wide; ls -ld PATH on the node",
  references: ["https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"],
  fix: (finding) =>
    byHand(
      /no Docker/.test(finding.says)
        ? "Take that volume out of the DaemonSet (Promtail on containerd needs /var/log/pods only; values: defaultVolumes, defaultVolumeMounts), or name the runtime's own path"
        : "Make the path on every node, correct it, or set type: DirectoryOrCreate",
      "In the volumes of the DaemonSet",
      "kubectl get ds -n NAMESPACE -o yaml | grep -A3 hostPath",
    ),
});
