// The program in the image is built for another processor.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/image-wrong-architecture",
  title: "The image is built for another processor architecture than the node's (exec format error)",
  why: "An image with one architecture only (older kube-state-metrics and kube-rbac-proxy, a home-made build) is pulled on a node of another one, and the kernel cannot run its program: exec format error, at once, on those nodes only.",
  severity: "critical",
  component: "kubernetes",
  layer: "image",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    "exec user process caused: exec format error",
    'exec user process caused "exec format error"',
    "exec {path}: exec format error",
    "{path}: exec format error",
    "cannot execute binary file: Exec format error",
    "The requested image's platform ({image}) does not match the detected host platform ({host})",
  ],
  uses: ["kubernetes.nodes", "kubernetes.pods", "docker.containers"],
  confirm: (hit, facts) => {
    if (
      /requested image's platform/.test(hit.line.text) &&
      !hit.lines.some((line) => /exec format error/i.test(line.text))
    )
      return { holds: false };
    const node =
      facts["kubernetes.nodes"].find((entry) => entry.arch && entry.arch !== "amd64") ??
      facts["kubernetes.nodes"].find((entry) => entry.arch);
    const image = hit.component?.image;
    return {
      holds: true,
      says: `${hit.component?.name ?? hit.line.container ?? "The container"}${image ? ` (${image})` : ""}: exec format error: the image is built for another architecture than the node${node?.arch ? ` (${node.name} is ${node.arch})` : ""}`,
      proof: node ? [node.at] : [],
    };
  },
  says: ({ line }) => line.text,
  rivals: [
    {
      rule: "kubernetes/image-pull-failed",
      tellApart: "there the image cannot be pulled at all (no match for platform in manifest)",
    },
  ],
  decideWith: "kubectl get nodes -L kubernetes.io/arch; docker manifest inspect IMAGE | grep architecture",
  references: [
    "https://github.com/prometheus-operator/kube-prometheus/issues/750",
    "https://github.com/kubernetes/kube-state-metrics/issues/1340",
  ],
  fix: () => ({
    summary:
      "Use a multi-arch tag of the image (or the one for that architecture), or keep the pod on fitting nodes with nodeSelector kubernetes.io/arch",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See for which platforms the image is built",
        command: "docker manifest inspect IMAGE | grep architecture",
      },
    ],
  }),
});
