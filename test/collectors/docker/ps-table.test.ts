// Container tables of docker, podman and compose, with the columns people leave in.
import { expect, test } from "vitest";
import { psTable } from "../../../src/collectors/docker/ps-table.ts";
import { factsOf } from "../facts-of.ts";

test("default table: command, ports of both families, states", () => {
  const text = [
    "CONTAINER ID   IMAGE                     COMMAND                  CREATED        STATUS                     PORTS                                         NAMES",
    '0f3c1a2b4d5e   prom/prometheus:v2.53.0   "/bin/prometheus --c…"   3 hours ago    Up 3 hours                 0.0.0.0:9090->9090/tcp, [::]:9090->9090/tcp   mon-prometheus-1',
    '1a2b3c4d5e6f   grafana/loki:3.1.0        "/usr/bin/loki -conf…"   3 hours ago    Exited (137) 2 hours ago                                                 mon-loki-1',
  ].join("\n");
  const { facts, score } = factsOf(psTable, text);
  expect(score).toBeGreaterThan(0.9);
  const [prometheus, loki] = facts["docker.containers"];
  expect(prometheus).toMatchObject({
    name: "mon-prometheus-1",
    state: "running",
    image: "prom/prometheus:v2.53.0",
    at: { line: 2 },
  });
  expect(prometheus?.args).toBeUndefined();
  expect(prometheus?.ports?.map((port) => [port.hostIP, port.hostPort])).toEqual([
    ["0.0.0.0", 9090],
    ["::", 9090],
  ]);
  expect(loki).toMatchObject({ name: "mon-loki-1", state: "exited", exitCode: 137, ports: [] });
});

test("chosen columns, names first, empty PORTS", () => {
  const text =
    "NAMES   IMAGE        STATUS                          PORTS\nalloy   alloy:1.2    Restarting (1) 5 seconds ago";
  const { facts } = factsOf(psTable, text);
  expect(facts["docker.containers"]).toMatchObject([
    { name: "alloy", state: "restarting", exitCode: 1, ports: [] },
  ]);
});

test("compose v2 and podman columns", () => {
  const compose = [
    "NAME         IMAGE               COMMAND        SERVICE    CREATED       STATUS                   PORTS",
    'x-cadvisor   cadvisor:v0.49.1    "/cadvisor"    cadvisor   2 days ago    Up 2 days (unhealthy)    8080/tcp',
  ].join("\n");
  expect(factsOf(psTable, compose).facts["docker.containers"]).toMatchObject([
    {
      name: "x-cadvisor",
      service: "cadvisor",
      health: "unhealthy",
      ports: [{ containerPort: 8080 }],
      entrypoint: ["/cadvisor"],
    },
  ]);
  const podman = [
    "CONTAINER ID  IMAGE                          COMMAND               CREATED        STATUS            PORTS                   NAMES",
    "8b3f5a1c2d4e  quay.io/prometheus/node:v1.8   --path.rootfs=/host   5 minutes ago  Up 5 minutes ago  0.0.0.0:9100->9100/tcp  node-exporter",
  ].join("\n");
  const [container] = factsOf(psTable, podman).facts["docker.containers"];
  expect(container).toMatchObject({ name: "node-exporter", state: "running", ports: [{ hostPort: 9100 }] });
});

test("rows without header and with lost alignment", () => {
  const text =
    '4e22d394d5ba node:1 "/bin/node_exporter --web.listen-address=:9100" 2 hours ago Up 2 hours 127.0.0.1:9102->9100/tcp ne';
  const { facts, score } = factsOf(psTable, text, "docker ps | grep ne");
  expect(score).toBeGreaterThan(0.8);
  expect(facts["docker.containers"]).toMatchObject([
    {
      name: "ne",
      args: ["--web.listen-address=:9100"],
      ports: [{ hostIP: "127.0.0.1", hostPort: 9102, containerPort: 9100 }],
    },
  ]);
});

test("other tables are not its own", () => {
  for (const header of [
    "NAME   READY   STATUS    RESTARTS   AGE",
    "NAME STATUS ROLES AGE VERSION",
    "NAME IMAGE",
  ]) {
    expect(psTable.recognise({ source: "x", startLine: 1, text: `${header}\na b c d e` })).toBe(0);
  }
});
