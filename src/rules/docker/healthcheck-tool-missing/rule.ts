// A health check that needs wget, curl or a shell in an image that has none.
import type { DockerContainer } from "../../../model/docker.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import { isAtLeast } from "../../../stack/semver.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { dropHealthcheck, servicesOf } from "../../change-container.ts";
import { matches } from "../../line-match.ts";

const texts = [
  'exec: "wget": executable file not found in $PATH',
  'exec: "curl": executable file not found in $PATH',
  'exec: "/bin/sh": stat /bin/sh: no such file or directory',
  'exec: "sh": executable file not found in $PATH',
  "wget: not found",
  "curl: not found",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "docker/healthcheck-tool-missing",
  title:
    "The container counts as unhealthy because its health check calls a tool that the image does not have",
  why: "The check runs inside the container. Alloy's image has neither wget nor curl, distroless images have no shell, Prometheus' image has wget (BusyBox) and no curl. The check fails for ever while the program serves, and `depends_on: condition: service_healthy` keeps its clients from starting.",
  severity: "critical",
  component: "docker",
  layer: "probe",
  nature: "cause",
  effect: "not-ready",
  phase: "ready",
  needs: [],
  needsAny: ["docker.containers", "text.lines"],
  uses: ["config.documents", "kubernetes.objects"],
  texts,
  rivals: [
    { rule: "docker/healthcheck-resolves-ipv6", tellApart: "there the tool runs and is refused on ::1" },
    { rule: "loki/image-has-no-shell", tellApart: "that is the same for Loki's image" },
  ],
  decideWith: "docker inspect -f '{{json .State.Health.Log}}' CONTAINER",
  references: [
    "https://docs.docker.com/reference/dockerfile/#healthcheck",
    "https://grafana.com/docs/alloy/latest/set-up/install/docker/",
  ],
  check({ "text.lines": lines, "docker.containers": containers }, stack) {
    const line = lines.findLast((entry) => matches(patterns, entry) && !isAboutLoki(entry.text));
    const known = stack.components.flatMap((component): FindingDraft[] => {
      const container = component.docker;
      const tool = container?.healthcheck && missingTool(component, container);
      if (!container || !tool) return [];
      const isSeen =
        /unhealthy/.test(`${container.health ?? ""} ${container.statusText ?? ""}`) || line !== undefined;
      return [draft(component.id, container, tool, line, isSeen)];
    });
    if (known.length > 0 || !line) return known;
    const checked = containers.filter(
      ({ healthcheck, image }) =>
        healthcheck?.some((word) => /wget|curl|\bsh\b/.test(word)) && !/loki/.test(image ?? ""),
    );
    const [container] = checked;
    if (!container || checked.length > 1) return [];
    const tool =
      /"?(wget|curl|sh|\/bin\/sh)"?(?:: executable|: stat|: not found)/.exec(line.text)?.[1] ?? "the tool";
    return [draft(container.name, container, tool, line, true)];
  },
  fix: (finding, facts, stack) =>
    repair(
      "Take away the check that can never succeed, and probe from outside",
      "disruptive",
      servicesOf(ownerOf(finding, stack)?.docker, facts).flatMap(dropHealthcheck),
    ) ??
    byHand(
      "Remove the health check and probe from outside, or use what the image has: Prometheus and Alertmanager wget (BusyBox) or promtool check healthy, Grafana wget or curl, Loki -health (3.6.15, 3.7 and newer)",
      "In the compose file, healthcheck of that service",
      undefined,
      "safe",
    ),
});

function draft(
  id: string,
  container: DockerContainer,
  tool: string,
  line: { at: { source: string; line?: number }; text: string } | undefined,
  isSeen: boolean,
): FindingDraft {
  return {
    subject: { kind: "component", id },
    says: `The health check of ${container.name} calls ${tool}, which its image${container.image ? ` ${container.image}` : ""} does not have: it can never become healthy`,
    proof: [
      container.fieldsAt?.healthcheck ?? container.at,
      ...(line ? [{ ...line.at, excerpt: line.text }] : []),
    ],
    certainty: line ? "proven" : "likely",
    ...(isSeen ? {} : { severity: "warning" as const }),
  };
}

/** What the official images are known to lack. Sources: their Dockerfiles. */
function missingTool(
  { kind, image, version }: Component,
  { healthcheck }: DockerContainer,
): string | undefined {
  const words = healthcheck?.join(" ") ?? "";
  const tool = /\b(wget|curl)\b/.exec(words)?.[1];
  const isOfficial = /^(?:docker\.io\/)?(?:grafana|prom|quay\.io\/prometheus)\/[\w-]+(?::|$)/.test(
    image ?? "",
  );
  if (!isOfficial) return undefined;
  if (/distroless/.test(image ?? "")) return tool ?? (/\bsh\b|CMD-SHELL/.test(words) ? "sh" : undefined);
  if (kind === "alloy" && tool && isAtLeast(version, "1.0.0") !== false) return tool;
  return tool === "curl" && (kind === "prometheus" || kind === "alertmanager" || kind === "node-exporter")
    ? tool
    : undefined;
}

function isAboutLoki(text: string): boolean {
  return /\bloki\b/i.test(text);
}
