// The kubelet's cAdvisor reports cgroups without container, image and pod.
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { matches } from "../../line-match.ts";

const texts = [
  'container_cpu_usage_seconds_total{container="",…image="",',
  'container_memory_working_set_bytes{container="",…image="",',
  "container_{metric}…without container, image and pod labels",
  "no image label",
  "container label is empty",
  "cAdvisor metrics…missing…label",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "cadvisor/container-labels-missing",
  title:
    "cAdvisor metrics have no container, image and pod labels, because cAdvisor cannot read the container runtime",
  why: 'cAdvisor (inside the kubelet or alone) fills these labels from the container runtime. Kubernetes 1.24 removed the Docker support (with cri-dockerd they stay empty), a restarted runtime or another cgroup driver loses them: queries with image!="" or container!="" return nothing and all Compute Resources dashboards are empty, while the targets are up.',
  severity: "warning",
  component: "cadvisor",
  layer: "version",
  nature: "cause",
  effect: "no-answer",
  needs: [],
  needsAny: ["metrics.samples", "text.lines"],
  uses: ["kubernetes.nodes"],
  texts,
  decideWith:
    "kubectl get --raw /api/v1/nodes/NODE/proxy/metrics/cadvisor | grep -c 'image=\"[^\"]'; kubectl get nodes -o wide",
  references: [
    "https://github.com/kubernetes/kubernetes/issues/111077",
    "https://github.com/google/cadvisor/issues/3572",
  ],
  check(facts) {
    const samples = facts["metrics.samples"].filter((sample) => /^container_(cpu|memory)_/.test(sample.name));
    const bare = samples.filter(
      (sample) => !sample.labels.image && !sample.labels.container && !sample.labels.name,
    );
    const pods = bare.filter(
      (sample) =>
        (/kubepods|\/docker\/|cri-containerd|\.scope/.test(sample.labels.id ?? "") &&
          !/libpod/.test(sample.labels.id ?? "")) ||
        sample.labels.image === "",
    );
    const line = facts["text.lines"].findLast((entry) => matches(patterns, entry));
    const fromSamples = samples.length > 0 && bare.length === samples.length && pods.length > 0;
    if (!fromSamples && !(line && samples.length === bare.length)) return [];
    const node =
      facts["kubernetes.nodes"].find((entry) => /docker/.test(entry.runtime ?? "")) ??
      facts["kubernetes.nodes"].find((entry) => entry.runtime);
    const proof: ProofDraft[] = [
      ...(fromSamples && pods[0] ? [pods[0].at] : []),
      ...(line ? [{ ...line.at, excerpt: line.text }] : []),
      ...(node ? [node.at] : []),
    ];
    const finding: FindingDraft = {
      subject: { kind: "component", id: "cadvisor" },
      says: `container_* series have empty container, image and pod labels${node ? `; the node runs ${node.runtime}${node.version ? ` with kubelet ${node.version}` : ""}` : ""}: cAdvisor gets no metadata from the container runtime${/docker/.test(node?.runtime ?? "") ? " (Docker support was removed in Kubernetes 1.24)" : ""}`,
      proof,
      certainty: fromSamples ? "proven" : "likely",
    };
    return [finding];
  },
  fix: () => ({
    summary:
      "Move the nodes from Docker (cri-dockerd) to containerd; after a mere restart of the runtime restart the kubelet. As a way around run cAdvisor on its own and set kubelet.serviceMonitor.cAdvisor=false",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "See runtime and versions", command: "kubectl get nodes -o wide" }],
  }),
});
