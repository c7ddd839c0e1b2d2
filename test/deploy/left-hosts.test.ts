// Hosts that have left the model: what is taken away there, and what never is.
import { expect, test } from "vitest";
import { addressOfLeft, checkForgotten, leftHosts } from "../../src/cli/left-hosts.ts";
import type { HostPlan } from "../../src/model/deployment.ts";
import { ownerLabels } from "../../src/model/desired.ts";
import { batchesOf } from "../../src/plan/deploy/batches.ts";
import { destroyHost } from "../../src/plan/deploy/destroy-host.ts";
import { readRecord, recordOf, recordText } from "../../src/plan/deploy/host-part.ts";
import { stackOf } from "../render/stack.ts";
import { wishes } from "./observed.ts";

const model = stackOf(`schema: watchmend.stack/v1
name: demo
directory: /srv/mon
hosts:
  mon: {address: 10.0.0.1, roles: [server, agent]}
  a: {address: 10.0.0.2, ssh: {user: ops, port: 2222}}
`);

const wishOf = (name: string) => {
  const wish = wishes(model).find(({ desired }) => desired.name === name);
  if (!wish) throw new Error("the model has that host");
  return wish;
};

const leftWish = () => {
  const { desired, observed, stack, directory } = wishOf("a");
  const empty = { ...desired, directories: [], files: [], secrets: [], containers: [], notes: [] };
  return { stack, directory, desired: empty, observed, left: true } as const;
};

test("containers with this stack's labels and files that are as they were written go, nothing else", () => {
  const wish = leftWish();
  const [own] = wish.observed.containers;
  const other = (name: string, labels: Record<string, string>) => ({
    ...own,
    Id: name,
    Name: `/${name}`,
    Config: { Labels: labels },
  });
  const [changed = ""] = Object.keys(wish.observed.records.agents?.files ?? {});
  const plan = destroyHost({
    ...wish,
    observed: {
      ...wish.observed,
      contents: new Map([...wish.observed.contents, [changed, "by hand"]]),
      containers: [
        ...wish.observed.containers,
        other("somebody", {}),
        other("same-stack-name", { [ownerLabels.stack]: "demo" }),
        other("other-stack", { [ownerLabels.owner]: "watchmend", [ownerLabels.stack]: "shop" }),
      ],
    },
  });
  expect(plan).toMatchObject({ left: true, state: "changes", steps: { servers: [] } });
  expect(plan.containers.map(({ name }) => name).sort()).toEqual(
    wishOf("a")
      .desired.containers.map(({ name }) => name)
      .sort(),
  );
  expect(plan.files.map(({ path }) => path)).not.toContain(changed);
  expect(plan.notes).toContain(`${changed} was changed by somebody: it is left there`);
  expect(plan.notes).toContain("data below /srv/mon/data stays");
  const step = plan.steps.agents.at(-1);
  expect(step).toMatchObject({ do: "put-files", files: [] });
  const folders = step?.do === "put-files" ? (step.removeEmpty ?? []) : [];
  expect(folders.every((path) => path === "/srv/mon" || path.startsWith("/srv/mon/"))).toBe(true);
});

test("secrets go without their hash standing in the plan", () => {
  const wish = leftWish();
  const record = wish.observed.records.agents;
  if (!record) throw new Error("the host has agents");
  const path = "/srv/mon/secrets/alloy/password";
  const plan = destroyHost({
    ...wish,
    observed: {
      ...wish.observed,
      records: { agents: { ...record, secrets: [path] } },
      contents: new Map([...wish.observed.contents, [path, "swordfish"]]),
    },
  });
  expect(plan.files).toContainEqual({ path, change: "remove", secret: true });
  const step = plan.steps.agents.at(-1);
  expect(step?.do === "put-files" && step.remove.find((one) => one.path === path)).toEqual({ path });
  expect(Object.keys(plan.fingerprints)).not.toContain(`a:${path}`);
});

test("where nothing of the stack lies there is nothing to do", () => {
  const wish = leftWish();
  const plan = destroyHost({
    ...wish,
    observed: { ...wish.observed, records: {}, containers: [], contents: new Map() },
  });
  expect(plan).toMatchObject({ state: "none", left: true });
});

test("the server remembers how they are reached, and where their things lie", () => {
  const server = wishOf("mon");
  const members = { mon: { address: "10.0.0.1" } };
  const seen = new Map([["mon", server.observed]]);
  const deployment = {
    desired: {
      stack: "demo",
      hosts: [{ ...server.desired, members }],
      clusters: [],
      extras: [],
      targets: [],
    },
    directories: new Map([["mon", "/opt/monitoring"]]),
  };
  const left = leftHosts(deployment, seen);
  const member = left.get("a");
  expect(member).toEqual({
    address: "10.0.0.2",
    directory: "/srv/mon",
    runtime: "docker",
    user: "ops",
    port: 2222,
  });
  expect(member && addressOfLeft("a", member)).toEqual({
    name: "a",
    isLocal: false,
    dial: "10.0.0.2",
    user: "ops",
    port: 2222,
  });
  expect(() => checkForgotten(["b"], left)).toThrow("no host of that name has left the model");
  expect(() => checkForgotten(["a"], left)).not.toThrow();
});

test("records of early versions, which noted addresses alone, are read", () => {
  const { desired } = wishOf("mon");
  const record = recordOf("demo", desired);
  const old = recordText({ ...record, members: { a: "10.0.0.2" } as never });
  expect(readRecord(old, true)).toMatchObject({
    is: "read",
    record: { members: { a: { address: "10.0.0.2" } } },
  });
});

test("they are cleaned after the agents, before the servers, and are nobody's canary", () => {
  const planOf = (host: string, more: Partial<HostPlan>): HostPlan => ({
    host,
    state: "changes",
    directories: [],
    files: [],
    containers: [],
    notes: [],
    steps: { agents: [], servers: [] },
    fingerprints: {},
    pulls: [],
    ...more,
  });
  const step = { do: "put-container", title: "", host: "x", engine: "docker", name: "x" } as const;
  const batches = batchesOf(
    model,
    [
      planOf("a", { steps: { agents: [step], servers: [] } }),
      planOf("mon", { steps: { agents: [step], servers: [step] } }),
      planOf("0-gone", { left: true, steps: { agents: [step], servers: [] } }),
    ],
    8,
  );
  expect(batches).toEqual([
    { phase: "agents", hosts: ["a"], canary: true },
    { phase: "agents", hosts: ["mon"], canary: false },
    { phase: "agents", hosts: ["0-gone"], canary: false, prunes: true },
    { phase: "servers", hosts: ["mon"], canary: false },
  ]);
});
