// A plan in which nothing but the record of the last apply changes says so, and why: also after an upgrade of watchmend.
import { expect, test } from "vitest";
import type { HostRecord } from "../../src/model/deployment.ts";
import { compareHost } from "../../src/plan/deploy/compare-host.ts";
import type { CompareWish } from "../../src/plan/deploy/compare-wish.ts";
import { recordPath } from "../../src/plan/deploy/host-part.ts";
import { renderPlan } from "../../src/report/deployment.ts";
import { stackOf } from "../render/stack.ts";
import { wishes } from "./observed.ts";

const model = stackOf(`schema: watchmend.stack/v1
name: demo
directory: /srv/mon
hosts:
  mon: {address: 10.0.0.1, roles: [server, agent]}
  a: {address: 10.0.0.2, ssh: {user: ops, port: 2222}}
`);

function serverWith(change: (record: HostRecord) => HostRecord | undefined): CompareWish {
  const wish = wishes(model).find(({ desired }) => desired.name === "mon");
  const record = wish?.observed.records.servers;
  if (!wish || !record) throw new Error("the model has a server");
  const { servers: _, ...others } = wish.observed.records;
  const other = change(record);
  const facts = new Map(wish.observed.facts);
  const path = recordPath("/srv/mon", "servers");
  const fact = facts.get(path);
  if (other === undefined) facts.delete(path);
  else if (fact) facts.set(path, { ...fact, sha256: "0".repeat(64) });
  const records = other === undefined ? others : { ...others, servers: other };
  return { ...wish, observed: { ...wish.observed, facts, records } };
}

const addressesOnly = ({ members, ...rest }: HostRecord): HostRecord => ({
  ...rest,
  members: Object.fromEntries(
    Object.entries(members ?? {}).map(([name, { address }]) => [name, { address }]),
  ),
});

test.each([
  ["addresses only", addressesOnly, /an earlier version noted of each host its address only/],
  [
    "no hosts at all",
    ({ members: _, ...rest }: HostRecord): HostRecord => rest,
    /an earlier version did not note the hosts of the stack/,
  ],
  [
    "one host less",
    (record: HostRecord): HostRecord => ({
      ...record,
      members: Object.fromEntries(Object.entries(record.members ?? {}).filter(([name]) => name !== "a")),
    }),
    /a joined the stack/,
  ],
  ["the same in another order", (record: HostRecord): HostRecord => record, /in another form/],
  ["none", () => undefined, /is not there, and is written/],
] as const)("a record with %s is told, and that nothing else is touched", (_name, change, says) => {
  const plan = compareHost(serverWith(change));
  expect(plan).toMatchObject({ state: "changes", files: [], containers: [] });
  expect(plan.steps.servers.map((step) => step.title)).toEqual(["record of the servers on mon"]);
  expect(plan.notes.filter((note) => note.includes("record of the last apply"))).toEqual([
    expect.stringMatching(says),
  ]);
  const text = renderPlan({ stack: "demo", hosts: [plan], batches: [] });
  expect(text).toMatch(/no other file and no container is touched/);
});

test("where files change as well their record is not worth a word", () => {
  const wish = serverWith((record) => ({ ...record, files: {} }));
  const [path = ""] = wish.desired.files
    .map((file) => file.path)
    .filter((one) => one.endsWith("prometheus.yml"));
  const facts = new Map(wish.observed.facts);
  facts.delete(path);
  const plan = compareHost({ ...wish, observed: { ...wish.observed, facts } });
  expect(plan.files.length).toBeGreaterThan(0);
  expect(plan.notes.join()).not.toMatch(/record of the last apply/);
});
