// Drift is told apart by who moved; a saved plan is refused as soon as anything did; destroy takes only what is ours.
import { expect, test } from "vitest";
import { movedSincePlan } from "../../src/cli/deployment-plan-file.ts";
import type { DeploymentPlan, Drifted } from "../../src/model/deployment.ts";
import { sha256 } from "../../src/plan/backup.ts";
import { compareHost } from "../../src/plan/deploy/compare-host.ts";
import type { CompareWish } from "../../src/plan/deploy/compare-wish.ts";
import { destroyHost } from "../../src/plan/deploy/destroy-host.ts";
import { driftOf } from "../../src/plan/deploy/drift.ts";
import type { SavedPlan } from "../../src/plan/saved-plan.ts";
import { renderPlan } from "../../src/report/deployment.ts";
import { renderDrift } from "../../src/report/drift.ts";
import { stackOf } from "../render/stack.ts";
import { moved, wishes } from "./observed.ts";

const stack = (port = 9100): ReturnType<typeof stackOf> =>
  stackOf(`schema: watchmend.stack/v1
name: demo
hosts:
  mon: {address: 10.0.0.1, roles: [server, agent]}
  a: {address: 10.0.0.2}
components:
  node-exporter: {port: ${port}}
`);

const wishOf = (name: string, all: readonly CompareWish[] = wishes(stack())): CompareWish => {
  const wish = all.find(({ desired }) => desired.name === name);
  if (!wish) throw new Error(`no host ${name}`);
  return wish;
};

const drift = (wish: CompareWish): readonly Drifted[] =>
  driftOf(compareHost(wish), wish.desired, wish.observed);

const edited = (wish: CompareWish, path: string, text: string | undefined): CompareWish => {
  const facts = new Map(wish.observed.facts);
  const contents = new Map(wish.observed.contents);
  const fact = facts.get(path);
  if (text === undefined || !fact) {
    facts.delete(path);
    contents.delete(path);
  } else {
    facts.set(path, { ...fact, sha256: sha256(Buffer.from(text)) });
    contents.set(path, text);
  }
  return { ...wish, observed: { ...wish.observed, facts, contents } };
};

test("nothing moved, no drift", () => {
  for (const wish of wishes(stack())) expect(drift(wish)).toEqual([]);
});

test("a file changed on the host, one that is gone, and a container that is gone are the host's", () => {
  const file = "/opt/monitoring/prometheus/prometheus.yml";
  expect(drift(edited(wishOf("mon"), file, "mine\n"))).toMatchObject([
    { since: "host", subject: file, before: "mine\n" },
  ]);
  expect(drift(edited(wishOf("mon"), file, undefined))).toMatchObject([
    { since: "host", says: "it is gone" },
  ]);
  const wish = wishOf("a");
  const containers = wish.observed.containers.filter(({ Name }) => Name !== "/demo-node-exporter");
  const found = drift({ ...wish, observed: { ...wish.observed, containers } });
  expect(found).toMatchObject([
    { since: "host", subject: "container demo-node-exporter", says: "it is gone" },
  ]);
  expect(renderDrift("demo", found, [compareHost(wish)])).toContain("1 changed on hosts");
});

test("what the model wants otherwise is the model's", () => {
  const all = moved(stack(), stack(9101)).flatMap(drift);
  expect(all.length).toBeGreaterThan(2);
  expect(new Set(all.map(({ since }) => since))).toEqual(new Set(["model"]));
});

test("a host that was never applied to is said to be one", () => {
  const wish = wishOf("a");
  expect(drift({ ...wish, observed: { ...wish.observed, records: {} } })).toMatchObject([{ since: "never" }]);
});

const planOf = (all: readonly CompareWish[]): DeploymentPlan => ({
  stack: "demo",
  hosts: all.map(compareHost),
  batches: [],
});
const saved = (plan: DeploymentPlan): SavedPlan => ({
  schema: "watchmend.plan/v1",
  tool: { version: "0" },
  madeAt: "2026-01-01T00:00:00Z",
  title: "Deployment of demo",
  findings: [],
  steps: plan.hosts.flatMap(({ steps }) => [...steps.agents, ...steps.servers]),
  needs: [],
  fingerprints: Object.assign({}, ...plan.hosts.map(({ fingerprints }) => fingerprints)) as Record<
    string,
    string
  >,
});

test("a saved plan holds while nothing moves, and names what did", () => {
  const before = moved(stack(), stack(9101));
  const plan = saved(planOf(before));
  expect(movedSincePlan(plan, planOf(before))).toEqual([]);
  const touched = before.map((wish) =>
    wish.desired.name === "a" ? edited(wish, "/opt/monitoring/compose.yaml", "mine\n") : wish,
  );
  expect(movedSincePlan(plan, planOf(touched))).toEqual([
    "a:/opt/monitoring/compose.yaml: somebody has changed it since",
  ]);
  expect(movedSincePlan(plan, planOf(moved(stack(), stack(9102)))).join()).toContain(
    "the model says something else now",
  );
  expect(movedSincePlan(plan, planOf(wishes(stack()))).length).toBeGreaterThan(0);
});

test("the plan says what restarts and what that costs", () => {
  const text = renderPlan(planOf(moved(stack(), stack(9101))));
  expect(text).toContain("~ args: --web.listen-address=10.0.0.2:9100 → --web.listen-address=10.0.0.2:9101");
  expect(text).toContain("gap: about 2 s, up to 1 sample of node-exporter on this host");
  expect(text).toContain("! reload container demo-prometheus: its configuration changes");
});

test("destroy takes what is ours and still as it was written, and leaves data, changes and containers of others", () => {
  const wish = wishOf("mon");
  const foreign = { Id: "f", Name: "/other", Config: { Labels: {} }, State: { Running: true } };
  const changed = edited(wish, "/opt/monitoring/loki/loki.yaml", "mine\n");
  const observed = { ...changed.observed, containers: [...changed.observed.containers, foreign] };
  const plan = destroyHost({ ...changed, observed });
  expect(plan.containers.map(({ name }) => name)).not.toContain("other");
  expect(plan.containers).toHaveLength(wish.desired.containers.length);
  expect(plan.files.map(({ path }) => path)).not.toContain("/opt/monitoring/loki/loki.yaml");
  expect(plan.notes.join("\n")).toContain("/opt/monitoring/data/prometheus holds data and stays");
  expect(plan.steps.servers.some((step) => step.do === "move-folder")).toBe(false);
  const withData = destroyHost({ ...changed, observed, aside: "/opt/monitoring/data.destroyed-x" });
  const moves = withData.steps.servers.flatMap((step) => (step.do === "move-folder" ? [step.from] : []));
  expect(moves).toContain("/opt/monitoring/data/prometheus");
  expect(moves.every((path) => path.startsWith("/opt/monitoring/data/"))).toBe(true);
});
