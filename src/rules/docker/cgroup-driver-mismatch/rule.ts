// The kubelet and Docker manage cgroups in two ways.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import { listAt, placeOf, textAt } from "../../../stack/config-value.ts";
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/cgroup-driver-mismatch",
  title:
    "The kubelet and the container runtime use different cgroup drivers (systemd and cgroupfs), so the kubelet exits",
  why: "Both manage the same cgroup tree. With Docker the kubelet refuses to run and its node becomes NotReady; with containerd it runs, and systemd takes the containers' cgroups away: all pods of the node restart again and again with exit code 0 and SandboxChanged events, whatever their logs say. In containerd's file SystemdCgroup counts only in the options of the runtime (…runtimes.runc.options).",
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
  uses: ["config.documents"],
  fromFiles: ({ "config.documents": documents }) => {
    const kubelet = documents.find(({ value }) => textAt(value, "kind") === "KubeletConfiguration");
    // kubeadm writes it; without the key the kubelet's own default depends on its version
    const driver = kubelet && textAt(kubelet.value, "cgroupDriver");
    if (!kubelet || !driver) return [];
    return documents.flatMap((document): FindingDraft[] => {
      if (document.kind === "docker-daemon") {
        const other = listAt(document.value, "exec-opts")
          .map((entry) => /native\.cgroupdriver=(\w+)/.exec(String(entry))?.[1])
          .find(Boolean);
        return other && other !== driver
          ? [filesDraft(kubelet, driver, document, "Docker", other, ["exec-opts"])]
          : [];
      }
      if (document.kind !== "containerd" || document.fragment) return [];
      const found = systemdCgroup(document.value);
      const isRight = found.some(
        ({ path, value }) => path.includes("options") && value === (driver === "systemd"),
      );
      if (isRight) return [];
      const misplaced = found.find(({ path }) => !path.includes("options"));
      const wrong = found.find(({ path }) => path.includes("options"));
      if (driver !== "systemd" && !wrong) return [];
      const where =
        misplaced && !wrong
          ? ` (SystemdCgroup stands in ${misplaced.path.slice(0, -1).join(".")}, not in the options of the runtime, and is ignored)`
          : "";
      return [
        filesDraft(
          kubelet,
          driver,
          document,
          `containerd${where}`,
          wrong?.value ? "systemd" : "cgroupfs",
          (wrong ?? misplaced)?.path ?? [],
        ),
      ];
    });
  },
  decideWith: "docker info -f '{{.CgroupDriver}}'; grep cgroupDriver /var/lib/kubelet/config.yaml",
  references: ["https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/configure-cgroup-driver/"],
  fix: () =>
    byHand(
      '"exec-opts": ["native.cgroupdriver=systemd"] in /etc/docker/daemon.json and cgroupDriver: systemd in the kubelet configuration; drain the node, restart docker, then the kubelet',
      "On the node, after draining it",
      "systemctl restart docker kubelet",
    ),
});

interface Found {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Every SystemdCgroup of the file, wherever it stands. */
function systemdCgroup(value: unknown, path: readonly string[] = []): Found[] {
  if (!isRecord(value) || path.length > 12) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "SystemdCgroup" ? [{ path: [...path, key], value: item }] : systemdCgroup(item, [...path, key]),
  );
}

function filesDraft(
  kubelet: ConfigDocument,
  driver: string,
  document: ConfigDocument,
  runtime: string,
  other: string,
  path: readonly string[],
): FindingDraft {
  return {
    subject: { kind: "node", id: document.host ?? kubelet.host ?? "node" },
    says: `The kubelet's cgroup driver is ${driver}, ${runtime} uses ${other}: both manage the same cgroups, so containers of the node are stopped and started again (SandboxChanged)`,
    proof: [placeOf(kubelet, "cgroupDriver"), placeOf(document, ...path)],
    certainty: "proven",
  };
}
