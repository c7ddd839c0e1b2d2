// A small catalogue of rule texts: a cause, its rival, its symptom and a habit.
import type { RuleText } from "../../src/report/rule-text.ts";

const cause: RuleText = {
  id: "prometheus/data-dir-not-writable",
  title: "Prometheus may not write to its own data directory",
  why: "The first thing Prometheus writes is a lock file. If its uid owns the directory, only the owner bits count; `fsGroup` is not applied to hostPath volumes, and 2 < 3 | a_b stays text.",
  severity: "critical",
  component: "prometheus",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "storage",
  needs: ["text.lines"],
  uses: ["host.files"],
  texts: [
    "lock DB directory: open {path}/lock: permission denied",
    "opening storage failed…{reason*}",
    "Server is ready",
  ],
  recoveredBy: ["Server is ready"],
  explains: [
    {
      rule: "kubernetes/crash-loop",
      via: "same-component",
      mechanism: "Prometheus exits when it cannot open its storage",
    },
  ],
  rivals: [
    {
      rule: "kubernetes/security-module-denies",
      tellApart: "owner and mode would be right, and the kernel would log a denial",
      decideWith: "ausearch -m avc -ts recent | grep tsdb",
    },
  ],
  references: ["https://prometheus.io/docs/prometheus/latest/storage/", "man 7 path_resolution"],
  decideWith: "stat -c '%u:%g %a' DATA_DIRECTORY",
  fix: () => undefined,
};

const symptom: RuleText = {
  id: "kubernetes/crash-loop",
  title: "A container keeps restarting",
  why: "The kubelet starts a container again after each exit, with growing pauses.",
  severity: "critical",
  component: "kubernetes",
  layer: "runtime",
  nature: "symptom",
  effect: "down",
  needs: ["kubernetes.pods"],
  explainedBy: [
    { effect: "down", via: "same-component" },
    { effect: "host-down", via: "runs-on" },
  ],
  references: [],
};

const habit: RuleText = {
  id: "loki/retention-without-compactor",
  title: "Loki keeps logs for ever although a retention period is set",
  why: "Only the compactor deletes.",
  severity: "notice",
  component: "loki",
  layer: "config",
  nature: "habit",
  effect: "none",
  needs: ["config.documents"],
  references: [],
};

export const ruleTexts: readonly RuleText[] = [cause, symptom, habit];
export { cause, habit, symptom };
