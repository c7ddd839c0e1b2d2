// OOMKilled in normal work or in the middle of the WAL replay: the limit is below what series and queries need.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { raiseMemoryLimit } from "../../change-resources.ts";
import { matches } from "../../line-match.ts";
import { oomKilled } from "../../memory-kill.ts";

const replay = [
  "Replaying WAL, this may take a while",
  "replaying WAL, this may take awhile",
  "WAL segment loaded",
];
const kernel = [
  "Memory cgroup out of memory: Killed process {pid#} ({name})",
  "Out of memory: Killed process {pid#} ({name})",
  "oom-kill:constraint=",
  "OOMKilled",
  "fatal error: runtime: out of memory",
  "OOM kill",
];
const done = ["WAL replay completed", "Server is ready to receive web requests"];
const [replayPatterns, donePatterns, kernelPatterns] = [replay, done, kernel].map((texts) =>
  texts.map(compilePattern),
);

export const rule = defineRule({
  id: "prometheus/out-of-memory",
  title: "Prometheus is killed because it needs more memory than its limit (OOMKilled)",
  why: "Memory follows the number of active series and the queries, not the retention. A limit below that ends the process with SIGKILL. During the WAL replay the whole head is built up again, so a restart needs the memory that just was not there: the pod loops.",
  severity: "critical",
  component: "prometheus",
  layer: "memory",
  nature: "cause",
  effect: "down",
  phase: "run",
  needs: [],
  needsAny: ["kubernetes.pods", "docker.containers", "text.lines"],
  uses: ["kubernetes.objects"],
  texts: [...replay, ...kernel, ...done],
  rivals: [
    {
      rule: "prometheus/probe-kills-start",
      tellApart:
        "the last state says OOMKilled; a kill by a probe has an event `failed … probe, will be restarted`",
    },
  ],
  decideWith: "kubectl -n NAMESPACE get pod POD -o jsonpath='{.status.containerStatuses[*].lastState}'",
  references: [
    "https://github.com/prometheus/prometheus/issues/6934",
    "https://github.com/prometheus/prometheus/issues/13939",
  ],
  check({ "text.lines": lines }, stack) {
    const findings: FindingDraft[] = [];
    for (const component of stack.components.filter((candidate) => candidate.kind === "prometheus")) {
      const kill = oomKilled(component, lines, kernelPatterns ?? []);
      if (!kill) continue;
      const own = lines.filter((line) => line.component === "prometheus");
      const replaying = own.findLast((line) => matches(replayPatterns ?? [], line));
      const finished = own.some(
        (line) => matches(donePatterns ?? [], line) && line.index > (replaying?.index ?? 0),
      );
      const during =
        replaying && !finished ? " while it replays the WAL; every restart begins the replay anew" : "";
      const limit = component.container?.limits?.memory;
      findings.push({
        subject: { kind: "component", id: component.id },
        component: component.id,
        says: `${component.name} is OOMKilled${limit ? ` at its memory limit of ${limit}` : ""}${during}`,
        proof: [
          { ...kill.at, ...(kill.excerpt ? { excerpt: kill.excerpt } : {}) },
          ...(during && replaying ? [{ ...replaying.at, excerpt: replaying.text }] : []),
        ],
        certainty: "proven",
      });
    }
    return findings;
  },
  fix: (finding, facts, stack) =>
    repair(
      "Raise the memory limit, then find the series that grew (api/v1/status/tsdb); lowering retention does not help",
      "disruptive",
      raiseMemoryLimit(ownerOf(finding, stack), facts, leastBytes),
    ) ?? {
      summary:
        "Raise the memory limit (for one successful start at least), then find the series that grew; lowering retention does not help",
      risk: "disruptive",
      steps: [
        {
          do: "by-hand",
          title: "See which metrics have most series",
          command: "curl -s http://PROMETHEUS:9090/api/v1/status/tsdb",
        },
      ],
    },
});

/** What a server with a few thousand series needs; below that a doubled limit is met again at once. */
const leastBytes = 512 * 1024 ** 2;
