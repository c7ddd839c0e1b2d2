// A start that takes longer than the probe allows: the kubelet kills it, and the replay begins anew.
import { ownerOf, repair } from "../../change-configuration.ts";
import { allowStart } from "../../change-resources.ts";
import { startBudgetSeconds } from "../../probe-budget.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/probe-kills-start",
  title: "The liveness or startup probe kills Prometheus before its start is finished",
  why: "Replaying the WAL takes minutes on a big or overloaded instance. When it takes longer than initialDelay + period x failureThreshold the kubelet kills the container, and the next start begins the replay from the beginning.",
  severity: "critical",
  component: "prometheus",
  layer: "probe",
  nature: "cause",
  effect: "down",
  phase: "replay",
  texts: [
    "Container prometheus failed liveness probe, will be restarted",
    "Container prometheus failed startup probe, will be restarted",
    "Container {name} failed startup probe, will be restarted",
    "Container {name} failed liveness probe, will be restarted",
    "Liveness probe failed: {error*}",
    "Startup probe failed: {error*}",
  ],
  except: ["statuscode: 401", "statuscode: 404", "statuscode: 400", "HTTP response to HTTPS client"],
  from: ["prometheus", "kubernetes", "kubelet"],
  uses: ["kubernetes.pods", "kubernetes.objects"],
  unconfirmed: "silent",
  confirm: (hit, facts, stack) => {
    const component = hit.component ?? stack.components.find((candidate) => candidate.kind === "prometheus");
    if (
      hit.line.component !== undefined &&
      hit.line.component !== "prometheus" &&
      component?.kind !== "prometheus"
    )
      return { holds: false };
    const isPrometheus = component?.kind === "prometheus" || /prometheus|9090/.test(hit.line.text);
    if (!isPrometheus) return { holds: false };
    const lines = facts["text.lines"].filter((line) => line.component === "prometheus");
    const failed = lines.some(
      (line) =>
        line.level === "error" &&
        /opening storage failed|error loading config|Error opening query log|panic/i.test(line.text),
    );
    const oom = facts["kubernetes.pods"].some((pod) =>
      pod.spec?.containers.some((container) => container.lastState?.reason === "OOMKilled"),
    );
    // a server that answers the probe with an error of its own has started
    const answered = facts["text.lines"].some(
      (line) =>
        /(?:Liveness|Startup) probe failed: .*statuscode: (?:40[0-9]|3\d\d)/i.test(line.text) &&
        (!line.pod || !hit.line.pod || line.pod === hit.line.pod),
    );
    if (failed || oom || answered) return { holds: false };
    const replay = lines.findLast((line) =>
      /Replaying WAL|WAL segment loaded|replaying WAL/i.test(line.text),
    );
    const signal = lines.findLast((line) => /exiting gracefully/i.test(line.text));
    const kills = hit.lines.some((line) => /will be restarted/.test(line.text));
    const many =
      hit.lines.some(
        (line) => /^Liveness/.test(line.text.trim()) || /Liveness probe failed/.test(line.text),
      ) && hit.lines.reduce((sum, line) => sum + (line.count ?? 1), 0) >= 10;
    const budget = startBudgetSeconds(component);
    const says = `The kubelet kills Prometheus by its ${/startup/i.test(hit.line.text) ? "startup" : "liveness"} probe${budget ? `, which allows ${budget.seconds} seconds` : ""}, before the start (WAL replay) is finished`;
    const proof = [
      ...(replay ? [{ ...replay.at, excerpt: replay.text }] : []),
      ...(budget ? [budget.at] : []),
    ];
    if (replay || (kills && signal)) return { holds: true, says, proof };
    if (kills || many) return { holds: true, certainty: "likely", says, proof };
    return {};
  },
  says: () => "The kubelet kills Prometheus by its liveness or startup probe before the start is finished",
  rivals: [
    { rule: "prometheus/out-of-memory", tellApart: "the last state is not OOMKilled" },
    { rule: "prometheus/probe-refused-by-auth", tellApart: "the probe runs into a time-out or 503, not 401" },
  ],
  decideWith: "kubectl -n NAMESPACE logs POD -c prometheus --previous | tail -20",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/issues/3587",
    "https://github.com/prometheus-operator/prometheus-operator/issues/3391",
  ],
  fix: (finding, facts, stack) =>
    repair(
      "Give the start more time: a startup probe that allows 15 minutes",
      "disruptive",
      allowStart(ownerOf(finding, stack), facts, 900),
    ) ?? {
      summary:
        "Give the start more time: operator spec.maximumStartupDurationSeconds: 3600, or raise startupProbe.failureThreshold",
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title: "Raise the start-up budget of the operator's Prometheus",
          command:
            'kubectl -n NAMESPACE patch prometheus NAME --type merge -p \'{"spec":{"maximumStartupDurationSeconds":3600}}\'',
        },
      ],
    },
});
