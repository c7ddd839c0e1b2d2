// Desired minus observed: nothing where nothing differs, and exactly what a change asks for.
import { describe, expect, test } from "vitest";
import type { HostPlan } from "../../src/model/deployment.ts";
import { compareHost } from "../../src/plan/deploy/compare-host.ts";
import type { CompareWish } from "../../src/plan/deploy/compare-wish.ts";
import { stackOf } from "../render/stack.ts";
import { everything } from "../render/stacks.ts";
import { moved, wishes } from "./observed.ts";

const bare = (wish: CompareWish): CompareWish => ({
  ...wish,
  observed: { ...wish.observed, facts: new Map(), records: {}, containers: [], contents: new Map() },
});

const small = (node: string, more = "", prometheus = ""): ReturnType<typeof stackOf> =>
  stackOf(`schema: watchmend.stack/v1
name: demo
hosts:
  mon: {address: 10.0.0.1, roles: [server, agent]}
  a: {address: 10.0.0.2}
  b: {address: 10.0.0.3}
components:
  node-exporter: {${node}}
  prometheus: {${prometheus}}
${more}`);

const containersOf = (plans: readonly HostPlan[]): string[] =>
  plans
    .flatMap(({ host, containers }) => containers.map(({ change, name }) => `${host} ${change} ${name}`))
    .sort();
const filesOf = (plans: readonly HostPlan[]): string[] =>
  plans.flatMap(({ host, files }) => files.map(({ change, path }) => `${host} ${change} ${path}`)).sort();

describe("a host that is as it should be", () => {
  test.each(everything.map((stack) => [stack.name, stack] as const))(
    "has nothing to do: %s",
    (_name, stack) => {
      for (const wish of wishes(stack)) {
        const plan = compareHost(wish);
        expect({
          host: plan.host,
          state: plan.state,
          files: plan.files,
          containers: plan.containers,
          steps: plan.steps,
        }).toEqual({
          host: wish.desired.name,
          state: "none",
          files: [],
          containers: [],
          steps: { agents: [], servers: [] },
        });
      }
    },
  );
});

test("an empty host gets everything, agents' and servers' parts each with their own files and record", () => {
  for (const stack of everything)
    for (const wish of wishes(stack)) {
      const plan = compareHost(bare(wish));
      expect(plan.state).toBe("changes");
      expect(plan.containers.map(({ name }) => name).sort()).toEqual(
        wish.desired.containers.map(({ name }) => name).sort(),
      );
      expect(plan.files.map(({ path }) => path).sort()).toEqual(
        [...wish.desired.files, ...wish.desired.secrets].map(({ path }) => path).sort(),
      );
      const put = [...plan.steps.agents, ...plan.steps.servers].flatMap((step) =>
        step.do === "put-files" ? step.directories : [],
      );
      expect(new Set(put.map(({ path }) => path))).toEqual(
        new Set([...wish.desired.directories.map(({ path }) => path), `${wish.directory}/.watchmend`]),
      );
    }
});

test("one changed port restarts that exporter and has Prometheus read its targets, and nothing else", () => {
  const plans = moved(small("port: 9100"), small("port: 9101")).map(compareHost);
  expect(containersOf(plans)).toEqual([
    "a replace demo-node-exporter",
    "b replace demo-node-exporter",
    "mon reload demo-prometheus",
    "mon replace demo-node-exporter",
  ]);
  expect(filesOf(plans)).toEqual([
    "a update /opt/monitoring/compose.yaml",
    "b update /opt/monitoring/compose.yaml",
    "mon update /opt/monitoring/compose.yaml",
    "mon update /opt/monitoring/prometheus/prometheus.yml",
  ]);
  const fields = plans.find(({ host }) => host === "a")?.containers[0]?.fields;
  expect(fields).toEqual([
    {
      field: "args",
      before: "--web.listen-address=10.0.0.2:9100",
      after: "--web.listen-address=10.0.0.2:9101",
    },
  ]);
});

test("a component that is switched off is taken away with its files, and its data is not", () => {
  const plans = moved(small(""), small("", "  alertmanager: {enabled: false}\n")).map(compareHost);
  const mon = plans.find(({ host }) => host === "mon");
  expect(mon?.containers.map(({ change, name }) => `${change} ${name}`)).toContain(
    "remove demo-alertmanager",
  );
  expect(mon?.files.filter(({ change }) => change === "remove").map(({ path }) => path)).toEqual([
    "/opt/monitoring/alertmanager/alertmanager.yml",
    "/opt/monitoring/prometheus/rules/alertmanager.yml",
  ]);
  expect(JSON.stringify(mon?.steps)).not.toContain("data/alertmanager");
});

test("a file that was dropped from the stack and changed by hand is left there, and said so", () => {
  const [wish] = moved(small(""), small("", "  alertmanager: {enabled: false}\n")).filter(
    ({ desired }) => desired.name === "mon",
  );
  if (!wish) throw new Error("no such host");
  const contents = new Map(wish.observed.contents).set(
    "/opt/monitoring/alertmanager/alertmanager.yml",
    "mine\n",
  );
  const plan = compareHost({ ...wish, observed: { ...wish.observed, contents } });
  expect(plan.files.filter(({ change }) => change === "remove").map(({ path }) => path)).toEqual([
    "/opt/monitoring/prometheus/rules/alertmanager.yml",
  ]);
  expect(plan.notes.join()).toContain("somebody has changed it");
});

describe("containers that are not ours", () => {
  const foreign = (adopt: readonly string[]): HostPlan => {
    const [wish] = wishes(small("")).filter(({ desired }) => desired.name === "a");
    if (!wish) throw new Error("no such host");
    const containers = wish.observed.containers.map((one) => ({
      ...one,
      Config: { ...(one.Config as object), Labels: {} },
    }));
    return compareHost({ ...wish, adopt: new Set(adopt), observed: { ...wish.observed, containers } });
  };
  test("refuse the host, with the key that adopts them", () => {
    const plan = foreign([]);
    expect(plan.state).toBe("refused");
    expect(plan.because).toContain("hosts.a.containers.node-exporter");
  });
  test("are taken over when the model says so", () => {
    const plan = foreign(["demo-node-exporter", "demo-cadvisor", "demo-alloy"]);
    expect(plan.state).toBe("changes");
    expect(plan.containers.map(({ change }) => change)).toEqual(["adopt", "adopt", "adopt"]);
  });
  test("with the label of another stack are never touched", () => {
    const [wish] = wishes(small("")).filter(({ desired }) => desired.name === "a");
    if (!wish) throw new Error("no such host");
    expect(compareHost({ ...wish, stack: "other" }).state).toBe("refused");
  });
});

test("what somebody changed behind the labels is seen and made anew", () => {
  const [wish] = wishes(small("")).filter(({ desired }) => desired.name === "a");
  if (!wish) throw new Error("no such host");
  const containers = wish.observed.containers.map((one) =>
    String(one.Name).includes("node-exporter")
      ? { ...one, HostConfig: { ...(one.HostConfig as object), Memory: 1024 } }
      : one,
  );
  const plan = compareHost({ ...wish, observed: { ...wish.observed, containers } });
  expect(plan.containers).toMatchObject([
    {
      change: "replace",
      because: "somebody has changed it since it was made",
      fields: [{ field: "memory", before: "1024", after: "0" }],
    },
  ]);
});

test("a secret that cannot be had refuses the host before anything; a changed one is never shown", () => {
  const [stack] = everything;
  if (!stack) throw new Error("no stack");
  const wish = wishes(stack).find(({ desired }) => desired.secrets.length > 0);
  if (!wish) throw new Error("no secrets");
  const missing = compareHost({
    ...wish,
    secrets: new Map([...wish.secrets].map(([path]) => [path, { because: "${env:X} is not set" }])),
  });
  expect(missing.state).toBe("refused");
  const other = compareHost({
    ...wish,
    secrets: new Map([...wish.secrets].map(([path]) => [path, { value: "hunter2-new" }])),
  });
  expect(other.files.every(({ secret }) => secret)).toBe(true);
  expect(JSON.stringify(other)).not.toContain("hunter2");
});

test("a record that cannot be read is named as not known, and one of another stack refuses the host", () => {
  const [wish] = wishes(small(""));
  if (!wish) throw new Error("no host");
  const path = `${wish.directory}/.watchmend/agents.json`;
  const damaged = compareHost({
    ...wish,
    observed: { ...wish.observed, damaged: { [path]: "it is empty" } },
  });
  expect(damaged.unknown?.join()).toMatch(/agents\.json, cannot be read \(it is empty\)/);
  const shared = compareHost({ ...wish, observed: { ...wish.observed, sharedWith: ["old"] } });
  expect(shared).toMatchObject({ state: "refused" });
  expect(shared.because).toMatch(/holds the stack old/);
});

test("data that somebody else's running container writes to is not shared with it", () => {
  const stack = small("", "logs: {agent: promtail}", "data: old-prometheus");
  const wish = wishes(stack).find(({ desired }) => desired.name === "mon");
  if (!wish) throw new Error("no host");
  const other = {
    Id: "1",
    Name: "/old",
    State: { Running: true },
    Config: { Labels: {} },
    Mounts: [{ Type: "volume", Name: "old-prometheus", Source: "/var/lib/docker/volumes/x", RW: true }],
  };
  const withOther = (one: object): CompareWish => ({
    ...wish,
    observed: { ...wish.observed, containers: [...wish.observed.containers, { ...one }] },
  });
  expect(compareHost(withOther(other))).toMatchObject({ state: "refused" });
  expect(compareHost(withOther(other)).because).toMatch(/container old runs and writes to old-prometheus/);
  expect(compareHost(withOther({ ...other, State: { Running: false } })).state).toBe("none");
  expect(compareHost(wish).state).toBe("none");
});

test("a host that has left the model is named by the next plan, once", () => {
  const [after] = wishes(
    stackOf(`schema: watchmend.stack/v1
name: demo
hosts:
  mon: {address: 10.0.0.1, roles: [server, agent]}
  b-renamed: {address: 10.0.0.3}
components: {node-exporter: {port: 9100}}
`),
  ).filter(({ desired }) => desired.name === "mon");
  const server = wishes(small("port: 9100")).find(({ desired }) => desired.name === "mon");
  if (!after || !server) throw new Error("the model has hosts");
  const { notes } = compareHost({ ...server, desired: after.desired });
  expect(notes.filter((note) => note.includes("not in the model any more"))).toEqual([
    "a (10.0.0.2) is not in the model any more, and what was put there goes on: watchmend apply --prune takes it away; if the machine is gone, watchmend apply --forget a",
  ]);
  const record = JSON.stringify(compareHost({ ...server, desired: after.desired }).steps.servers.at(-1));
  expect(record).toContain("10.0.0.2");
  const dropped = compareHost({ ...server, desired: after.desired, dropped: new Set(["a"]) });
  expect(dropped.notes.filter((note) => note.includes("not in the model any more"))).toEqual([]);
  expect(JSON.stringify(dropped.steps.servers.at(-1))).not.toContain("10.0.0.2");
});
