// An exporter that runs and that no target leads to: the list of targets was made before the host, or without it.
import type { ScrapeTarget } from "../../../model/api.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import { byHand } from "../../by-hand.ts";
import { hostOfUrl, namesOf } from "../../failing-towards.ts";

const exporters = new Set(["node-exporter", "cadvisor"]);

export const rule = defineRule({
  id: "prometheus/host-not-scraped",
  title: "A host's exporter runs, but no target of Prometheus leads to it",
  why: "Prometheus knows only what its target lists say. A host that was added after the list was rendered, left out of the inventory, or listed under an address it no longer has, is not scraped; nothing turns red, because nobody asks for it. Dashboards and alerts simply lack the host.",
  severity: "warning",
  component: "prometheus",
  layer: "discovery",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: ["prometheus.targets"],
  uses: ["host.addresses"],
  rivals: [
    {
      rule: "prometheus/relabelling-deletes-label",
      tellApart: "there the host is discovered, and relabelling drops it",
    },
  ],
  decideWith:
    'curl -s http://PROMETHEUS:9090/api/v1/targets | grep -o \'"scrapeUrl":"[^"]*"\'; cat the file_sd files of the job',
  references: [
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config",
    "https://prometheus.io/docs/guides/file-sd/",
  ],
  check(facts, stack) {
    const targets = facts["prometheus.targets"].filter((target) => target.dropped !== true);
    const hosts = new Set(stack.components.flatMap(({ host }) => host ?? []));
    const known = new Set([...hosts].flatMap((host) => [...namesOf(host, facts)]));
    return stack.components.flatMap((component): FindingDraft[] => {
      if (!exporters.has(component.kind) || component.host === undefined || !isRunning(component)) return [];
      const names = namesOf(component.host, facts);
      if (isScraped(component, stack, targets, names)) return [];
      // The same kind of exporter is scraped elsewhere: so it is meant to be, by this Prometheus.
      const sibling = siblingOf(component, stack);
      if (sibling === undefined) return [];
      const stale = targets.filter((target) => target.health === "down" && !known.has(hostOf(target) ?? ""));
      const aside =
        stale.length > 0
          ? `; ${stale.map((target) => hostOf(target)).join(", ")} in its list belongs to no host that was looked at`
          : "";
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${component.kind} runs on ${component.host}, but none of the ${targets.length} targets of Prometheus leads there, while ${sibling.id} is scraped${aside}`,
          proof: [
            component.at,
            ...targets.slice(0, 1).map(({ at }) => at),
            ...stale.slice(0, 2).map(({ at }) => at),
          ],
          certainty: "proven",
          concerns: [component.id, ...stale.flatMap((target) => hostOf(target) ?? [])],
        },
      ];
    });
  },
  fix: (finding) =>
    byHand(
      "Put the host into the job's targets (its file_sd file or static_configs) under the name and port it answers on; file_sd is read again by itself, prometheus.yml needs a reload",
      `Add the target of ${finding.subject.id}`,
      "curl -s http://PROMETHEUS:9090/api/v1/targets?state=active",
    ),
});

function hostOf({ scrapeUrl }: ScrapeTarget): string | undefined {
  return scrapeUrl === undefined ? undefined : hostOfUrl(scrapeUrl);
}

function isRunning({ docker }: Component): boolean {
  return docker?.origin === "running" && docker.state === "running";
}

function isScraped(
  component: Component,
  stack: Stack,
  targets: readonly ScrapeTarget[],
  names: ReadonlySet<string>,
): boolean {
  if (stack.relations.some(({ kind, to }) => kind === "scrapes" && to === component.id)) return true;
  // Under another name for the same machine, or by way of something else there: the relation may not be drawn.
  return targets.some((target) => {
    const host = hostOf(target);
    return (
      host !== undefined &&
      (names.has(host) ||
        [target.instance, ...Object.values(target.labels)].some(
          (value) => value !== undefined && names.has(value),
        ))
    );
  });
}

function siblingOf(component: Component, stack: Stack): Component | undefined {
  return stack.components.find(
    (other) =>
      other.kind === component.kind &&
      other.id !== component.id &&
      stack.relations.some(({ kind, to, works }) => kind === "scrapes" && to === other.id && works === true),
  );
}
