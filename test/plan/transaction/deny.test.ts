// The deny list, entry by entry: what is refused whoever proposes it, and what beside it is not.
import { expect, test } from "vitest";
import type { Step } from "../../../src/model/plan.ts";
import { denyCommands, denyStep } from "../../../src/plan/transaction/deny.ts";
import { denyObjectChange } from "../../../src/plan/transaction/deny-object.ts";
import { denyTextChange } from "../../../src/plan/transaction/deny-text.ts";

const owner = (path: string, mode?: number): Step => ({
  do: "set-owner",
  title: "t",
  host: "h",
  path,
  uid: 1,
  gid: 1,
  ...(mode === undefined ? {} : { mode }),
});
const file = (path: string, content = "x\n"): Step => ({
  do: "write-file",
  title: "t",
  host: "h",
  path,
  content,
});

test("foreign trees: the system's own and whole top-level folders keep their owner", () => {
  for (const path of ["/", "/srv", "/usr/lib/x", "/etc/passwd", "/proc/1", "/root/x"])
    expect(denyStep(owner(path)), path).toMatch(/never changed/);
  for (const path of ["/srv/metrics/prometheus", "/var/lib/loki", "/etc/prometheus/alerts.yml"])
    expect(denyStep(owner(path)), path).toBeUndefined();
});

test("recursive chmod and chown, in a script or an init container", () => {
  for (const line of [
    "chmod -R 755 /data",
    "chown --recursive 1:1 /x",
    "chown 472:0 -R /var",
    "sudo chgrp -vR x /",
  ])
    expect(denyCommands(line), line).toMatch(/recursive/);
  for (const line of ["chown 472:0 /data", "chmod 750 /data/Reports", "grep -R chmod /x"])
    expect(denyCommands(line), line).toBeUndefined();
  expect(denyStep(file("/opt/fix.sh", "#!/bin/sh\nchown -R 65534 /srv\n"))).toMatch(/recursive/);
});

test("mode 777 and others that let everybody write", () => {
  for (const mode of [0o777, 0o666, 0o757])
    expect(denyStep(owner("/srv/a/b", mode))).toMatch(/everybody write/);
  for (const mode of [0o755, 0o770, 0o1777]) expect(denyStep(owner("/srv/a/b", mode))).toBeUndefined();
  expect(denyCommands("chmod 0777 /data")).toMatch(/777/);
});

test("blocks and write-ahead logs are neither written nor deleted", () => {
  for (const path of [
    "/srv/prometheus/wal/00000012",
    "/prometheus/chunks_head/000001",
    "/data/01HZY3QKX2T9W8V7R6P5N4M3J1/meta.json",
  ])
    expect(denyStep(file(path)), path).toMatch(/data/);
  for (const line of ["rm -rf /prometheus/wal", "rm -f /loki/chunks_head/*"])
    expect(denyCommands(line), line).toMatch(/deleted/);
  expect(denyCommands("rm -f /tmp/x")).toBeUndefined();
});

const schema = (first: string, more = ""): string =>
  `schema_config:\n  configs:\n    - from: ${first}\n      store: tsdb\n      schema: v13\n${more}`;

test("a past schema period of Loki stays; a new one may come", () => {
  const today = new Date("2026-06-01T00:00:00Z");
  const next = "    - from: 2026-07-01\n      store: tsdb\n      schema: v14\n";
  const change = (before: string, after: string) => denyTextChange(before, after, today);
  expect(change(schema("2024-01-01"), schema("2024-02-01"))).toMatch(/2024-01-01 is past/);
  expect(change(schema("2024-01-01"), schema("2024-01-01").replace("v13", "v12"))).toMatch(/past/);
  expect(change(schema("2024-01-01"), "auth_enabled: false\n")).toMatch(/past/);
  expect(change(schema("2024-01-01"), schema("2024-01-01", next))).toBeUndefined();
  expect(change(schema("2024-01-01", next), schema("2024-01-01"))).toBeUndefined();
  const chart = (text: string) =>
    `loki:\n  schemaConfig:\n    configs:\n      - from: "${text}"\n        schema: v13\n`;
  expect(change(chart("2024-01-01"), chart("2025-01-01"))).toMatch(/past/);
});

test("ports open to the world: compose, Services, policies", () => {
  const compose = (port: string) => `services:\n  node-exporter:\n    ports: ["${port}"]\n`;
  expect(denyTextChange(compose("127.0.0.1:9100:9100"), compose("0.0.0.0:9100:9100"))).toMatch(
    /open to the world/,
  );
  expect(denyTextChange(compose("127.0.0.1:9100:9100"), compose("9100:9100"))).toMatch(/open to the world/);
  expect(denyTextChange(compose("127.0.0.1:9100:9100"), compose("10.0.0.7:9100:9100"))).toBeUndefined();
  expect(denyTextChange(compose("9100:9100"), `${compose("9100:9100")}# x\n`)).toBeUndefined();
  const service = { spec: { type: "ClusterIP" } };
  const wish = (kind: string, path: string, value: unknown) => ({
    kind,
    name: "x",
    patch: [{ op: "replace", path, value }],
  });
  expect(
    denyObjectChange(wish("Service", "/spec/type", "LoadBalancer"), service, {
      spec: { type: "LoadBalancer" },
    }),
  ).toMatch(/open to the world/);
  const policy = { spec: { ingress: [{ from: [{ podSelector: {} }] }] } };
  const opened = { spec: { ingress: [{ from: [{ podSelector: {} }] }, { ports: [{ port: 9090 }] }] } };
  expect(
    denyObjectChange(wish("NetworkPolicy", "/spec/ingress", opened.spec.ingress), policy, opened),
  ).toMatch(/everybody in/);
});

test("whole parts of objects are not replaced", () => {
  const before = {
    spec: { securityContext: { runAsUser: 1, seccompProfile: { type: "RuntimeDefault" } }, replicas: 1 },
  };
  const wish = (path: string, value: unknown) => ({
    kind: "StatefulSet",
    name: "x",
    patch: [{ op: "replace", path, value }],
  });
  const after = (securityContext: object) => ({ spec: { securityContext, replicas: 1 } });
  expect(
    denyObjectChange(wish("/spec/securityContext", { runAsUser: 2 }), before, after({ runAsUser: 2 })),
  ).toMatch(/lose seccompProfile/);
  expect(denyObjectChange(wish("/spec", { replicas: 1 }), before, { spec: { replicas: 1 } })).toMatch(
    /lose securityContext/,
  );
  expect(denyObjectChange(wish("", {}), before, {})).toMatch(/whole object/);
  const widened = { runAsUser: 2, seccompProfile: { type: "RuntimeDefault" } };
  expect(denyObjectChange(wish("/spec/securityContext", widened), before, after(widened))).toBeUndefined();
});

test("nothing that makes a stateful pod go by force or without grace", () => {
  expect(denyCommands("kubectl delete pod loki-0 --force --grace-period=0")).toMatch(/by force/);
  const wish = (path: string, value: unknown) => ({
    kind: "StatefulSet",
    name: "x",
    patch: [{ op: "add", path, value }],
  });
  expect(
    denyObjectChange(
      wish("/spec/template/spec/terminationGracePeriodSeconds", 0),
      { spec: {} },
      { spec: {} },
    ),
  ).toMatch(/grace/);
  expect(denyObjectChange(wish("/metadata/finalizers", []), { metadata: {} }, { metadata: {} })).toMatch(
    /guards/,
  );
});

test("commands that an object would bring in", () => {
  const patch = [
    {
      op: "add",
      path: "/spec/template/spec/initContainers/0",
      value: { command: ["sh", "-c", "chown -R 1:1 /data"] },
    },
  ];
  expect(denyObjectChange({ kind: "StatefulSet", name: "x", patch }, { spec: {} }, { spec: {} })).toMatch(
    /recursive/,
  );
});

test("below a path only names that are known: never everything, never a path", () => {
  const below = (...names: string[]): Step => ({
    ...{ do: "set-owner", title: "t", host: "h", path: "/srv/x", uid: 1, gid: 1 },
    below: { names, uid: 0 },
  });
  expect(denyStep(below("wal", "01*"))).toBeUndefined();
  for (const name of ["*", "**", ".", "..", ".*", "", "a/b"])
    expect(denyStep(below("wal", name)), name).toMatch(/nothing is changed recursively/);
});
