// Pods of one node lose their sandboxes together: the node does that, whatever the pods' own logs say.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import { isReady } from "../../pod-state.ts";

interface Sight {
  readonly pod: string;
  readonly workload: string;
  readonly node: string | undefined;
  readonly count: number;
  readonly restarts: number;
  readonly at: Place;
  readonly restartedLately: boolean;
  readonly isFine: boolean;
}

const often = 3;
const lately = 60 * 60;

export const rule = defineRule({
  id: "kubernetes/node-sandboxes-recreated",
  title:
    "The node itself kills and re-creates the sandboxes of its pods (SandboxChanged on many pods): container runtime, kubelet or CNI, not the workloads",
  why: "`Pod sandbox changed, it will be killed and re-created` on pods of many workloads of one node, system pods too, has its cause below them: containerd or the kubelet restart, the machine rebooted, the CNI configuration changed, or systemd takes the containers' cgroups away because SystemdCgroup in containerd's options and the kubelet's cgroupDriver differ. Containers end cleanly (exit code 0 or 137), probes fail meanwhile, and every pod counts restarts.",
  severity: "critical",
  component: "kubernetes",
  layer: "node",
  nature: "symptom",
  effect: "host-down",
  needs: ["kubernetes.events"],
  uses: ["kubernetes.pods"],
  explainedBy: [
    { effect: "host-down", via: "anything", mechanism: "the node's runtime takes the sandboxes away" },
  ],
  rivals: [
    {
      rule: "docker/cgroup-driver-mismatch",
      tellApart: "that is the usual reason when it goes on and on; the two configuration files show it",
      decideWith:
        "grep -n SystemdCgroup /etc/containerd/config.toml; grep cgroupDriver /var/lib/kubelet/config.yaml",
    },
    {
      rule: "kubernetes/cni-bridge-address-differs",
      tellApart: "there the new sandbox cannot be created (FailedCreatePodSandBox)",
    },
  ],
  decideWith:
    "on the node: uptime; journalctl -u containerd -u kubelet --since -1h | grep -iE 'starting|stopping|sandbox'; grep -n SystemdCgroup /etc/containerd/config.toml; grep cgroupDriver /var/lib/kubelet/config.yaml",
  references: [
    "https://github.com/kubernetes/kubernetes/issues/110177",
    "https://github.com/containerd/containerd/issues/7276",
    "https://kubernetes.io/docs/setup/production-environment/container-runtimes/#containerd-systemd",
  ],
  check(facts) {
    const sights = facts["kubernetes.events"]
      .filter(({ reason, message }) => reason === "SandboxChanged" || /^Pod sandbox changed/.test(message))
      .map((event) => sightOf(event, facts));
    const nodes = new Set(sights.map(({ node }) => node));
    return [...nodes].flatMap((node) =>
      judge(node, unique(sights.filter((sight) => sight.node === node)), facts),
    );
  },
  fix: () => ({
    summary:
      'Repair the node: SystemdCgroup = true under [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options] where the kubelet uses cgroupDriver: systemd, one CNI configuration in /etc/cni/net.d, and look why containerd or the machine restarts; leave the workloads alone',
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "On the node",
        command:
          "journalctl -u containerd -u kubelet --since -1h | tail -50; grep -n SystemdCgroup /etc/containerd/config.toml; grep cgroupDriver /var/lib/kubelet/config.yaml; ls /etc/cni/net.d",
      },
    ],
  }),
});

type Known = Pick<Facts, "kubernetes.events" | "kubernetes.pods">;

function sightOf(event: Known["kubernetes.events"][number], facts: Known): Sight {
  const pod = facts["kubernetes.pods"].find(
    ({ name, namespace, origin }) =>
      origin === "live" &&
      name === event.name &&
      (namespace ?? event.namespace) === (event.namespace ?? namespace),
  );
  return {
    pod: event.namespace ? `${event.namespace}/${event.name}` : event.name,
    workload: `${event.namespace ?? ""}/${pod?.ownerName ?? workloadOf(event.name)}`,
    node: pod?.node,
    count: event.count ?? 1,
    restarts: pod?.restarts ?? 0,
    at: event.at,
    restartedLately: (pod?.lastRestartSecondsAgo ?? Number.POSITIVE_INFINITY) < lately,
    isFine: pod !== undefined && isReady(pod),
  };
}

/** What made the pod, as far as its name tells: without ordinal, hash or random end. */
function workloadOf(name: string): string {
  return name.replace(/-[a-z0-9]{5,10}-[a-z0-9]{5}$|-[a-z0-9]{5}$|-\d+$/, "");
}

function unique(sights: readonly Sight[]): readonly Sight[] {
  const byPod = new Map<string, Sight>();
  for (const sight of sights) {
    const known = byPod.get(sight.pod);
    byPod.set(sight.pod, known ? { ...known, count: known.count + sight.count } : sight);
  }
  return [...byPod.values()];
}

function judge(node: string | undefined, sights: readonly Sight[], facts: Known): FindingDraft[] {
  const workloads = new Set(sights.map(({ workload }) => workload));
  if (sights.length < 3 || workloads.size < 3) return [];
  const again = sights.filter(
    ({ count, restarts, restartedLately }) => count >= often || (restarts >= often && restartedLately),
  );
  const rebooted = facts["kubernetes.events"].find(
    ({ reason, name }) => reason === "Rebooted" && (node === undefined || name === node),
  );
  const goesOn = again.length >= 3 || again.length * 2 > sights.length;
  if (!goesOn && sights.every(({ isFine }) => isFine)) return [];
  const names = sights
    .map(({ pod }) => pod)
    .slice(0, 5)
    .join(", ");
  const where = node === undefined ? "one node (the evidence does not say which)" : `node ${node}`;
  const why = goesOn
    ? "again and again: the node's container runtime does this (containerd's SystemdCgroup against the kubelet's cgroup driver systemd, containerd or kubelet restarting, a changed CNI configuration), not these workloads"
    : rebooted
      ? "once, after the machine was rebooted"
      : "once: the machine, containerd or the kubelet was restarted";
  return [
    {
      subject: { kind: "node", id: node ?? "node" },
      says: `${sights.length} pods of ${workloads.size} workloads on ${where} had their sandbox killed and re-created (SandboxChanged) ${why}: ${names}`,
      proof: [...sights.slice(0, 4).map(({ at }) => at), ...(rebooted ? [rebooted.at] : [])],
      certainty: node === undefined ? "likely" : "proven",
      ...(goesOn ? {} : { severity: "notice" as const }),
      ...(node === undefined ? { concerns: sights.map(({ pod }) => pod) } : {}),
    },
  ];
}
