// A container made again must be what it was but for the one thing: its settings, its unnamed volumes, its networks.
import { expect, test } from "vitest";
import { createdWith, denyContainer, notOurs, specOf } from "../../../src/plan/transaction/container-spec.ts";
import { parseAnswer } from "../../../src/plan/transaction/engine-api.ts";

const id = "0123456789abcdef0123456789abcdef";
const inspect = (more: object = {}, host: object = {}) => ({
  Id: id,
  Config: {
    Hostname: id.slice(0, 12),
    Image: "prom/node-exporter:v1.8.2",
    Cmd: ["--path.rootfs=/host"],
    Labels: { a: "b" },
    ...more,
  },
  HostConfig: {
    NetworkMode: "monitoring",
    Binds: ["/:/host:ro,rslave"],
    RestartPolicy: { Name: "unless-stopped" },
    PortBindings: { "9100/tcp": [{ HostIp: "127.0.0.1", HostPort: "9100" }] },
    ...host,
  },
  Mounts: [
    { Type: "bind", Source: "/", Destination: "/host" },
    { Type: "volume", Name: "f00d", Destination: "/data" },
  ],
  NetworkSettings: {
    Networks: {
      extra: { IPAMConfig: null, Aliases: null, IPAddress: "172.20.0.9" },
      monitoring: {
        IPAMConfig: { IPv4Address: "172.19.0.5" },
        Aliases: ["exporter", id.slice(0, 12)],
        IPAddress: "172.19.0.5",
        MacAddress: "x",
      },
    },
  },
});

test("everything stays, the engine's own names and addresses are given anew", () => {
  expect(specOf(inspect())).toEqual({
    create: {
      Image: "prom/node-exporter:v1.8.2",
      Cmd: ["--path.rootfs=/host"],
      Labels: { a: "b" },
      HostConfig: { ...inspect().HostConfig, Binds: ["/:/host:ro,rslave", "f00d:/data"] },
      NetworkingConfig: {
        EndpointsConfig: { monitoring: { IPAMConfig: { IPv4Address: "172.19.0.5" }, Aliases: ["exporter"] } },
      },
    },
    connect: [{ network: "extra", settings: {} }],
  });
});

test("a name that was chosen is kept; on the host's network there is none of its own", () => {
  expect(specOf(inspect({ Hostname: "exporter" })).create.Hostname).toBe("exporter");
  const onHost = specOf(inspect({ Hostname: "server" }, { NetworkMode: "host" }));
  expect([onHost.create.Hostname, onHost.create.NetworkingConfig, onHost.connect]).toEqual([
    undefined,
    undefined,
    [],
  ]);
});

test("containers of Swarm, of pods and with --rm are not remade", () => {
  expect(notOurs(inspect({ Labels: { "com.docker.swarm.service.id": "x" } }))).toMatch(/Swarm/);
  expect(notOurs(inspect({ Labels: { "io.kubernetes.pod.name": "x" } }))).toMatch(/pod/);
  expect(notOurs(inspect({}, { AutoRemove: true }))).toMatch(/--rm/);
  expect(notOurs(inspect())).toBeUndefined();
});

test("no port is opened to the world, and no container gets all rights", () => {
  const bind = (HostIp: string) =>
    inspect({}, { PortBindings: { "9100/tcp": [{ HostIp, HostPort: "9100" }] } });
  for (const address of ["", "0.0.0.0", "::"])
    expect(denyContainer(inspect(), bind(address), [])).toMatch(/open to the world/);
  expect(denyContainer(inspect(), bind("10.0.0.7"), [])).toBeUndefined();
  expect(denyContainer(bind("0.0.0.0"), bind("0.0.0.0"), [])).toBeUndefined();
  expect(denyContainer(inspect(), inspect({}, { Privileged: true }), [])).toMatch(/all rights/);
});

test("answers of the engine, whole, in chunks, empty and cut off", () => {
  const read = (text: string) => parseAnswer(Buffer.from(text));
  expect(read('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"a":1}')).toEqual({
    status: 200,
    json: { a: 1 },
  });
  expect(
    read('HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n3\r\n:2}\r\n0\r\n\r\n'),
  ).toEqual({ status: 201, json: { a: 2 } });
  expect(read("HTTP/1.1 204 No Content\r\n\r\n")).toEqual({ status: 204, json: undefined });
  expect(read("HTTP/1.1 500 X\r\n\r\nboom")).toEqual({ status: 500, json: { message: "boom" } });
  expect(read("HTTP/1.1 200 OK\r\nContent")).toBeUndefined();
  expect(read("")).toBeUndefined();
});

test("Podman tells the command a container was made with; it is used under another name, and only if it is one", () => {
  const made = (...CreateCommand: string[]) => ({ Config: { CreateCommand } });
  expect(
    createdWith(made("podman", "create", "--name", "x.new-1", "--pid=host", "img:1", "--name", "y"), "x"),
  ).toEqual(["--name", "x", "--pid=host", "img:1", "--name", "y"]);
  expect(createdWith(made("/usr/bin/podman", "create", "--name", "a", "img"), "b")).toEqual([
    "--name",
    "b",
    "img",
  ]);
  expect(createdWith(made("podman", "run", "--name", "a", "img"), "b")).toBeUndefined();
  expect(createdWith(made("podman", "create", "img"), "b")).toBeUndefined();
  expect(createdWith({ Config: { CreateCommand: null } }, "b")).toBeUndefined();
});
