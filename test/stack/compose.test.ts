// Compose services as declared containers.
import fc from "fast-check";
import { expect, test } from "vitest";
import { configDocument, readDocuments } from "../../src/collectors/config/yaml-document.ts";
import type { DockerContainer } from "../../src/model/docker.ts";
import { composeContainers } from "../../src/stack/compose.ts";

function services(text: string, path?: string): DockerContainer[] {
  const segment = { source: "compose.yaml", startLine: 1, text, ...(path === undefined ? {} : { path }) };
  return readDocuments(segment).flatMap((document) =>
    composeContainers(configDocument(segment, document, "compose")),
  );
}

test("a service with the long and short forms", () => {
  const text = `name: mon
services:
  prometheus:
    image: prom/prometheus:\${PROM_VERSION:-v2.53.0}
    container_name: prom
    user: "65534:65534"
    command:
      - --config.file=/etc/prometheus/prometheus.yml
      - --web.external-url=http://x/$$1
    ports:
      - "127.0.0.1:9090:9090"
      - 9100
      - "3000-3001:3000-3001/udp"
      - target: 8080
        published: "8081"
        host_ip: 10.0.0.5
    volumes:
      - ./prometheus:/etc/prometheus:ro,z
      - data:/prometheus
      - type: bind
        source: /
        target: /rootfs
        read_only: true
        bind: { propagation: rslave }
    environment:
      TZ: UTC
      TOKEN:
    extra_hosts: ["host.docker.internal:host-gateway"]
    healthcheck: { test: "wget -q localhost:9090/-/ready" }
    logging: { driver: json-file, options: { max-size: 10m } }
    deploy: { resources: { limits: { memory: 512M } } }
    cap_add: [SYS_TIME]
    privileged: true
    restart: always
    networks:
      back: { aliases: [p] }
volumes:
  data:
    driver_opts: { type: none, o: bind, device: /srv/prom }
networks:
  back: { name: shared }
`;
  const [container] = services(text, "/opt/mon/compose.yaml");
  expect(container).toMatchObject({
    at: { line: 3 },
    origin: "declared",
    name: "prom",
    service: "prometheus",
    project: "mon",
    image: "prom/prometheus:v2.53.0",
    user: "65534:65534",
    args: ["--config.file=/etc/prometheus/prometheus.yml", "--web.external-url=http://x/$1"],
    argsAt: { line: 7 },
    networkMode: "shared",
    networks: [{ name: "shared", aliases: ["p"] }],
    env: [{ name: "TZ", value: "UTC" }, { name: "TOKEN" }],
    extraHosts: ["host.docker.internal:host-gateway"],
    healthcheck: ["CMD-SHELL", "wget -q localhost:9090/-/ready"],
    logDriver: "json-file",
    logOptions: { "max-size": "10m" },
    memoryLimitBytes: 512 * 1024 ** 2,
    capAdd: ["SYS_TIME"],
    privileged: true,
    restartPolicy: "always",
    fieldsAt: { user: { line: 6 }, networks: { line: 35 } },
  });
  expect(container?.ports).toMatchObject([
    { hostIP: "127.0.0.1", hostPort: 9090, containerPort: 9090, at: { line: 11 } },
    { containerPort: 9100 },
    { hostPort: 3000, protocol: "udp" },
    { hostPort: 3001, protocol: "udp" },
    { hostIP: "10.0.0.5", hostPort: 8081, containerPort: 8080 },
  ]);
  expect(container?.mounts).toMatchObject([
    {
      type: "bind",
      source: "/opt/mon/prometheus",
      target: "/etc/prometheus",
      readOnly: true,
      at: { line: 18 },
    },
    { type: "bind", source: "/srv/prom", name: "data", target: "/prometheus" },
    { type: "bind", source: "/", target: "/rootfs", readOnly: true, propagation: "rslave" },
  ]);
});

test("host network, a command as string, lists for maps", () => {
  const text = `services:
  node:
    image: node-exporter
    network_mode: host
    pid: host
    command: '--path.rootfs=/host --web.listen-address="127.0.0.1:9100"'
    environment: ["A=1=2", B]
    labels: ["x=y"]
    healthcheck: { disable: true }
`;
  expect(services(text)).toMatchObject([
    {
      networkMode: "host",
      pidMode: "host",
      args: ["--path.rootfs=/host", "--web.listen-address=127.0.0.1:9100"],
      env: [{ name: "A", value: "1=2" }, { name: "B" }],
      labels: { x: "y" },
      healthcheck: ["NONE"],
      ports: [],
    },
  ]);
  expect(services(text)[0]?.networks).toBeUndefined();
});

test("fragments: services at the top, one body, the v1 format; other YAML gives nothing", () => {
  expect(
    services("grafana:\n  image: grafana/grafana\n  ports: ['3000:3000']\n").map((c) => [
      c.name,
      c.networkMode,
    ]),
  ).toEqual([["grafana", "default"]]);
  expect(services("image: grafana/loki:3.0.0\nports: ['3100:3100']\n").map((c) => c.name)).toEqual(["loki"]);
  expect(services("server:\n  http_listen_port: 3100\n")).toEqual([]);
  expect(services("- a\n- b\n")).toEqual([]);
});

test("never throws on what YAML can hold", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.array(tie("any"), { maxLength: 3 }),
      tie("map"),
    ),
    map: fc.dictionary(
      fc.constantFrom(
        "services",
        "image",
        "ports",
        "volumes",
        "command",
        "environment",
        "networks",
        "deploy",
        "logging",
        "healthcheck",
        "x",
      ),
      tie("any"),
      { maxKeys: 5 },
    ),
  })).map;
  fc.assert(
    fc.property(value, (map) => {
      const at = { source: "c", line: 1 };
      composeContainers({
        at,
        kind: "compose",
        origin: "file",
        value: { services: { a: map } },
        text: "",
        lines: {},
        duplicateKeys: [],
      });
      composeContainers({
        at,
        kind: "compose",
        origin: "file",
        value: map,
        text: "",
        lines: {},
        duplicateKeys: [],
      });
    }),
  );
});
