// Rendering as a whole: every host's targets once, the order of hosts without effect, nothing that our own rules object to.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readYaml } from "../../src/collectors/config/yaml-reader.ts";
import { renderStack } from "../../src/render/render-stack.ts";
import { lintTree, textAt, treeFor } from "./rendered.ts";
import { stackOf } from "./stack.ts";
import { withAlloy, withPromtail } from "./stacks.ts";

const server = "hosts/mon/opt/monitoring";

test.each([
  ["with Alloy", withAlloy],
  ["with Promtail", withPromtail],
] as const)("our own rules find nothing in what is rendered (%s)", async (_name, stack) => {
  const { report } = await lintTree(treeFor(stack));
  // That Promtail has ended is true, and reading the model says so too.
  const found = report.findings.filter((one) => one.rule !== "promtail/end-of-life");
  expect(found.map((one) => `${one.rule}: ${one.says} ${one.proof[0]?.source}`)).toEqual([]);
  expect(report.coverage.missing).toEqual([]);
});

test("a port that a rendered file and its container disagree on is found: the lint above can fail", async () => {
  const tree = treeFor(withPromtail).map((file) =>
    file.path.endsWith("loki/loki.yaml")
      ? { ...file, content: file.content.replace("retention_enabled: true", "retention_enabled: false") }
      : file,
  );
  const { report } = await lintTree(tree);
  expect(report.findings.map((one) => one.rule)).toContain("loki/retention-not-applied");
});

test("targets: own host, other hosts, what sleeps, what pushes, what is declared", () => {
  const config = parse(textAt(treeFor(withAlloy), `${server}/prometheus/prometheus.yml`));
  const jobs = Object.fromEntries(
    config.scrape_configs.map((job: { job_name: string; static_configs: { targets: string[] }[] }) => [
      job.job_name,
      job.static_configs.flatMap((one) => one.targets),
    ]),
  );
  expect(jobs).toEqual({
    prometheus: ["10.0.0.1:9090"],
    alertmanager: ["10.0.0.1:9093"],
    loki: ["10.0.0.1:3100"],
    grafana: ["10.0.0.1:3000"],
    "blackbox-exporter": ["10.0.0.1:9115"],
    "node-exporter": [
      "10.0.0.2:9100",
      "jenkins2.example.org:9100",
      "10.0.0.9:9100",
      "10.0.0.1:9100",
      "10.0.0.5:9100",
      "[fd00::6]:9100",
    ],
    cadvisor: [
      "10.0.0.2:9200",
      "jenkins2.example.org:9200",
      "10.0.0.9:9200",
      "10.0.0.1:9200",
      "10.0.0.5:9200",
      "[fd00::6]:9200",
    ],
    alloy: [
      "10.0.0.2:12345",
      "jenkins2.example.org:12345",
      "10.0.0.9:12345",
      "10.0.0.1:12345",
      "10.0.0.5:12345",
      "[fd00::6]:12345",
    ],
    jenkins: ["10.0.0.2:8080", "jenkins2.example.org:8080"],
    db: ["db.example.org:9187", "10.0.0.77:9187"],
    web: ["https://example.org"],
  });
  const jenkins = config.scrape_configs.find((job: { job_name: string }) => job.job_name === "jenkins");
  expect(jenkins).toMatchObject({
    metrics_path: "/prometheus/",
    basic_auth: { username: "prom", password_file: "/run/watchmend/secrets/job-jenkins-password" },
  });
  expect(jenkins.static_configs[0].labels).toEqual({
    deployment_type: "cross-vm",
    host: "jenkins-1",
    role: "jenkins-vm",
  });
});

test("a host that nobody can scrape pushes, with Alloy or with Prometheus as an agent", () => {
  expect(textAt(treeFor(withAlloy), "hosts/far/opt/monitoring/alloy/config.alloy")).toContain(
    'url = "http://10.0.0.1:9090/api/v1/write"',
  );
  const agent = parse(
    textAt(treeFor(withPromtail), "hosts/far/opt/monitoring/prometheus-agent/prometheus.yml"),
  );
  expect(agent.remote_write).toEqual([{ url: "http://10.0.0.1:9090/api/v1/write" }]);
  const far = renderStack(withPromtail).hosts.find((host) => host.name === "far");
  expect(far?.containers.map((one) => one.component)).toEqual([
    "node-exporter",
    "cadvisor",
    "promtail",
    "prometheus-agent",
  ]);
  expect(far?.containers.find((one) => one.component === "prometheus-agent")?.args).toContain("--agent");
  const own = renderStack(withPromtail).hosts.find((host) => host.name === "mon");
  expect(own?.containers.find((one) => one.component === "prometheus")?.args).toContain(
    "--web.enable-remote-write-receiver",
  );
});

test("secrets are named and never written", () => {
  const state = renderStack(withAlloy);
  const mon = state.hosts.find((host) => host.name === "mon");
  expect(mon?.secrets.map(({ path, from }) => [path, from])).toEqual([
    ["/opt/monitoring/secrets/prometheus/job-jenkins-password", { from: "env", name: "JENKINS_PASSWORD" }],
    ["/opt/monitoring/secrets/prometheus/remote-write-1-token", { from: "file", name: "/run/secrets/long" }],
    ["/opt/monitoring/secrets/alertmanager/urgent-pagerduty", { from: "env", name: "PD" }],
    ["/opt/monitoring/secrets/grafana/admin-password", { from: "env", name: "GP" }],
  ]);
  for (const { path, content } of treeFor(withAlloy)) expect(content, path).not.toMatch(/\$\{env:|file:\//);
});

test("a changed port changes the hash of one container per host and nothing else", () => {
  const before = renderStack(withAlloy).hosts.flatMap((host) => host.containers);
  const moved = {
    ...withAlloy,
    components: withAlloy.components.map((one) => (one.kind === "cadvisor" ? { ...one, port: 9201 } : one)),
  };
  const after = renderStack(moved).hosts.flatMap((host) => host.containers);
  const changed = after.filter((one, i) => JSON.stringify(one) !== JSON.stringify(before[i]));
  expect([...new Set(changed.map((one) => one.component))]).toEqual(["cadvisor"]);
});

const hostName = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);
const model = fc
  .record({
    names: fc.uniqueArray(hostName, { minLength: 1, maxLength: 8 }),
    absent: fc.array(fc.constantFrom(undefined, "sleeping", "behind-nat"), { minLength: 8, maxLength: 8 }),
    runtime: fc.constantFrom("docker", "podman"),
    agent: fc.constantFrom("alloy", "promtail", "none"),
    discovery: fc.constantFrom("static", "file", { http: "http://10.1.0.1:8000/sd" }),
    label: fc.dictionary(fc.stringMatching(/^[a-z][a-z_]{0,8}$/), fc.string({ maxLength: 12 }), {
      maxKeys: 3,
    }),
    path: fc.constantFrom("/var/log/app.log", "/srv/*/logs/x-*.log", "/a b/$HOME/q'u\"ote.log"),
    version: fc.constantFrom("2.53.5", "3.5.1", "3.14.0"),
  })
  .map(({ names, absent, runtime, agent, discovery, label, path, version }) => ({
    schema: "watchmend.stack/v1",
    name: "p",
    defaults: { runtime },
    discovery,
    hosts: Object.fromEntries(
      names.map((name, i) => [
        name,
        i === 0
          ? { address: "10.1.0.1", roles: ["server", "agent"], labels: label }
          : { address: `10.1.0.${i + 1}`, ...(absent[i] === undefined ? {} : { absence: absent[i] }) },
      ]),
    ),
    components: { prometheus: { version } },
    logs: { agent, files: [{ name: "f", path, labels: label }] },
    scrape: [{ job: "app", hosts: names, port: 8081, labels: label }],
  }));

function reversed(input: { hosts: Record<string, unknown> }): unknown {
  return { ...input, hosts: Object.fromEntries(Object.entries(input.hosts).reverse()) };
}

test("any valid model: files parse, same model same bytes, order of hosts does not matter, each host's targets once", () => {
  fc.assert(
    fc.property(model, (input) => {
      const stack = stackOf(JSON.stringify(input));
      const tree = treeFor(stack);
      expect(treeFor(stackOf(JSON.stringify(reversed(input))))).toEqual(tree);
      for (const { path, content } of tree) {
        if (path.endsWith(".json")) JSON.parse(content);
        else if (/\.ya?ml$/.test(path)) readYaml(content);
      }
      const { targets } = renderStack(stack);
      const keys = targets.map(({ job, instance }) => `${job} ${instance}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const host of stack.hosts)
        for (const kind of host.components)
          expect(targets.filter((one) => one.job === kind && one.host === host.name)).toHaveLength(1);
    }),
    { numRuns: 25 },
  );
});
