// The order of a rollout, for any number of hosts: agents first, one alone, everybody once, never more than asked for.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { HostPlan } from "../../src/model/deployment.ts";
import { batchesOf, chunks } from "../../src/plan/deploy/batches.ts";
import { stackOf } from "../render/stack.ts";

const step = { do: "by-hand", title: "x" } as const;

const planOf = (host: string, agents: boolean, servers: boolean): HostPlan => ({
  host,
  state: agents || servers ? "changes" : "none",
  directories: [],
  files: [],
  containers: [],
  notes: [],
  steps: { agents: agents ? [step] : [], servers: servers ? [step] : [] },
  fingerprints: {},
  pulls: [],
});

const stackWith = (count: number): ReturnType<typeof stackOf> =>
  stackOf(`schema: watchmend.stack/v1
name: demo
hosts:
  mon: {address: 10.0.1.1, roles: [server, agent]}
${Array.from({ length: count }, (_, i) => `  h${i}: {address: 10.0.0.${i + 1}}`).join("\n")}
`);

test("every host takes its turn once per phase, agents before servers, and the first one alone", () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      (changes, agent, server, size) => {
        const plans = [planOf("mon", agent, server), ...changes.map((has, i) => planOf(`h${i}`, has, false))];
        const batches = batchesOf(stackWith(changes.length), plans, size);
        const of = (phase: string): string[] =>
          batches.filter((one) => one.phase === phase).flatMap(({ hosts }) => hosts);
        expect(of("agents").toSorted()).toEqual(
          plans
            .filter(({ steps }) => steps.agents.length > 0)
            .map(({ host }) => host)
            .toSorted(),
        );
        expect(of("servers")).toEqual(server ? ["mon"] : []);
        const order = batches.map(({ phase }) => phase);
        expect(order).toEqual(order.toSorted());
        expect(batches.every(({ hosts }) => hosts.length <= size || hosts.length === 1)).toBe(true);
        const [first] = batches;
        if (first?.phase === "agents") expect(first.hosts).toHaveLength(1);
        // A server is no canary while there is another host.
        if (first?.phase === "agents" && changes.some(Boolean)) expect(first.hosts).not.toEqual(["mon"]);
      },
    ),
  );
});

test("the canary that the model names goes first, also a server; without work there another one does", () => {
  const named = stackOf(`schema: watchmend.stack/v1
name: demo
hosts:
  mon: {address: 10.0.1.1, roles: [server, agent]}
  a: {address: 10.0.0.1}
  b: {address: 10.0.0.2}
rollout: {canary: b}
`);
  const first = (...hosts: readonly string[]): readonly string[] | undefined =>
    batchesOf(
      named,
      hosts.map((host) => planOf(host, true, false)),
      8,
    )[0]?.hosts;
  expect(first("mon", "a", "b")).toEqual(["b"]);
  expect(first("mon", "a")).toEqual(["a"]);
  expect(
    batchesOf({ ...named, canary: "mon" }, [planOf("a", true, false), planOf("mon", true, true)], 8),
  ).toEqual([
    { phase: "agents", hosts: ["mon"], canary: true },
    { phase: "agents", hosts: ["a"], canary: false },
    { phase: "servers", hosts: ["mon"], canary: false },
  ]);
});

test("chunks lose nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 12 }), (items, size) => {
      expect(chunks(items, size).flat()).toEqual(items);
    }),
  );
});
