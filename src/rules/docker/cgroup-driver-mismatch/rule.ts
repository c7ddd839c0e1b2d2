// The kubelet and Docker manage cgroups in two ways.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/cgroup-driver-mismatch",
  title:
    "The kubelet and the container runtime use different cgroup drivers (systemd and cgroupfs), so the kubelet exits",
  why: "Both manage the same cgroup tree. When one uses systemd and the other cgroupfs the kubelet refuses to run, and its node becomes NotReady with everything on it.",
  severity: "critical",
  component: "kubelet",
  layer: "node",
  nature: "cause",
  effect: "host-down",
  phase: "run",
  from: "any",
  texts: [
    "kubelet cgroup driver: {kubelet*} is different from docker cgroup driver: {docker*}",
    "is different from docker cgroup driver",
  ],
  says: ({ line }) => {
    const match = line.text.match(
      /kubelet cgroup driver: \W*(\w+)\W+is different from docker cgroup driver: \W*(\w+)/,
    );
    return `The kubelet's cgroup driver is ${match?.[1] ?? "one"}, Docker's is ${match?.[2] ?? "the other"}: they must be the same, the kubelet exits`;
  },
  subject: (hit) => ({ kind: "node", id: hit.line.host ?? "node" }),
  decideWith: "docker info -f '{{.CgroupDriver}}'; grep cgroupDriver /var/lib/kubelet/config.yaml",
  references: ["https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/configure-cgroup-driver/"],
  fix: () =>
    byHand(
      '"exec-opts": ["native.cgroupdriver=systemd"] in /etc/docker/daemon.json and cgroupDriver: systemd in the kubelet configuration; drain the node, restart docker, then the kubelet',
      "On the node, after draining it",
      "systemctl restart docker kubelet",
    ),
});
