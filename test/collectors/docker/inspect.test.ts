// `docker inspect` whole, and cut by hand.
import { expect, test } from "vitest";
import { inspectJson } from "../../../src/collectors/docker/inspect.ts";
import { factsOf } from "../facts-of.ts";

const whole = `[
  {
    "Id": "f00d",
    "Created": "2026-03-01T10:00:00.123456789Z",
    "Path": "/usr/bin/loki",
    "Args": ["-config.file=/etc/loki/config.yaml"],
    "State": {
      "Status": "exited",
      "OOMKilled": true,
      "ExitCode": 137,
      "Error": "",
      "StartedAt": "0001-01-01T00:00:00Z",
      "Health": { "Status": "unhealthy", "Log": [ { "ExitCode": -1, "Output": "exec: \\"wget\\": executable file not found" } ] }
    },
    "Name": "/loki",
    "RestartCount": 7,
    "HostConfig": {
      "Binds": ["/srv/loki:/loki:rw"],
      "LogConfig": { "Type": "json-file", "Config": { "max-size": "10m" } },
      "NetworkMode": "mon_default",
      "PortBindings": { "3100/tcp": [ { "HostIp": "", "HostPort": "3100" } ] },
      "RestartPolicy": { "Name": "always" },
      "Privileged": false,
      "Memory": 536870912
    },
    "Mounts": [ { "Type": "bind", "Source": "/srv/loki", "Destination": "/loki", "RW": true, "Propagation": "rprivate" } ],
    "Config": { "User": "10001", "Env": ["TZ=UTC"], "Image": "grafana/loki:3.1.0", "Healthcheck": { "Test": ["CMD-SHELL", "wget -q -O- http://localhost:3100/ready"] },
      "Labels": { "com.docker.compose.service": "loki", "com.docker.compose.project": "mon" } },
    "NetworkSettings": { "Ports": {}, "Networks": { "mon_default": { "Aliases": ["loki"], "IPAddress": "" } } }
  }
]`;

test("a whole container", () => {
  const { facts, texts, score } = factsOf(inspectJson, whole);
  expect(score).toBeGreaterThan(0.9);
  expect(facts["docker.containers"]).toMatchObject([
    {
      at: { line: 15 },
      name: "loki",
      service: "loki",
      project: "mon",
      state: "exited",
      exitCode: 137,
      oomKilled: true,
      restartCount: 7,
      health: "unhealthy",
      entrypoint: ["/usr/bin/loki"],
      args: ["-config.file=/etc/loki/config.yaml"],
      networkMode: "mon_default",
      ports: [{ hostPort: 3100, containerPort: 3100, at: { line: 21 } }],
      mounts: [{ type: "bind", source: "/srv/loki", target: "/loki", readOnly: false }],
      memoryLimitBytes: 536870912,
      logOptions: { "max-size": "10m" },
      fieldsAt: { networkMode: { line: 20 }, restartCount: { line: 16 } },
    },
  ]);
  expect(facts["docker.containers"][0]?.startedMs).toBeUndefined();
  expect(texts.map((text) => text.text)).toContain('exec: "wget": executable file not found');
});

test("excerpts: no braces, dots, a trailing comma, an unclosed end", () => {
  const excerpt = `"State": {
    "Status": "restarting",
    ...
    "ExitCode": 2,
},
"Mounts": [
    {
        "Type": "volume",
        "Name": "prom_data",
        "Destination": "/prometheus",
        "RW": true
    },`;
  const { facts, score } = factsOf(inspectJson, excerpt, "docker inspect prom");
  expect(score).toBeGreaterThan(0.7);
  expect(facts["docker.containers"]).toMatchObject([
    {
      name: "prom",
      state: "restarting",
      exitCode: 2,
      mounts: [{ name: "prom_data", target: "/prometheus", at: { line: 10 } }],
    },
  ]);
});

test("an excerpt that names no container is a gap, not silence", () => {
  const { facts, gaps } = factsOf(inspectJson, '{"State": {"Status": "running", "ExitCode": 0}}');
  expect(facts["docker.containers"]).toEqual([]);
  expect(gaps).toHaveLength(1);
});

test("Kubernetes JSON is not its own", () => {
  const pod = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"status":{"phase":"Running"}}';
  expect(inspectJson.recognise({ source: "x", startLine: 1, text: pod })).toBe(0);
});

test("pieces taken out with jq", () => {
  const read = (text: string) =>
    factsOf(inspectJson, text, "docker inspect loki | jq .").facts["docker.containers"];
  expect(read('{"Status":"exited","Running":false,"ExitCode":137,"OOMKilled":true}')).toMatchObject([
    { name: "loki", state: "exited", oomKilled: true },
  ]);
  expect(read('[{"Type":"bind","Source":"/a","Destination":"/b","RW":false}]')).toMatchObject([
    { name: "loki", mounts: [{ source: "/a", readOnly: true }] },
  ]);
  expect(read('{"Type":"json-file","Config":{"max-size":"10m"}}')).toMatchObject([
    { logDriver: "json-file", logOptions: { "max-size": "10m" } },
  ]);
  expect(read('{"NetworkMode":"host","Binds":["/a:/b:ro"]}')).toMatchObject([
    { networkMode: "host", mounts: [{ target: "/b" }] },
  ]);
});
