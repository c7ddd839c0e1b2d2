// OOMKilled of any component that has no rule of its own for it.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { oomKilled } from "../../memory-kill.ts";

const kernel = [
  "Memory cgroup out of memory: Killed process {pid#} ({name})",
  "Out of memory: Killed process {pid#} ({name})",
  "OOMKilled",
];
const isReplay =
  /recovering from (WAL|checkpoint)|replaying WAL|(WAL segment|checkpoint) recovery|replay memory ceiling/i;
const patterns = kernel.map(compilePattern);

export const rule = defineRule({
  id: "kubernetes/container-out-of-memory",
  title: "A container of the monitoring stack is OOMKilled: it needs more memory than its limit",
  why: "When a container's processes need more than resources.limits.memory (or the machine has no more), the kernel ends one with SIGKILL: exit code 137, last state OOMKilled. The log ends in the middle, without an error.",
  severity: "critical",
  component: "kubernetes",
  layer: "memory",
  nature: "cause",
  effect: "down",
  phase: "run",
  needs: [],
  needsAny: ["kubernetes.pods", "docker.containers", "text.lines"],
  texts: kernel,
  rivals: [
    {
      rule: "prometheus/probe-kills-start",
      tellApart: "a kill by a probe is exit code 137, too, but the state is not OOMKilled",
    },
  ],
  decideWith:
    "kubectl -n NAMESPACE get pod POD -o jsonpath='{.status.containerStatuses[*].lastState}'; kubectl top pod --containers",
  references: ["https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/"],
  check({ "text.lines": lines }, stack) {
    const findings: FindingDraft[] = [];
    for (const component of stack.components) {
      if (component.kind === "prometheus") continue;
      // loki/wal-replay-out-of-memory tells that story better.
      if (
        component.kind === "loki" &&
        lines.some((line) => line.component === "loki" && isReplay.test(line.text))
      )
        continue;
      const kill = oomKilled(component, lines, patterns);
      if (!kill) continue;
      const limit = component.container?.limits?.memory;
      findings.push({
        subject: { kind: "component", id: component.id },
        component: component.id,
        says: `${component.name} is OOMKilled${limit ? ` at its memory limit of ${limit}` : ""} (exit code 137): it needs more memory than it may use`,
        proof: [{ ...kill.at, ...(kill.excerpt ? { excerpt: kill.excerpt } : {}) }],
        certainty: "proven",
      });
    }
    return findings;
  },
  fix: (finding) => ({
    summary: `Raise resources.limits.memory of ${finding.subject.id} (see its use with kubectl top pod), or give it less to do`,
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "See how much it uses before it is killed",
        command: "kubectl -n NAMESPACE top pod --containers",
      },
    ],
  }),
});
