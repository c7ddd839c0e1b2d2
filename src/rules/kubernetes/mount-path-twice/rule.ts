// Two volume mounts of one container at the same path: the API server refuses the pod.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const texts = ["volumeMounts[{index#}].mountPath: Invalid value: {path*} must be unique"];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "kubernetes/mount-path-twice",
  title: "A container mounts two volumes at the same path, so the API server refuses the workload",
  why: "Every mountPath of a container must be unique. Charts that mount the configuration and take extraVolumeMounts for the same path, or a patch applied twice, make a pod template that is refused with `must be unique`; the old pods keep running.",
  severity: "critical",
  component: "kubernetes",
  layer: "admission",
  nature: "cause",
  effect: "down",
  phase: "volume",
  needs: [],
  needsAny: ["kubernetes.workloads", "kubernetes.pods", "text.lines"],
  texts,
  decideWith: "kubectl apply --dry-run=server -f FILE",
  references: ["https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#volumes-1"],
  check(facts) {
    const line = facts["text.lines"].findLast((entry) => matches(patterns, entry));
    const specs = [...facts["kubernetes.workloads"], ...facts["kubernetes.pods"]].filter(
      ({ origin }) => origin === "manifest",
    );
    const findings = specs.flatMap((owner): FindingDraft[] =>
      (owner.spec?.containers ?? []).flatMap((container): FindingDraft[] => {
        const mounts = container.mounts ?? [];
        const twice = mounts.find((mount, index) =>
          mounts.slice(0, index).some((other) => trim(other.mountPath) === trim(mount.mountPath)),
        );
        const first = mounts.find((other) => twice && trim(other.mountPath) === trim(twice.mountPath));
        if (!twice || !first) return [];
        const id = `${owner.namespace ? `${owner.namespace}/` : ""}${owner.name}`;
        return [
          {
            subject: { kind: "object", id },
            says: `Container ${container.name} of ${owner.name} mounts ${first.name} and ${twice.name} at ${twice.mountPath}: mountPath must be unique`,
            proof: [first.at, twice.at, ...(line ? [{ ...line.at, excerpt: line.text }] : [])],
            certainty: "proven",
          },
        ];
      }),
    );
    if (findings.length > 0 || !line) return findings;
    const path = /Invalid value: \\?"([^"\\]+)/.exec(line.text)?.[1] ?? "one path";
    return [
      {
        subject: { kind: "object", id: path },
        says: `A container mounts two volumes at ${path}: mountPath must be unique, the API server refuses the workload`,
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: "proven",
      },
    ];
  },
  fix: () =>
    byHand(
      "Remove one of the two volumeMounts (or give it a subPath and another path)",
      "In the pod template",
      undefined,
      "safe",
    ),
});

function trim(path: string): string {
  return path.replace(/(.)\/+$/, "$1");
}
