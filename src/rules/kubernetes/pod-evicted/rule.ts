// The node ran out of disk or memory and threw the pod out.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/pod-evicted",
  title: "A pod was evicted because its node (or its own emptyDir limit) ran out of disk or memory",
  why: "Under DiskPressure or MemoryPressure the kubelet evicts pods that use most. A Prometheus without storageSpec keeps its TSDB in an emptyDir on the node's disk: it fills the node, is evicted and loses all its history.",
  severity: "critical",
  component: "kubernetes",
  layer: "node",
  nature: "cause",
  effect: "down",
  phase: "run",
  from: "any",
  texts: [
    "The node was low on resource: {resource}. {detail*}",
    "The node was low on resource: {resource}",
    "The node had condition: [{condition}]",
    'Usage of EmptyDir volume "{volume}" exceeds the limit "{limit}"',
    "Pod ephemeral local storage usage exceeds the total limit of containers {limit}",
    'Container {name} exceeded its local ephemeral storage limit "{limit}"',
  ],
  uses: ["kubernetes.pods"],
  confirm: (hit, facts) => {
    const component = hit.component;
    const spec = component?.workload?.spec ?? component?.pods[0]?.spec;
    const empty = spec?.volumes.find(
      (volume) => volume.type === "emptyDir" && /data|storage|db|prometheus|loki/.test(volume.name),
    );
    const evicted = facts["kubernetes.pods"].find(
      (pod) => pod.statusText === "Evicted" && component?.pods.includes(pod),
    );
    const { resource, condition, volume, limit, detail } = hit.captures;
    const what = volume
      ? `the emptyDir volume ${volume} exceeds its limit ${limit}`
      : condition
        ? `its node had ${condition}`
        : resource
          ? `its node was low on ${resource.replace(/\.$/, "")}${detail ? ` (${detail.slice(0, 140)})` : ""}`
          : `local storage exceeds the limit ${limit ?? ""}`;
    return {
      holds: true,
      says: `${hit.line.pod ? `Pod ${hit.line.pod}` : (component?.name ?? "A pod")} was evicted: ${what}${empty ? `; its data lies in the emptyDir ${empty.name} on the node's disk` : ""}`,
      proof: [...(evicted ? [evicted.at] : []), ...(empty ? [empty.at] : [])],
    };
  },
  says: ({ line }) => line.text,
  rivals: [
    {
      rule: "prometheus/out-of-memory",
      tellApart: "an eviction says Evicted, a container over its own limit OOMKilled",
    },
    { rule: "prometheus/volume-full", tellApart: "there its own claim is full, not the node's disk" },
  ],
  decideWith:
    "kubectl describe node NODE | sed -n '/^Conditions/,/^Addresses/p'; kubectl -n NAMESPACE get pods | grep Evicted",
  references: ["https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/"],
  fix: () => ({
    summary:
      "Free the node's disk (images, logs); give the component a PersistentVolumeClaim (prometheusSpec.storageSpec) and set retentionSize and ephemeral-storage requests",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "See what fills the node",
        command: "df -h /var/lib/kubelet /var/lib/containerd; crictl rmi --prune",
      },
    ],
  }),
});
