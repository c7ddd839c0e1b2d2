// What people have becomes a model: Ansible inventories, compose files, prometheus.yml, running containers. Nothing is lost in silence.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { analyseTexts, diagnosePath } from "../../src/diagnose/diagnose.ts";
import { importStack } from "../../src/stack-file/import/import-stack.ts";
import { noteText, starterFile, writeStackFile } from "../../src/stack-file/import/write.ts";
import { readStackFile } from "../../src/stack-file/read.ts";

/** As files, so that `hosts/NAME/` is that host. */
async function importedFolder(texts: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "watchmend-import-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return importedFrom(await diagnosePath(folder, { rules: [], version: "0", mode: "lint" }));
}

function imported(texts: Readonly<Record<string, string>>) {
  return importedFrom(analyseTexts(texts, { rules: [], version: "0", mode: "lint" }));
}

function importedFrom(analysis: ReturnType<typeof analyseTexts>) {
  const result = importStack(analysis.factSet.facts, analysis.stack, "shop");
  const text = writeStackFile(result.input, result.notes, result.sources);
  return { ...result, text, notes: result.notes.map(noteText).join("\n"), read: readStackFile(text) };
}

test("a login in a URL is a secret like any other", () => {
  const { input, text, notes } = imported({
    "prometheus.yml": `scrape_configs:
  - job_name: front
    metrics_path: /probe
    params: {module: [http_2xx]}
    static_configs: [{targets: ["https://probe:opensesame@shop.example/login"]}]
remote_write:
  - url: https://writer:opensesame@mimir.example/api/v1/push
  - url: https://other:opensesame@thanos.example/api/v1/receive
    bearer_token: opensesame
`,
  });
  expect(text).not.toContain("opensesame");
  expect(input.remote_write).toEqual([
    {
      url: "https://mimir.example/api/v1/push",
      basic_auth: { username: "writer", password: "${env:REMOTE_WRITE_1_PASSWORD}" },
    },
    { url: "https://thanos.example/api/v1/receive", bearer_token: "${env:REMOTE_WRITE_2_TOKEN}" },
  ]);
  expect(input.scrape).toMatchObject([{ targets: ["https://shop.example/login"] }]);
  expect(notes).toMatch(
    /the login in target https:\/\/shop\.example\/login of job front: secrets are never copied/,
  );
  expect(notes).toMatch(/the password of job remote-write-1: secrets are never copied/);
});

test("an INI inventory with groups, ranges, variables and a jump host", () => {
  const { input, read, notes } = imported({
    "inventory/hosts.ini": `[monitoring]
mon ansible_host=10.5.0.10
[jenkins_masters]
ci[1:2].example.org ansible_port=2222
[load_balancers]
lb ansible_host=10.5.0.30 ansible_ssh_common_args='-o ProxyJump=ops@bastion'
[all:vars]
ansible_user=deploy
loki_port=9400
prometheus_version=latest
`,
    "inventory/group_vars/all.yml":
      "prometheus_data_retention: 20d\nmonitoring_ports:\n  cadvisor: 9201\nloki_max_chunk_age: 1h\nshop_colour: red\n",
    "inventory/host_vars/lb.yml": "ansible_user: lbadmin\n",
  });
  expect(read.faults).toEqual([]);
  expect(input.hosts).toMatchObject({
    mon: {
      address: "10.5.0.10",
      roles: ["server", "agent"],
      ssh: { user: "deploy" },
      labels: { role: "monitoring-vm" },
    },
    ci1: {
      address: "ci1.example.org",
      roles: ["agent"],
      ssh: { port: 2222 },
      labels: { role: "jenkins-vm" },
    },
    ci2: { address: "ci2.example.org" },
    lb: {
      address: "10.5.0.30",
      ssh: { user: "lbadmin", jump: "ops@bastion" },
      labels: { role: "load-balancers" },
    },
  });
  expect(input.components).toMatchObject({
    prometheus: { retention: { time: "20d" } },
    cadvisor: { port: 9201 },
    loki: { port: 9400 },
  });
  expect(input.scrape).toEqual([
    { job: "jenkins", hosts: { role: "jenkins-vm" }, port: 8080, path: "/prometheus/" },
  ]);
  expect(notes).toMatch(/prometheus_version = latest: it pins no version/);
  expect(notes).toMatch(
    /group_vars\/all\.yml:4: variable loki_max_chunk_age = 1h: the model has no place for it/,
  );
  expect(notes).toMatch(/1 variables that say nothing about monitoring: shop_colour/);
});

test("a YAML inventory with teams of Jenkins, passwords left out", () => {
  const { input, text, read } = imported({
    "prod/inventory.yml": `all:
  children:
    monitoring: {hosts: {mon-vm: {ansible_host: 10.5.0.10}}}
    jenkins_masters: {hosts: {blue: {ansible_host: 10.5.0.21}, green: {ansible_host: 10.5.0.22}}}
`,
    "prod/group_vars/all/main.yml": `grafana_admin_password: opensesame
jenkins_teams:
  - {team_name: dev, blue_green_enabled: false, ports: {web: 8080}}
  - {team_name: qa, ports: {web: 8081}}
`,
  });
  expect(read.faults).toEqual([]);
  expect(text).not.toContain("opensesame");
  expect(input.scrape?.map((job) => [job.job, job.port])).toEqual([
    ["jenkins-dev", 8080],
    ["jenkins-qa-blue", 8081],
    ["jenkins-qa-green", 8181],
  ]);
});

test("a compose file: versions, ports, data and names are kept, what is missing is not added", () => {
  const { input, notes, text } = imported({
    "docker-compose.yml": `name: mon
services:
  prometheus:
    image: prom/prometheus:v3.5.1
    container_name: prom
    command: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.retention.time=90d", "--web.enable-admin-api"]
    ports: ["9191:9090"]
    volumes: ["/srv/prometheus:/prometheus"]
  loki:
    image: registry.example.org/mirror/loki:3.6.4
    network_mode: host
    volumes: ["loki:/loki"]
  app: {image: "example/app:1"}
volumes: {loki: {}}
`,
  });
  expect(input.components).toMatchObject({
    prometheus: {
      version: "3.5.1",
      port: 9191,
      retention: { time: "90d" },
      args: ["--web.enable-admin-api"],
      data: "/srv/prometheus",
    },
    loki: { version: "3.6.4", image: "registry.example.org/mirror/loki:3.6.4", data: "mon_loki" },
    grafana: { enabled: false },
    cadvisor: { enabled: false },
  });
  expect(Object.values(input.hosts)[0]?.containers).toEqual({ prometheus: "prom", loki: "mon-loki-1" });
  expect(notes).toMatch(/container .*app.*: it is no component that watchmend deploys/);
  expect(readStackFile(text).faults).toEqual([]);
});

test("running containers are adopted from docker inspect", () => {
  const { input } = imported({
    "inspect.json": JSON.stringify([
      {
        Id: "a".repeat(64),
        Name: "/prometheus-production",
        Config: {
          Image: "prom/prometheus:v3.5.0",
          Cmd: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.retention.time=15d"],
          Labels: {},
        },
        HostConfig: { NetworkMode: "host", RestartPolicy: { Name: "unless-stopped" } },
        State: { Status: "running", Running: true },
        NetworkSettings: { Networks: {} },
        Mounts: [
          { Type: "bind", Source: "/opt/monitoring/prometheus/data", Destination: "/prometheus", RW: true },
        ],
      },
    ]),
  });
  expect(Object.values(input.hosts)[0]?.containers).toEqual({ prometheus: "prometheus-production" });
  expect(input.components?.prometheus).toMatchObject({
    version: "3.5.0",
    retention: { time: "15d" },
    data: "/opt/monitoring/prometheus/data",
  });
});

test("a prometheus.yml with target files: hosts, jobs, probes, credentials as references, the rest listed", () => {
  const { input, notes, read } = imported({
    "prometheus.yml": `global: {scrape_interval: 20s}
rule_files: [rules/*.yml]
scrape_configs:
  - job_name: node
    static_configs:
      - {targets: ["10.6.0.11:9100"], labels: {host: web, role: shop}}
      - {targets: ["10.6.0.12:9100"]}
  - job_name: prometheus
    static_configs: [{targets: ["10.6.0.10:9090"]}]
  - job_name: shop
    metrics_path: /stats
    basic_auth: {username: prom, password: hidden}
    file_sd_configs: [{files: [/etc/prometheus/targets/shop.json]}]
  - job_name: web
    metrics_path: /probe
    params: {module: [http_2xx]}
    static_configs: [{targets: ["https://shop.example.org"]}]
    relabel_configs: [{source_labels: [__address__], target_label: __param_target}]
  - job_name: pods
    kubernetes_sd_configs: [{role: pod}]
  - job_name: db
    static_configs: [{targets: ["10.6.9.9:9187"]}]
    metric_relabel_configs: [{action: drop, regex: x, source_labels: [a]}]
`,
    "targets/shop.json": '[{"targets": ["10.6.0.11:8000", "10.6.0.12:8000"], "labels": {"team": "a"}}]',
  });
  expect(read.faults).toEqual([]);
  expect(input.hosts).toMatchObject({
    web: { address: "10.6.0.11", labels: { role: "shop" } },
    "host-10-6-0-12": { address: "10.6.0.12", roles: ["agent"] },
    "host-10-6-0-10": { address: "10.6.0.10", roles: ["server", "agent"] },
  });
  expect(input.scrape).toEqual([
    {
      job: "shop",
      hosts: ["web", "host-10-6-0-12"],
      port: 8000,
      labels: { team: "a" },
      path: "/stats",
      basic_auth: { username: "prom", password: "${env:SHOP_PASSWORD}" },
    },
    { job: "web", targets: ["https://shop.example.org"], probe: "http_2xx" },
    { job: "db", targets: ["10.6.9.9:9187"] },
  ]);
  expect(notes).toMatch(/prometheus\.yml:\d+: kubernetes_sd_configs of job pods/);
  expect(notes).toMatch(/metric_relabel_configs of job db/);
  expect(notes).toMatch(/rule files rules\/\*\.yml/);
  expect(notes).toMatch(/the password of job shop: secrets are never copied/);
});

test("nothing is recognised in foreign files", () => {
  expect(imported({ "a.yml": "colour: red\n" }).sources).toEqual([]);
});

test("the starter file is valid as it stands, with and without agents", () => {
  for (const agents of [[], ["10.0.0.21", "web.example.org"]]) {
    const text = starterFile({ name: "demo", server: "10.0.0.10", agents });
    expect(readStackFile(text).faults).toEqual([]);
    expect(Object.keys(parse(text).hosts)).toHaveLength(1 + agents.length);
  }
});

test("a stack on bridge networks, seen on its hosts: joined with the inventory by address, log files and positions kept", async () => {
  const inspect = (name: string, image: string, more: object): unknown => ({
    Id: name.padEnd(64, "0"),
    Name: `/${name}`,
    Config: { Image: image, Labels: {} },
    HostConfig: { NetworkMode: "monitoring" },
    NetworkSettings: { Ports: {}, Networks: { monitoring: {} } },
    State: { Status: "running", Running: true },
    Mounts: [],
    ...more,
  });
  const volume = (name: string, at: string): object => ({
    Mounts: [
      {
        Type: "volume",
        Name: name,
        Source: `/var/lib/docker/volumes/${name}/_data`,
        Destination: at,
        RW: true,
      },
      { Type: "bind", Source: "/var/log", Destination: "/var/log", RW: false },
    ],
  });
  const promtail = `positions: {filename: /positions/positions.yaml}
clients: [{url: "http://10.7.0.1:3100/loki/api/v1/push"}]
scrape_configs:
  - job_name: jobs
    static_configs:
      - targets: [localhost]
        labels: {job: jobs, team: web, __path__: /var/log/jobs/*.log}
  - job_name: hidden
    static_configs: [{targets: [localhost], labels: {job: hidden, __path__: /data/x.log}}]
  - job_name: in
    syslog: {listen_address: ":1514"}
`;
  const agents = [inspect("promtail", "grafana/promtail:3.6.4", volume("positions", "/positions"))];
  const { input, notes, read } = await importedFolder({
    "hosts.ini": "[monitoring]\nmon ansible_host=10.7.0.1\n[web]\nweb1 ansible_host=10.7.0.2\n",
    "hosts/10.7.0.1/inspect.json": JSON.stringify([
      ...agents,
      inspect("prometheus", "prom/prometheus:v2.42.0", volume("prometheus-data", "/prometheus")),
    ]),
    "hosts/10.7.0.2/inspect.json": JSON.stringify(agents),
    "hosts/10.7.0.1/srv/promtail.yaml": promtail,
    "hosts/10.7.0.2/srv/promtail.yaml": promtail,
  });
  expect(read.faults).toEqual([]);
  expect(Object.keys(input.hosts)).toEqual(["mon", "web1"]);
  expect(input.hosts.mon).toMatchObject({ containers: { prometheus: "prometheus", promtail: "promtail" } });
  expect(input.components).toMatchObject({
    prometheus: { data: "prometheus-data" },
    promtail: { data: "positions" },
    grafana: { enabled: false },
    loki: { enabled: false },
  });
  expect(input.logs).toEqual({
    agent: "promtail",
    docker: false,
    journal: false,
    files: [{ name: "jobs", path: "/var/log/jobs/*.log", labels: { team: "web" }, hosts: ["mon", "web1"] }],
  });
  expect(notes).toMatch(/files \/data\/x\.log of job hidden: they lie in Promtail's container/);
  expect(notes).toMatch(/job in of Promtail: its source is none that the model has/);
});

test("places that Promtail has under other names are found again: the journal's job and the file", async () => {
  const promtail = `positions: {filename: /positions/places.yml}
clients: [{url: "http://10.7.0.1:3100/loki/api/v1/push"}]
scrape_configs:
  - job_name: journal
    journal: {labels: {job: systemd-journal}}
  - job_name: second
    journal: {path: /var/log/journal}
`;
  const { input, notes, read } = await importedFolder({
    "hosts.ini": "[monitoring]\nmon ansible_host=10.7.0.1\n",
    "hosts/10.7.0.1/srv/promtail.yaml": promtail,
  });
  expect(read.faults).toEqual([]);
  expect(input.logs).toMatchObject({ journal: true, journal_job: "journal", positions_file: "places.yml" });
  expect(notes).toMatch(/the place in the journal of job second: the model has one name, journal/);
});
