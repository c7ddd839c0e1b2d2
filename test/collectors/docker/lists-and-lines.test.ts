// JSON lists, compose v1, --format templates, command lines, networks and the engine itself.
import { expect, test } from "vitest";
import { composeV1Ps } from "../../../src/collectors/docker/compose-v1-ps.ts";
import {
  containerCount,
  engineEvents,
  volumeInspect,
} from "../../../src/collectors/docker/counts-and-events.ts";
import { engineText } from "../../../src/collectors/docker/engine-info.ts";
import { engineJson, podmanInfo } from "../../../src/collectors/docker/engine-json.ts";
import { dockerParsers } from "../../../src/collectors/docker/index.ts";
import { inspectFormat } from "../../../src/collectors/docker/inspect-format.ts";
import { networkInspect, networkTable } from "../../../src/collectors/docker/networks.ts";
import { psJson } from "../../../src/collectors/docker/ps-json.ts";
import { runLine } from "../../../src/collectors/docker/run-line.ts";
import { factsOf, winnerOf } from "../facts-of.ts";

const containers = (...args: Parameters<typeof factsOf>) => factsOf(...args).facts["docker.containers"];

test("docker ps --format json: one object per line", () => {
  const text = [
    '{"Command":"\\"/bin/node_exporter\\"","ID":"0f3c1a2b4d5e","Image":"ne:1","Labels":"a=b,com.docker.compose.service=node","Names":"ne","Networks":"mon","Ports":"0.0.0.0:9100->9100/tcp","State":"running","Status":"Up 2 hours (healthy)"}',
    '{"ID":"1f3c1a2b4d5e","Image":"loki:3","Names":"loki","Ports":"","State":"exited","Status":"Exited (1) 3 minutes ago"}',
  ].join("\n");
  expect(winnerOf(dockerParsers, text)).toBe("docker-ps-json");
  expect(containers(psJson, text)).toMatchObject([
    {
      name: "ne",
      service: "node",
      health: "healthy",
      state: "running",
      networks: [{ name: "mon" }],
      ports: [{ hostPort: 9100 }],
      at: { line: 1 },
    },
    { name: "loki", state: "exited", exitCode: 1, at: { line: 2 } },
  ]);
});

test("compose, podman and API lists", () => {
  const compose =
    '[{"Name":"m-loki-1","Image":"grafana/loki:3.0.0","Service":"loki","Project":"m","State":"exited","Health":"","ExitCode":137,"Publishers":[{"URL":"127.0.0.1","TargetPort":3100,"PublishedPort":3100,"Protocol":"tcp"},{"URL":"","TargetPort":9095,"PublishedPort":0,"Protocol":"tcp"}]}]';
  const [loki] = containers(psJson, compose);
  expect(loki).toMatchObject({ name: "m-loki-1", service: "loki", project: "m", exitCode: 137 });
  expect(loki?.ports).toMatchObject([{ hostIP: "127.0.0.1", hostPort: 3100 }, { containerPort: 9095 }]);
  expect(loki?.ports?.[1]?.hostPort).toBeUndefined();
  const podman =
    '[{"Id":"abc","Names":["graf"],"Image":"grafana:10","State":"running","Status":"Up 5 minutes","Ports":[{"host_ip":"","container_port":3000,"host_port":3000,"range":2,"protocol":"tcp"}],"Mounts":["/var/lib/grafana"],"Created":1700000000}]';
  expect(containers(psJson, podman)).toMatchObject([
    { name: "graf", ports: [{ hostPort: 3000 }, { hostPort: 3001 }], createdMs: 1_700_000_000_000 },
  ]);
  const api =
    '[{"Id":"abc","Names":["/cadvisor"],"Image":"cadvisor","Command":"/usr/bin/cadvisor -logtostderr","Created":1700000000,"Ports":[{"IP":"0.0.0.0","PrivatePort":8080,"PublicPort":8080,"Type":"tcp"}],"State":"running","Status":"Up 1 second","HostConfig":{"NetworkMode":"default"},"NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.2"}}},"Mounts":[{"Type":"bind","Source":"/","Destination":"/rootfs","Mode":"ro","RW":false}]}]';
  expect(winnerOf(dockerParsers, api)).toBe("docker-ps-json");
  expect(containers(psJson, api)).toMatchObject([
    {
      name: "cadvisor",
      networkMode: "bridge",
      networks: [{ ip: "172.17.0.2" }],
      mounts: [{ source: "/", readOnly: true }],
      args: ["-logtostderr"],
    },
  ]);
});

test("docker-compose ps of compose v1, with wrapped cells", () => {
  const text = [
    "      Name                    Command                  State                      Ports                ",
    "-------------------------------------------------------------------------------------------------------",
    "mon_grafana_1     /run.sh                        Up                 0.0.0.0:3000->3000/tcp             ",
    "mon_loki_1        /usr/bin/loki -config.file ...   Up (health:        0.0.0.0:3100->3100/tcp,",
    "                                                 starting)          :::3100->3100/tcp",
    "mon_prometheus_   /bin/prometheus --config.f ... Exit 1",
    "1",
  ].join("\n");
  expect(winnerOf(dockerParsers, text)).toBe("docker-compose-v1-ps");
  const found = containers(composeV1Ps, text);
  expect(found.map((c) => [c.name, c.state, c.exitCode, c.health])).toEqual([
    ["mon_grafana_1", "running", undefined, undefined],
    ["mon_loki_1", "running", undefined, "starting"],
    ["mon_prometheus_1", "exited", 1, undefined],
  ]);
  expect(found[1]?.ports).toHaveLength(2);
});

test("inspect --format", () => {
  const read = (format: string, output: string, names = "loki") =>
    containers(inspectFormat, output, `docker inspect -f '${format}' ${names}`);
  expect(read("{{.State.Status}} {{.State.ExitCode}}", "exited 137")).toMatchObject([
    { name: "loki", state: "exited", exitCode: 137 },
  ]);
  expect(
    read("{{json .Mounts}}", '[{"Type":"bind","Source":"/srv","Destination":"/loki","RW":true}]'),
  ).toMatchObject([{ name: "loki", mounts: [{ source: "/srv", target: "/loki" }] }]);
  expect(
    read("{{.Name}}: {{.HostConfig.NetworkMode}}", "/a: host\n/b: mon_default", "$(docker ps -q)"),
  ).toMatchObject([
    { name: "a", networkMode: "host", at: { line: 1 } },
    { name: "b", networkMode: "mon_default", at: { line: 2 } },
  ]);
  expect(read("{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "172.18.0.4")).toMatchObject([
    { networks: [{ ip: "172.18.0.4" }] },
  ]);
  expect(read("{{.Config.User}}", "10001")).toMatchObject([{ user: "10001" }]);
  expect(read("{{.Args}}", "[-config.file=/x -target=all]")).toMatchObject([
    { args: ["-config.file=/x", "-target=all"] },
  ]);
});

test("docker run over several lines", () => {
  const text = [
    "docker run -d --name=cadvisor \\",
    "  --volume=/:/rootfs:ro \\",
    "  -v /sys:/sys:ro -v data:/data \\",
    "  -p 127.0.0.1:8080:8080 -p 9000-9001:9000-9001/udp \\",
    '  --privileged -e "TZ=Europe/Berlin" --user 1000:1000 \\',
    "  --log-opt max-size=10m --restart unless-stopped --memory 512m \\",
    "  gcr.io/cadvisor/cadvisor:v0.49.1 --docker_only=true",
  ].join("\n");
  expect(containers(runLine, text)).toMatchObject([
    {
      at: { line: 1 },
      origin: "declared",
      name: "cadvisor",
      image: "gcr.io/cadvisor/cadvisor:v0.49.1",
      args: ["--docker_only=true"],
      argsAt: { line: 7 },
      user: "1000:1000",
      privileged: true,
      networkMode: "bridge",
      memoryLimitBytes: 512 * 1024 ** 2,
      env: [{ name: "TZ", value: "Europe/Berlin" }],
      logOptions: { "max-size": "10m" },
      mounts: [
        { type: "bind", source: "/", target: "/rootfs", readOnly: true, at: { line: 2 } },
        { type: "bind", source: "/sys", target: "/sys", readOnly: true },
        { type: "volume", name: "data", target: "/data" },
      ],
      ports: [
        { hostIP: "127.0.0.1", hostPort: 8080, containerPort: 8080, at: { line: 4 } },
        { hostPort: 9000, containerPort: 9000, protocol: "udp" },
        { hostPort: 9001, containerPort: 9001, protocol: "udp" },
      ],
    },
  ]);
  expect(containers(runLine, "docker run -d --net=host prom/node-exporter:{{ version }}")).toEqual([]);
  expect(
    containers(runLine, "sudo docker run -itd --net=host quay.io/prometheus/node-exporter"),
  ).toMatchObject([{ name: "node-exporter", networkMode: "host" }]);
});

test("networks", () => {
  const table =
    "NETWORK ID     NAME          DRIVER    SCOPE\ne7fdc7cc0df2   mon_default   bridge    local\n93a28a924fde   none          null      local";
  expect(factsOf(networkTable, table).facts["docker.networks"]).toMatchObject([
    { name: "mon_default", driver: "bridge" },
    { name: "none" },
  ]);
  const json = `[{"Name":"mon_default","Id":"e7","Driver":"bridge","IPAM":{"Config":[{"Subnet":"172.28.0.0/16","Gateway":"172.28.0.1"}]},
    "Internal":false,"Containers":{"ab":{"Name":"loki","IPv4Address":"172.28.0.3/16"}},"Options":{"com.docker.network.driver.mtu":"1450"}}]`;
  expect(winnerOf(dockerParsers, json)).toBe("docker-network-inspect");
  expect(factsOf(networkInspect, json).facts["docker.networks"]).toMatchObject([
    {
      name: "mon_default",
      subnets: ["172.28.0.0/16"],
      gateways: ["172.28.0.1"],
      containers: ["loki"],
      addresses: { loki: "172.28.0.3" },
      mtu: 1450,
    },
  ]);
});

test("docker info, old and new, and docker version", () => {
  const info = [
    "Client: Docker Engine - Community",
    " Version:    29.0.1",
    " Context:    default",
    "",
    "Server:",
    " Containers: 3",
    "  Running: 2",
    " Server Version: 29.0.1",
    " Storage Driver: overlayfs",
    "  driver-type: io.containerd.snapshotter.v1",
    " Logging Driver: json-file",
    " Cgroup Driver: systemd",
    " Cgroup Version: 2",
    " Security Options:",
    "  apparmor",
    "  seccomp",
    "   Profile: builtin",
    "  rootless",
    " Kernel Version: 6.1.0",
    " Operating System: Ubuntu 24.04",
    " Architecture: x86_64",
    " Docker Root Dir: /data/docker",
    " Live Restore Enabled: true",
    "WARNING: IPv4 forwarding is disabled",
  ].join("\n");
  const read = factsOf(engineText, info);
  expect(read.facts["docker.engines"]).toMatchObject([
    {
      version: "29.0.1",
      clientVersion: "29.0.1",
      storageDriver: "overlayfs",
      storageDriverType: "io.containerd.snapshotter.v1",
      cgroupVersion: "2",
      rootDir: "/data/docker",
      rootless: true,
      securityOptions: ["apparmor", "seccomp", "rootless"],
      liveRestore: true,
      fieldsAt: { rootDir: { line: 22 } },
    },
  ]);
  expect(read.texts.map((text) => text.text)).toEqual(["WARNING: IPv4 forwarding is disabled"]);
  expect(read.facts["host.settings"]).toMatchObject([
    { name: "docker containers", value: "3" },
    { name: "docker running", value: "2" },
  ]);

  const version = [
    "Client: Docker Engine - Community",
    " Version:           28.5.0",
    " API version:       1.51",
    "Server: Docker Engine - Community",
    " Engine:",
    "  Version:          29.0.0",
    "  API version:      1.52 (minimum version 1.44)",
    " containerd:",
    "  Version:          1.7.28",
    " docker-init:",
    "  Version:          0.19.0",
  ].join("\n");
  expect(factsOf(engineText, version).facts["docker.engines"]).toMatchObject([
    {
      at: { line: 6 },
      version: "29.0.0",
      apiVersion: "1.52",
      minApiVersion: "1.44",
      clientVersion: "28.5.0",
      clientApiVersion: "1.51",
      fieldsAt: { minApiVersion: { line: 7 } },
    },
  ]);
});

test("engine JSON and podman info", () => {
  const json =
    '{"Client":{"Version":"28.0.0","ApiVersion":"1.48"},"Server":{"Version":"28.0.0","ApiVersion":"1.48","MinAPIVersion":"1.24","Arch":"amd64"}}';
  expect(factsOf(engineJson, json).facts["docker.engines"]).toMatchObject([
    { version: "28.0.0", minApiVersion: "1.24", arch: "amd64" },
  ]);
  const info =
    '{"ServerVersion":"25.0.1","Driver":"overlay2","DriverStatus":[["driver-type","io.x"]],"DockerRootDir":"/var/lib/docker","SecurityOptions":["name=seccomp,profile=builtin","name=rootless"]}';
  expect(factsOf(engineJson, info).facts["docker.engines"]).toMatchObject([
    { version: "25.0.1", storageDriver: "overlay2", storageDriverType: "io.x", rootless: true },
  ]);
  const podman = [
    "host:",
    "  arch: amd64",
    "  cgroupManager: systemd",
    "  cgroupVersion: v2",
    "  security:",
    "    rootless: true",
    "store:",
    "  graphDriverName: overlay",
    "version:",
    "  APIVersion: 5.0.0",
    "  Version: 5.0.1",
  ].join("\n");
  expect(winnerOf(dockerParsers, podman)).toBe("podman-info");
  expect(factsOf(podmanInfo, podman).facts["docker.engines"]).toMatchObject([
    { isPodman: true, version: "5.0.1", rootless: true, storageDriver: "overlay", at: { line: 11 } },
  ]);
});

test("counts, events, volumes", () => {
  expect(factsOf(containerCount, "737\n", "docker ps -q | wc -l").facts["host.settings"]).toMatchObject([
    { name: "docker running", value: "737" },
  ]);
  const events =
    "2026-03-01T10:00:00.123456789+01:00 container die 4e22d394d5ba (exitCode=137, image=grafana/loki:3.1.0, name=loki)";
  const read = factsOf(engineEvents, events);
  expect(read.facts["docker.containers"]).toMatchObject([{ name: "loki", exitCode: 137 }]);
  expect(read.texts).toMatchObject([{ stream: "event", container: "loki" }]);
  const volume =
    '[{"Driver":"local","Mountpoint":"/var/lib/docker/volumes/prom/_data","Name":"prom","Options":{"type":"nfs","device":":/x","o":"addr=nas,rw"},"Scope":"local"}]';
  expect(factsOf(volumeInspect, volume).facts["host.mounts"]).toMatchObject([
    { volume: "prom", type: "nfs", source: ":/x", options: ["addr=nas", "rw"] },
  ]);
});

test("tables", () => {
  const stats =
    "CONTAINER ID   NAME   CPU %     MEM USAGE / LIMIT     MEM %     NET I/O          BLOCK I/O        PIDS\n4e22d394d5ba   prom   12.5%     1.5GiB / 2GiB   75.00%    1.2GB / 300MB    0B / 0B          12";
  expect(winnerOf(dockerParsers, stats)).toBe("docker-stats");
  const images =
    "REPOSITORY     TAG       IMAGE ID       CREATED        SIZE\ngrafana/loki   3.1.0     0123456789ab   3 months ago   74.5MB";
  const parser = dockerParsers.find((candidate) => candidate.id === "docker-images");
  if (!parser) throw new Error("no parser for images");
  expect(factsOf(parser, images).facts["host.settings"]).toMatchObject([
    { name: "docker image", value: "grafana/loki:3.1.0" },
  ]);
});
