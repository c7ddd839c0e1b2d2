// One Loki, three copies wanted: the default replication factor on a single instance.
import type { Facts } from "../../../model/facts.ts";
import type { ProofDraft } from "../../../model/finding.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import { lokiFix } from "../../loki-fix.ts";
import { type LokiSettings, lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/replication-factor-exceeds-instances",
  title: "Loki's replication_factor asks for more live ingesters than there are instances",
  why: "Each write and read needs floor(replication_factor / 2) + 1 healthy ingesters. The default replication factor is 3, so a single Loki can never find the second one: pushes and queries fail with 500 although the process is healthy.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "not-ready",
  phase: "ready",
  texts: ["at least {need#} live replicas required…could only find {found#}"],
  from: "any",
  about: "loki",
  uses: ["config.documents", "loki.ring"],
  explains: [
    {
      rule: "loki/ring-members-unhealthy",
      via: "anything",
      mechanism: "a ring with fewer members than the replication factor needs is called unhealthy, too",
    },
  ],
  confirm(hit, facts, stack) {
    const need = Number(hit.captures.need ?? 0);
    const found = Number(hit.captures.found ?? 0);
    if (need < 2) return { holds: false };
    const settings = lokiSettings(facts, stack, hit.component);
    const factor = factorOf(settings);
    if (factor?.value !== undefined && factor.value < 2) return { holds: false };
    const instances = instancesOf(facts, stack, settings);
    if (instances && instances.count >= need) return { holds: false };
    // Loki lists only members that are in the ring: there are more of them than are alive.
    if (!instances && /unhealthy instances: *[^"\s\\]/i.test(hit.line.text)) return { holds: false };
    const isDefault = factor === undefined || factor.at === undefined;
    const value = factor?.value ?? (need - 1) * 2 + 1;
    const holds = instances !== undefined && factor !== undefined ? true : undefined;
    return {
      ...(holds === undefined ? {} : { holds }),
      says: `replication_factor is ${value}${isDefault ? " (the default when nothing sets it)" : ""}, so ${need} live ingesters are required, but only ${instances?.count ?? found} ${(instances?.count ?? found) === 1 ? "instance exists" : "are found"}: set common.replication_factor: 1 for a single Loki`,
      proof: [...(factor?.at ? [factor.at] : []), ...(instances?.proof ?? [])],
    };
  },
  says: ({ captures }) =>
    `${captures.need} live ingesters are required, but only ${captures.found} can be found: replication_factor is larger than the number of Loki instances`,
  rivals: [
    {
      rule: "loki/ring-members-unhealthy",
      tellApart: "there enough members are in the ring, but some are not healthy",
      decideWith: "curl -s -H 'Accept: application/json' http://LOKI:3100/ring",
    },
  ],
  decideWith:
    "curl -s http://LOKI:3100/config | grep replication_factor; curl -s -H 'Accept: application/json' http://LOKI:3100/ring",
  references: [
    "https://github.com/grafana/loki/issues/8899",
    "https://github.com/grafana/loki/blob/main/vendor/github.com/grafana/dskit/ring/replication_strategy.go",
  ],
  fix(finding, facts, stack) {
    const settings = lokiSettings(facts, stack);
    const isOld = settings.some((entry) => entry.replicationFactor.at && setInLifecycler(entry));
    const path = isOld
      ? ["ingester", "lifecycler", "ring", "replication_factor"]
      : ["common", "replication_factor"];
    return lokiFix(
      finding,
      facts,
      `Set ${path.join(".")}: 1 (Helm: loki.commonConfig.replication_factor: 1) for a single instance, or run as many ingesters as it asks for`,
      [{ path, value: 1 }],
    );
  },
});

function setInLifecycler(settings: LokiSettings): boolean {
  const value = settings.doc.value as {
    ingester?: { lifecycler?: { ring?: { replication_factor?: unknown } } };
  };
  return value.ingester?.lifecycler?.ring?.replication_factor !== undefined;
}

function factorOf(settings: readonly LokiSettings[]): LokiSettings["replicationFactor"] | undefined {
  const set = settings.find((entry) => entry.replicationFactor.at !== undefined);
  return (set ?? settings.find((entry) => entry.isWhole))?.replicationFactor;
}

/** How many ingesters there are, where the evidence shows it: ring members, pods, or a ring that no other process can join. */
function instancesOf(
  facts: Pick<Facts, "loki.ring">,
  stack: Stack,
  settings: readonly LokiSettings[],
): { count: number; proof: readonly ProofDraft[] } | undefined {
  const members = new Map(facts["loki.ring"].map((member) => [member.id, member]));
  if (members.size > 0) return { count: members.size, proof: [...members.values()].map(({ at }) => at) };
  const ring = settings.flatMap((entry) => entry.rings).find(({ store }) => store.value === "inmemory");
  if (ring) return { count: 1, proof: [ring.store.at] };
  const ingesters = stack.components.filter(mayIngest);
  const pods = ingesters.flatMap((component) => component.pods);
  if (pods.length > 0) return { count: pods.length, proof: pods.slice(0, 3).map(({ at }) => at) };
  const [only, another] = ingesters;
  if (only?.workload?.desired !== undefined && !another)
    return { count: only.workload.desired, proof: [only.workload.at] };
  return only?.docker && !another ? { count: 1, proof: [only.docker.at] } : undefined;
}

function mayIngest(component: Component): boolean {
  return (
    component.kind === "loki" &&
    !/-(read|backend|querier|query-frontend|query-scheduler|distributor|compactor|index-gateway|ruler|gateway)(-|$)/.test(
      component.name,
    )
  );
}
