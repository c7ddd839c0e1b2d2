// A health check that runs a program the image does not have.

import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import type { DocumentEdit, Step } from "../../../model/plan.ts";
import type { Component } from "../../../model/stack.ts";
import { valueAt } from "../../../stack/config-value.ts";
import { isAtLeast, isBefore } from "../../../stack/semver.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { type ContainerFacts, dropHealthcheck, servicesOf } from "../../change-container.ts";
import { changeObject, containerAt } from "../../change-object.ts";
import { textRule } from "../../text-rule.ts";

/** Final stage of the Dockerfile: distroless/static:nonroot from this tag on. */
const shellGoneIn = "3.6.0";

export const rule = textRule({
  id: "loki/image-has-no-shell",
  title: "The health check of the Loki container can never pass: the image has no shell, wget or curl",
  why: "From 3.6.0 on the image grafana/loki is distroless: only the loki binary is in it. A healthcheck (or exec probe) that runs wget, curl or sh ends with executable file not found although Loki is ready; Docker calls it unhealthy, depends_on with service_healthy blocks the rest, auto-heal restarts it.",
  severity: "critical",
  component: "loki",
  layer: "image",
  nature: "cause",
  effect: "not-ready",
  phase: "ready",
  texts: [
    'exec: "wget": executable file not found',
    'exec: "curl": executable file not found',
    'exec: "sh": executable file not found',
    'exec: "/bin/sh": stat /bin/sh: no such file or directory',
    'exec: "/usr/bin/wget": stat /usr/bin/wget: no such file or directory',
    'exec: "/bin/wget": stat /bin/wget: no such file or directory',
  ],
  from: "any",
  uses: ["config.documents", "kubernetes.objects", "docker.containers", "host.versions"],
  unconfirmed: "silent",
  confirm(hit, _facts, stack) {
    const named = hit.component?.kind === "loki" ? [hit.component] : [];
    const candidates = named.length > 0 ? named : stack.components.filter(({ kind }) => kind === "loki");
    for (const component of candidates) {
      const check = checkOf(component);
      const isCurl = /"curl"/.test(hit.line.text);
      if (check && (isCurl || isBefore(component.version, "3.5.8") !== true)) {
        if (!check.command.includes(programOf(hit.line.text))) continue;
        return {
          holds: true,
          proof: [check.at, ...(component.versionAt ? [component.versionAt] : [])],
          says: saysOf(component, check.command),
        };
      }
    }
    const isLoki = hit.component?.kind === "loki" || /\bloki\b/i.test(hit.line.text);
    return isLoki && candidates.every(({ version }) => isBefore(version, "3.5.8") !== true)
      ? { holds: true, certainty: "likely" }
      : {};
  },
  says: ({ line }) =>
    `The check of the Loki container runs ${programOf(line.text)}, which the image does not have (distroless since ${shellGoneIn}): remove the healthcheck or probe /ready from outside`,
  fromFiles: (_facts, stack) =>
    stack.components.flatMap((component): FindingDraft[] => {
      if (component.kind !== "loki" || isAtLeast(component.version, shellGoneIn) !== true) return [];
      const check = checkOf(component);
      if (
        !check ||
        component.docker?.health === "healthy" ||
        /\(healthy\)/.test(component.docker?.statusText ?? "")
      )
        return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: saysOf(component, check.command),
          proof: [check.at, ...(component.versionAt ? [component.versionAt] : [])],
          certainty: "proven",
        },
      ];
    }),
  rivals: [
    {
      rule: "docker/healthcheck-resolves-ipv6",
      tellApart: "there the program exists and is refused, for localhost is ::1",
    },
  ],
  decideWith:
    "docker inspect -f '{{json .State.Health.Log}}' LOKI; curl -s -o /dev/null -w '%{http_code}\\n' http://LOKI_IP:3100/ready   # 200: Loki is fine, the check is not",
  references: [
    "https://github.com/grafana/loki/blob/v3.6.0/cmd/loki/Dockerfile",
    "https://grafana.com/docs/loki/latest/setup/upgrade/",
  ],
  fix: (finding, facts, stack) =>
    repair(
      "Take away the check that can never succeed; in a pod the kubelet asks /ready itself",
      "disruptive",
      [
        ...servicesOf(ownerOf(finding, stack)?.docker, facts).flatMap(dropHealthcheck),
        ...httpProbes(ownerOf(finding, stack), facts),
      ],
    ) ?? {
      summary:
        "Remove the healthcheck from the Loki container (depends_on: condition: service_started) and probe http://loki:3100/ready from outside; in Kubernetes use an httpGet probe",
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title:
            "Take healthcheck: out of the service and use condition: service_started where others depend on it",
        },
        { do: "by-hand", title: "Create the container anew", command: "docker compose up -d" },
      ],
    },
});

function programOf(text: string): string {
  return /exec: [\\"]*([\w/.-]{1,80})/.exec(text)?.[1]?.split("/").at(-1) ?? "a shell";
}

function saysOf(component: Component, command: string): string {
  return `The check of ${component.name} runs \`${command.slice(0, 160)}\`, but the image${component.version ? ` of Loki ${component.version}` : ""} has no shell, wget or curl (distroless since ${shellGoneIn}): it stays unhealthy although /ready may answer 200. Remove the healthcheck or probe /ready from outside`;
}

interface Check {
  readonly command: string;
  readonly at: Place;
}

/** A check inside the container that needs more than Loki's own binary. */
function checkOf(component: Component): Check | undefined {
  const docker = [component.docker, component.docker?.declared].find((entry) => entry?.healthcheck);
  const test = docker?.healthcheck ?? [];
  const words =
    test[0] === "CMD" ? test.slice(1) : test[0] === "CMD-SHELL" ? ["sh", "-c", ...test.slice(1)] : test;
  if (docker && needsTools(words))
    return { command: words.join(" "), at: docker.fieldsAt?.healthcheck ?? docker.at };
  const { container } = component;
  const probes = [container?.startupProbe, container?.livenessProbe, container?.readinessProbe];
  const exec = probes.find((probe) => probe?.type === "exec" && needsTools(probe.command ?? []));
  return exec ? { command: (exec.command ?? []).join(" "), at: exec.at } : undefined;
}

function needsTools(words: readonly string[]): boolean {
  return /(?:^|\/)(?:sh|bash|ash|wget|curl|nc|busybox)(?:$|\s)/.test(words[0] ?? "");
}

/** exec probes as httpGet of /ready; their times stay. */
function httpProbes(component: Component | undefined, facts: ContainerFacts): readonly Step[] {
  const { workload, container } = component ?? {};
  if (!workload) return [];
  const named = container?.ports?.find(({ name }) => /http/.test(name ?? ""));
  const port = named?.name ?? 3100;
  return changeObject(facts, workload, "Let the kubelet ask /ready over HTTP", (value) => {
    const at = containerAt(value, container?.name);
    if (!at) return [];
    return ["startupProbe", "livenessProbe", "readinessProbe"].flatMap((probe): DocumentEdit[] =>
      valueAt(value, ...at, probe, "exec") === undefined
        ? []
        : [
            { op: "set", path: [...at, probe, "httpGet"], value: { path: "/ready", port } },
            { op: "remove", path: [...at, probe, "exec"] },
          ],
    );
  });
}
