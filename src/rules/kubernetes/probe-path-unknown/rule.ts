// The probe asks for a path the program does not serve: 404 for ever.

import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { DocumentEdit, Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import { textAt } from "../../../stack/config-value.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeObject, containerAt, type ObjectFacts } from "../../change-object.ts";
import { matches } from "../../line-match.ts";

/** What each program serves, and answers with 200 when it is well. Others redirect or answer everything. */
const served: Readonly<Record<string, { readonly paths: RegExp; readonly right: string }>> = {
  prometheus: {
    paths: /\/-\/(ready|healthy)$|^\/$|\/metrics$|\/graph$|\/query$|\/status$/,
    right: "/-/ready",
  },
  alertmanager: { paths: /\/-\/(ready|healthy)$|^\/$|\/metrics$|\/api\/v2\/status$/, right: "/-/ready" },
  loki: {
    paths: /\/(ready|metrics|services|config|ring)$|\/loki\/api\/v1\/(status\/buildinfo|labels)$/,
    right: "/ready",
  },
  promtail: { paths: /\/(ready|metrics|targets|config)$|^\/$/, right: "/ready" },
  alloy: { paths: /\/-\/(ready|healthy)$|\/metrics$|^\/$/, right: "/-/ready" },
};
const texts = ["probe failed: HTTP probe failed with statuscode: 404"];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "kubernetes/probe-path-unknown",
  title:
    "A probe asks for a path that the program does not serve, so it gets 404 and the pod never becomes Ready",
  why: "Each program has its own health endpoint: /-/ready and /-/healthy for Prometheus, Alertmanager and Alloy, /ready for Loki and Promtail, /api/health for Grafana. A probe for another path (/health, /healthz) is answered 404 by a healthy program: never Ready, or killed by the liveness probe.",
  severity: "critical",
  component: "kubernetes",
  layer: "probe",
  nature: "cause",
  effect: "not-ready",
  phase: "ready",
  needs: [],
  needsAny: ["kubernetes.pods", "kubernetes.workloads", "text.lines"],
  uses: ["config.documents", "kubernetes.objects"],
  texts,
  rivals: [
    {
      rule: "prometheus/probe-misses-route-prefix",
      tellApart: "there the path is right but for the prefix of --web.external-url",
    },
  ],
  decideWith:
    "kubectl -n NAMESPACE get pod POD -o yaml | grep -A8 -E 'readinessProbe|livenessProbe|startupProbe'",
  references: [
    "https://prometheus.io/docs/prometheus/latest/management_api/",
    "https://grafana.com/docs/loki/latest/reference/loki-http-api/",
  ],
  check({ "text.lines": lines }, stack) {
    const findings: FindingDraft[] = [];
    for (const component of stack.components) {
      const known = served[component.kind];
      const container = component.container;
      if (
        !known ||
        !container ||
        component.args.some((arg) => /route-prefix|path-prefix|external-url=\S+\/\/[^/]+\/\S/.test(arg.text))
      )
        continue;
      const probes = [container.readinessProbe, container.startupProbe, container.livenessProbe];
      const wrong = probes.find(
        (probe) =>
          probe?.type === "http" &&
          probe.path !== undefined &&
          !known.paths.test(probe.path.replace(/\?.*$/, "")),
      );
      if (!wrong) continue;
      const kind =
        wrong === container.readinessProbe
          ? "readiness"
          : wrong === container.startupProbe
            ? "startup"
            : "liveness";
      const seen = lines.findLast(
        (line) =>
          matches(patterns, line) && (line.component === undefined || line.component === component.kind),
      );
      findings.push({
        subject: { kind: "component", id: component.id },
        component: component.id,
        says: `The ${kind} probe of ${component.name} asks for ${wrong.path}, which ${component.kind} does not serve (404); its path is ${known.right}`,
        proof: [wrong.at, ...(seen ? [{ ...seen.at, excerpt: seen.text }] : [])],
        certainty: seen ? "proven" : "likely",
      });
    }
    return findings;
  },
  fix: (finding, facts, stack) =>
    repair(
      "Let the probes ask what the program serves",
      "disruptive",
      rightPath(ownerOf(finding, stack), facts),
    ) ?? {
      summary: `Set httpGet.path of the probe to ${finding.says.match(/its path is (\S+)/)?.[1] ?? "the program's health endpoint"}`,
      risk: "disruptive",
      steps: [{ do: "by-hand", title: "Correct the probe's path in the pod template" }],
    },
});

function rightPath(component: Component | undefined, facts: ObjectFacts): readonly Step[] {
  const { workload, container, kind } = component ?? {};
  const known = served[kind ?? ""];
  if (!workload || !known) return [];
  return changeObject(facts, workload, `Let the probes ask ${known.right}`, (value) => {
    const at = containerAt(value, container?.name);
    if (!at) return [];
    return ["startupProbe", "readinessProbe", "livenessProbe"].flatMap((probe): DocumentEdit[] => {
      const path = [...at, probe, "httpGet", "path"];
      const stands = textAt(value, ...path);
      if (stands === undefined || known.paths.test(stands.replace(/\?.*$/, ""))) return [];
      const right = probe === "livenessProbe" ? known.right.replace("-/ready", "-/healthy") : known.right;
      return [{ op: "replace", path, value: right, expect: stands }];
    });
  });
}
