// Container images made from the parts' programs, with the users, entry points and paths of the upstream images.
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { output } from "../process/command.ts";
import { rigRoot } from "../process/paths.ts";
import { type Entry, type ImageConfig, writeImage } from "./archive.ts";
import { debian, debianRoot } from "./debian.ts";
import {
  alloy,
  binary,
  cadvisor,
  coredns,
  grafana,
  grafanaVersion,
  loki,
  moduleVersion,
  pause,
  prometheus3,
  prometheusVersion,
  promtail,
} from "./go.ts";
import { dirOf, type Part } from "./part.ts";

export type ImagePart = Part & { readonly ref: string; readonly archive: () => string };

type Recipe = {
  readonly name: string;
  readonly ref: string;
  readonly needs: readonly Part[];
  readonly config: ImageConfig;
  readonly entries: () => Promise<Entry[]> | Entry[];
};

/** Small to make, so any change here makes all images anew. */
const sources = ["images.ts", "archive.ts"];

const root = (): string => debianRoot(dirOf(debian));
const nobody = { uid: 65534, gid: 65534 };

const accounts: Entry[] = [
  {
    path: "/etc/passwd",
    text: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\ngrafana:x:472:0::/usr/share/grafana:/bin/false\nloki:x:10001:10001::/home/loki:/sbin/nologin\n",
  },
  { path: "/etc/group", text: "root:x:0:\nnobody:x:65534:\nloki:x:10001:\n" },
  { path: "/etc/nsswitch.conf", text: "hosts: files dns\n" },
  { path: "/tmp", dir: true, mode: 0o1777 },
];

const certificates = (): Entry => ({
  path: "/etc/ssl/certs/ca-certificates.crt",
  file: join(root(), "etc/ssl/certs/ca-certificates.crt"),
  mode: 0o644,
});

const shellCommands = [
  "sh",
  "cat",
  "ls",
  "id",
  "stat",
  "chown",
  "chmod",
  "mkdir",
  "rm",
  "cp",
  "mv",
  "sleep",
  "echo",
]
  .concat([
    "wget",
    "nslookup",
    "nc",
    "ps",
    "df",
    "head",
    "tail",
    "grep",
    "true",
    "false",
    "touch",
    "date",
    "env",
  ])
  .concat([
    "dd",
    "find",
    "sync",
    "test",
    "printf",
    "netstat",
    "ip",
    "ping",
    "tee",
    "seq",
    "kill",
    "httpd",
    "vi",
  ]);

const busybox = (): Entry[] => [
  { path: "/bin/busybox", file: join(root(), "bin/busybox") },
  ...shellCommands.map((command) => ({ path: `/bin/${command}`, link: "busybox" })),
];

/** A dynamically linked program of Debian's with every library the loader names for it. */
const debianProgram = async (program: string, as: string): Promise<Entry[]> => {
  const listed = await output(["chroot", root(), "ldd", program]);
  const libraries = [...listed.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1] ?? "");
  const real = (path: string): string => join("/", relative(root(), realpathSync(join(root(), path))));
  const files = libraries.map((path) => ({ path, file: join(root(), real(path)) }));
  return [{ path: as, file: join(root(), real(program)) }, ...files];
};

const journalLibrary = "/usr/lib/x86_64-linux-gnu/libsystemd.so.0";

/** What a program needs that loads systemd's library when it reads the journal, and C's for names of hosts. */
const journalLibraries = async (): Promise<Entry[]> => {
  const libraries = [journalLibrary, "/usr/lib/x86_64-linux-gnu/libresolv.so.2"];
  const found = await Promise.all(libraries.map((library) => debianProgram(library, library)));
  return [...new Map(found.flat().map((entry) => [entry.path, entry])).values()];
};

const ports = (...numbers: number[]): Readonly<Record<string, object>> =>
  Object.fromEntries(numbers.map((port) => [`${port}/tcp`, {}]));

const imagePart = (recipe: Recipe): ImagePart => {
  const part: Part = {
    name: `image-${recipe.name}`,
    what: `container image ${recipe.ref}`,
    needs: recipe.needs,
    inputs: () => [recipe.ref, ...sources.map((file) => readFileSync(join(rigRoot, "parts", file), "utf8"))],
    build: async (into) =>
      writeImage({ ...recipe, entries: await recipe.entries() }, join(into.dir, "image.tar")),
  };
  return { ...part, ref: recipe.ref, archive: () => join(dirOf(part), "image.tar") };
};

const prometheusConfig: Entry[] = [
  {
    path: "/etc/prometheus/prometheus.yml",
    text: "scrape_configs:\n  - job_name: prometheus\n    static_configs:\n      - targets: [localhost:9090]\n",
  },
  { path: "/prometheus", dir: true, mode: 0o775, ...nobody },
];

const prometheusImage = {
  User: "nobody",
  WorkingDir: "/prometheus",
  Entrypoint: ["/bin/prometheus"],
  Cmd: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
  ExposedPorts: ports(9090),
  Volumes: { "/prometheus": {} },
};

const version3 = prometheusVersion(moduleVersion("prometheus", "github.com/prometheus/prometheus"));
const lokiVersion = moduleVersion("loki", "github.com/grafana/loki/v3").slice(1);

export const prometheusImage3 = imagePart({
  name: "prometheus3",
  ref: `prom/prometheus:v${version3}`,
  needs: [debian, prometheus3],
  config: prometheusImage,
  entries: () => [
    ...accounts,
    ...busybox(),
    ...prometheusConfig,
    ...["prometheus", "promtool"].map((name) => ({
      path: `/bin/${name}`,
      file: binary(dirOf(prometheus3), name),
    })),
  ],
});

export const prometheusImage2 = imagePart({
  name: "prometheus2",
  ref: "prom/prometheus:v2.42.0",
  needs: [debian],
  config: prometheusImage,
  entries: async () => [
    ...accounts,
    ...busybox(),
    ...prometheusConfig,
    ...(await debianProgram("/usr/bin/prometheus", "/bin/prometheus")),
    ...(await debianProgram("/usr/bin/promtool", "/bin/promtool")),
  ],
});

export const nodeExporterImage = imagePart({
  name: "node-exporter",
  ref: "prom/node-exporter:v1.5.0",
  needs: [debian],
  config: { User: "nobody", Entrypoint: ["/bin/node_exporter"], ExposedPorts: ports(9100) },
  entries: async () => [
    ...accounts,
    ...busybox(),
    ...(await debianProgram("/usr/bin/prometheus-node-exporter", "/bin/node_exporter")),
  ],
});

export const alertmanagerImage = imagePart({
  name: "alertmanager",
  ref: "prom/alertmanager:v0.25.0",
  needs: [debian],
  config: {
    User: "nobody",
    WorkingDir: "/alertmanager",
    Entrypoint: ["/bin/alertmanager"],
    Cmd: ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"],
    ExposedPorts: ports(9093),
    Volumes: { "/alertmanager": {} },
  },
  entries: async () => [
    ...accounts,
    ...busybox(),
    {
      path: "/etc/alertmanager/alertmanager.yml",
      text: "route: {receiver: none}\nreceivers: [{name: none}]\n",
    },
    { path: "/alertmanager", dir: true, mode: 0o775, ...nobody },
    ...(await debianProgram("/usr/bin/prometheus-alertmanager", "/bin/alertmanager")),
  ],
});

/** As upstream since 3.6: no shell and no wget in it. */
export const lokiImage = imagePart({
  name: "loki",
  ref: `grafana/loki:${lokiVersion}`,
  needs: [debian, loki],
  config: {
    User: "10001",
    WorkingDir: "/",
    Entrypoint: ["/usr/bin/loki"],
    Cmd: ["-config.file=/etc/loki/local-config.yaml"],
    ExposedPorts: ports(3100),
  },
  entries: () => [
    ...accounts,
    certificates(),
    { path: "/loki", dir: true, uid: 10001, gid: 10001 },
    { path: "/etc/loki/local-config.yaml", text: lokiConfig, uid: 10001, gid: 10001 },
    { path: "/usr/bin/loki", file: binary(dirOf(loki), "loki") },
  ],
});

const lokiConfig = `auth_enabled: false
server:
  http_listen_port: 3100
  grpc_listen_port: 9096
common:
  instance_addr: 127.0.0.1
  path_prefix: /loki
  storage:
    filesystem:
      chunks_directory: /loki/chunks
      rules_directory: /loki/rules
  replication_factor: 1
  ring:
    kvstore:
      store: inmemory
schema_config:
  configs:
    - from: 2024-01-01
      store: tsdb
      object_store: filesystem
      schema: v13
      index: {prefix: index_, period: 24h}
analytics:
  reporting_enabled: false
`;

export const promtailImage = imagePart({
  name: "promtail",
  ref: `grafana/promtail:${lokiVersion}`,
  needs: [debian, promtail],
  config: {
    Entrypoint: ["/usr/bin/promtail"],
    Cmd: ["-config.file=/etc/promtail/config.yml"],
    ExposedPorts: ports(9080),
  },
  entries: async () => [
    ...accounts,
    ...busybox(),
    certificates(),
    ...(await journalLibraries()),
    { path: "/usr/bin/promtail", file: binary(dirOf(promtail), "promtail") },
  ],
});

/** As upstream: the programs of its Ubuntu base that people use inside, and a user that the image does not choose. */
export const alloyImage = imagePart({
  name: "alloy",
  ref: `grafana/alloy:${moduleVersion("alloy", "github.com/grafana/alloy")}`,
  needs: [debian, alloy],
  config: {
    Entrypoint: ["/bin/alloy"],
    Cmd: ["run", "/etc/alloy/config.alloy", "--storage.path=/var/lib/alloy/data"],
    Env: ["ALLOY_DEPLOY_MODE=docker"],
    ExposedPorts: ports(12345),
  },
  entries: async () => [
    ...accounts,
    ...busybox(),
    certificates(),
    ...(await journalLibraries()),
    { path: "/etc/alloy/config.alloy", text: 'logging {\n\tlevel = "info"\n}\n' },
    { path: "/var/lib/alloy/data", dir: true, mode: 0o770 },
    { path: "/bin/alloy", file: binary(dirOf(alloy), "alloy") },
  ],
});

export const cadvisorImage = imagePart({
  name: "cadvisor",
  ref: `google/cadvisor:${moduleVersion("cadvisor", "github.com/google/cadvisor")}`,
  needs: [debian, cadvisor],
  config: { Entrypoint: ["/usr/bin/cadvisor", "-logtostderr"], ExposedPorts: ports(8080) },
  entries: () => [
    ...accounts,
    ...busybox(),
    { path: "/usr/bin/cadvisor", file: binary(dirOf(cadvisor), "cadvisor") },
  ],
});

/** Every file below a folder, at the same place below `at`. */
const folder = (from: string, at: string): Entry[] =>
  readdirSync(from, { withFileTypes: true }).flatMap((entry) => {
    const [file, path] = [join(from, entry.name), `${at}/${entry.name}`];
    return entry.isDirectory() ? folder(file, path) : [{ path, file, mode: 0o644 }];
  });

const grafanaOwned = { uid: 472, gid: 0 };

export const grafanaImage = imagePart({
  name: "grafana",
  ref: `grafana/grafana:${grafanaVersion}`,
  needs: [debian, grafana],
  config: {
    User: "472",
    WorkingDir: "/usr/share/grafana",
    Entrypoint: [
      ...["/usr/share/grafana/bin/grafana", "server", "--homepath=/usr/share/grafana"],
      ...["--config=/etc/grafana/grafana.ini", "--packaging=docker", "cfg:default.log.mode=console"],
      ...["cfg:default.paths.data=/var/lib/grafana", "cfg:default.paths.logs=/var/log/grafana"],
      ...["cfg:default.paths.plugins=/var/lib/grafana/plugins"],
      "cfg:default.paths.provisioning=/etc/grafana/provisioning",
    ],
    ExposedPorts: ports(3000),
  },
  entries: () => [
    ...accounts,
    ...busybox(),
    certificates(),
    ...folder(join(dirOf(grafana), "share"), "/usr/share/grafana"),
    { path: "/usr/share/grafana/bin/grafana", file: binary(dirOf(grafana), "grafana") },
    {
      path: "/etc/grafana/grafana.ini",
      text: "[analytics]\nreporting_enabled = false\ncheck_for_updates = false\n",
    },
    { path: "/usr/share/grafana/plugins-bundled", dir: true },
    { path: "/etc/grafana/provisioning/datasources", dir: true },
    { path: "/etc/grafana/provisioning/dashboards", dir: true },
    { path: "/etc/grafana/provisioning/plugins", dir: true },
    { path: "/etc/grafana/provisioning/notifiers", dir: true },
    { path: "/etc/grafana/provisioning/alerting", dir: true },
    { path: "/var/lib/grafana", dir: true, mode: 0o775, ...grafanaOwned },
    { path: "/var/log/grafana", dir: true, mode: 0o775, ...grafanaOwned },
  ],
});

export const busyboxImage = imagePart({
  name: "busybox",
  ref: "busybox:1.35",
  needs: [debian],
  config: { Cmd: ["sh"] },
  entries: () => [...accounts, ...busybox()],
});

export const pauseImage = imagePart({
  name: "pause",
  ref: "watchmend/pause:1",
  needs: [pause],
  config: { User: "65535:65535", Entrypoint: ["/pause"] },
  entries: () => [{ path: "/pause", file: binary(dirOf(pause), "pause") }],
});

export const corednsImage = imagePart({
  name: "coredns",
  ref: `coredns/coredns:${moduleVersion("coredns", "github.com/coredns/coredns").slice(1)}`,
  needs: [debian, coredns],
  config: { User: "65534:65534", Entrypoint: ["/coredns"], ExposedPorts: ports(53) },
  entries: () => [certificates(), { path: "/coredns", file: binary(dirOf(coredns), "coredns") }],
});
