// An exporter that runs and that no target leads to: the list of targets was made before the host, or without it.
import type { ScrapeTarget } from "../../../model/api.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { DocumentEdit, Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import { kindOfPort } from "../../../stack/identify.ts";
import { byHand } from "../../by-hand.ts";
import { editStep, filesOf, ownerOf, readAgain, repair, valuesIn } from "../../change-configuration.ts";
import { addressOf } from "../../change-running.ts";
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
  uses: ["host.addresses", "config.documents"],
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
  check: (facts, stack) => unlisted(facts, stack),
  fix(finding, facts, stack) {
    const steps = enlist(finding, facts, stack);
    const isInPlace = steps.some(
      (step) => step.do === "edit-document" && step.edits.some(({ op }) => op === "replace"),
    );
    return (
      repair(
        isInPlace
          ? "Put the host into the list of targets that its neighbour stands in, in place of the one target that belongs to no host that was looked at"
          : "Put the host into the list of targets that its neighbour stands in",
        isInPlace ? "disruptive" : "safe",
        steps,
      ) ??
      byHand(
        "Put the host into the job's targets (its file_sd file or static_configs) under the name and port it answers on; file_sd is read again by itself, prometheus.yml needs a reload",
        `Add the target of ${finding.subject.id}`,
        "curl -s http://PROMETHEUS:9090/api/v1/targets?state=active",
      )
    );
  },
});

type Needed = Pick<Facts, "prometheus.targets" | "host.addresses"> & {
  readonly "config.documents"?: Facts["config.documents"];
};

function unlisted(facts: Needed, stack: Stack): FindingDraft[] {
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
}

/** Beside the target of its neighbour, in the same form; in place of the only target that belongs to no host, if that is one too few. */
function enlist(finding: FindingDraft, facts: Needed, stack: Stack): readonly Step[] {
  const missing = ownerOf(finding, stack);
  const [, neighbour] = /while (\S+) is scraped/.exec(finding.says) ?? [];
  const sibling = stack.components.find(({ id }) => id === neighbour);
  if (missing?.host === undefined || sibling?.host === undefined) return [];
  const names = namesOf(sibling.host, facts);
  const listed = filesOf(facts, "prometheus-file-sd", "prometheus").flatMap((doc) =>
    valuesIn(doc, (value, path) => typeof value === "string" && path.at(-2) === "targets").map((one) => ({
      ...one,
      address: String(one.value),
    })),
  );
  const beside = listed.filter(
    ({ address }) => names.has(hostOfUrl(address) ?? "") && kindFits(address, sibling),
  );
  const [place, ...others] = beside;
  if (!place || others.length > 0) return [];
  const address = place.address.replace(
    hostOfUrl(place.address) ?? "",
    nameLike(place.address, missing.host, facts),
  );
  const { doc, path } = place;
  const title = `Let ${doc.path ?? doc.at.source} list ${address}`;
  const stale = listed.filter((one) => one.doc === doc && isStale(one.address, facts, stack));
  const [gone] = stale;
  const edit: DocumentEdit =
    gone && stale.length === 1 && unlisted(facts, stack).length === 1
      ? { op: "replace", path: gone.path, value: address, expect: gone.value }
      : { op: "append", path: path.slice(0, -1), value: address };
  const prometheus = stack.components.find(({ configs }) => configs.includes(doc));
  return [editStep(doc, title, [edit]), ...(doc.kind === "prometheus" ? readAgain(prometheus) : [])];
}

/** Its port is the one that its kind listens on: a host is listed once for each of its exporters. */
function kindFits(address: string, { kind, docker }: Component): boolean {
  const port = Number(/:(\d{1,5})$/.exec(address)?.[1]);
  return kindOfPort(port) === kind || (docker?.ports ?? []).some(({ hostPort }) => hostPort === port);
}

/** By address where the neighbour is listed by address. */
function nameLike(address: string, host: string, facts: Needed): string {
  if (!/^\d+\.\d+\.\d+\.\d+/.test(address)) return host;
  return addressOf(host, host, facts) ?? host;
}

function isStale(address: string, facts: Needed, stack: Stack): boolean {
  const host = hostOfUrl(address);
  const hosts = stack.components.flatMap((one) => one.host ?? []);
  return (
    host !== undefined &&
    facts["prometheus.targets"].some((one) => one.health === "down" && hostOf(one) === host) &&
    !hosts.some((one) => namesOf(one, facts).has(host))
  );
}

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
