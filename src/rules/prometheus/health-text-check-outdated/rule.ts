// The alarm is in the check: it looks for a sentence that this version of Prometheus words differently.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Stack } from "../../../model/stack.ts";
import { matches } from "../../line-match.ts";
import { isReady } from "../../pod-state.ts";

const failed = [
  "{url}/-/healthy failure",
  "/-/healthy…unexpected response",
  "/-/healthy…unexpected body",
  "/-/healthy…does not contain",
  "/-/healthy…did not contain",
  "/-/healthy…expected…Prometheus is Healthy",
  "expected…Prometheus is Healthy…got…Prometheus Server is Healthy",
];
const answered = [
  "Prometheus Server is Healthy",
  "Prometheus Agent is Healthy",
  "Prometheus Server is Ready",
];
const failedPatterns = failed.map(compilePattern);
const answeredPatterns = answered.map(compilePattern);

export const rule = defineRule({
  id: "prometheus/health-text-check-outdated",
  title: "A health check expects another text than this Prometheus version prints; Prometheus itself runs",
  why: "/-/healthy answers with status 200 and a sentence for people. Old versions print `Prometheus is Healthy.`, newer ones `Prometheus Server is Healthy.` (and an agent `Prometheus Agent is Healthy.`). A check that looks for the old wording fails although the server is fine. Only the status code is an interface.",
  severity: "warning",
  component: "prometheus",
  layer: "probe",
  nature: "cause",
  effect: "none",
  needs: [],
  needsAny: ["text.lines", "config.documents"],
  uses: ["component.health", "kubernetes.pods"],
  texts: [...failed, ...answered],
  decideWith: "curl -si http://PROMETHEUS:9090/-/healthy",
  references: ["https://prometheus.io/docs/prometheus/latest/management_api/#health-check"],
  check(facts, stack) {
    const script = scriptLine(facts["config.documents"]);
    const complaint = facts["text.lines"].findLast((line) => matches(failedPatterns, line));
    const answer = facts["text.lines"].find((line) => matches(answeredPatterns, line));
    const healthy = facts["component.health"].find(
      ({ body, healthy: isHealthy }) =>
        isHealthy && /Prometheus (?:Server|Agent) is (?:Healthy|Ready)/.test(body),
    );
    const shown = answer?.at ?? healthy?.at;
    const running = runningAt(stack);
    if (!complaint && !(script && shown)) return [];
    if (!script && !shown && !(complaint && /expected|contain/i.test(complaint.text) && running)) return [];
    if (!shown && !running) return [];
    const finding: FindingDraft = {
      subject: { kind: "file", id: script?.source ?? complaint?.at.source ?? "health check" },
      says: `The check looks for the text "Prometheus is Healthy" in the answer of /-/healthy, but this version answers "Prometheus Server is Healthy.": the expected string is outdated, a false alarm; judge the status code`,
      proof: [
        ...(script ? [script] : []),
        ...(complaint ? [{ ...complaint.at, excerpt: complaint.text }] : []),
        ...(shown ? [shown] : []),
        ...(running ? [running] : []),
      ],
      certainty: shown ? "proven" : "likely",
      ...(complaint ? {} : { severity: "notice" as const }),
    };
    return [finding];
  },
  fix: () => ({
    summary:
      "Let the check judge the status code instead of the text: curl -fsS -o /dev/null http://HOST:9090/-/healthy",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Change the check",
        command: "curl -fsS -o /dev/null http://HOST:9090/-/healthy",
      },
    ],
  }),
});

/** The line of a script that holds the old wording. */
function scriptLine(documents: readonly ConfigDocument[]): Place | undefined {
  for (const { kind, text, at, startLine } of documents) {
    if (kind !== "shell-script" && kind !== "ansible-playbook" && kind !== "unknown-yaml") continue;
    if (!text.includes("/-/healthy")) continue;
    const line = text.split("\n").findIndex((row) => /^[^#]{0,300}Prometheus is Healthy/i.test(row));
    if (line >= 0) return { source: at.source, line: (startLine ?? at.line ?? 1) + line };
  }
  return undefined;
}

/** Where it shows that Prometheus runs and is ready. */
function runningAt(stack: Stack): Place | undefined {
  for (const { kind, pods, docker } of stack.components) {
    if (kind !== "prometheus") continue;
    const pod = pods.find((candidate) => candidate.origin === "live" && isReady(candidate));
    if (pod) return pod.at;
    if (docker?.origin === "running" && /^up|running/i.test(docker.statusText ?? docker.state ?? ""))
      return docker.at;
  }
  return undefined;
}
