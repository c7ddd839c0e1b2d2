// Protection of a rendered stack: every way between components has it, and what cannot have it is for its own host alone.
import { expect, test } from "vitest";
import { parse } from "yaml";
import { renderStack } from "../../src/render/render-stack.ts";
import { lintTree, textAt, treeFor } from "./rendered.ts";
import { stackOf } from "./stack.ts";

const model = (security: string, logs = "alloy"): string => `
schema: watchmend.stack/v1
name: demo
hosts:
  mon: {address: 10.0.0.1, roles: [server, agent]}
  a: {address: a.example.org, names: [10.0.0.2]}
  far: {address: far.example.org, absence: behind-nat}
  lab: {address: 10.0.0.9, absence: {kind: sleeping, reason: switched off at night}}
logs: {agent: ${logs}}
scrape:
  - {job: web, probe: http_2xx, targets: ["https://example.org"]}
  - {job: db, targets: ["db.example.org:9187"]}
security: ${security}
`;
const tls = stackOf(model("{tls: true}"));
const promtail = stackOf(model("{tls: {days: 30}}", "promtail"));
const password = stackOf(
  model('{tls: true, basic_auth: {username: stack, password: "${env:STACK_PASSWORD}"}}'),
);
const at = "hosts/mon/opt/monitoring";

test.each([
  ["with certificates", tls],
  ["with Promtail", promtail],
  ["with a password", password],
] as const)("our own rules find nothing in what is rendered (%s)", async (_name, stack) => {
  const { report } = await lintTree(treeFor(stack));
  const found = report.findings.filter((one) => one.rule !== "promtail/end-of-life");
  expect(found.map((one) => `${one.rule}: ${one.says} ${one.proof[0]?.source}`)).toEqual([]);
});

test("every job of a component goes over TLS with a certificate; Grafana and what is declared go as they are", () => {
  const config = parse(textAt(treeFor(tls), `${at}/prometheus/prometheus.yml`)) as {
    scrape_configs: { job_name: string; scheme?: string; tls_config?: { cert_file?: string } }[];
  };
  const jobs = config.scrape_configs.map(({ job_name, scheme, tls_config }) => [
    job_name,
    scheme,
    tls_config?.cert_file !== undefined,
  ]);
  expect(jobs).toEqual([
    ...["prometheus", "alertmanager", "loki"].map((job) => [job, "https", true]),
    ["grafana", undefined, false],
    ...["blackbox-exporter", "node-exporter", "alloy", "web"].map((job) => [job, "https", true]),
    ["db", undefined, false],
  ]);
});

test("no URL between components is left without TLS", () => {
  for (const stack of [tls, promtail, password])
    for (const { path, content } of treeFor(stack))
      expect(`${path}\n${content}`).not.toMatch(/http:\/\/10\.0\.0\.1:(?!3000)/);
});

test("cAdvisor is on 127.0.0.1 of every host and pushed from there; the plan says why", () => {
  const { hosts, targets } = renderStack(tls);
  for (const { containers } of hosts)
    expect(containers.find(({ component }) => component === "cadvisor")?.args).toContain(
      "--listen_ip=127.0.0.1",
    );
  const own = targets.filter(({ job }) => job === "cadvisor");
  expect(own.map(({ instance, way, optional }) => [instance, way, optional])).toEqual([
    ["a:9200", "push", false],
    ["far:9200", "push", false],
    ["lab:9200", "push", true],
    ["mon:9200", "push", false],
  ]);
  expect(Object.fromEntries(hosts.map(({ name, notes }) => [name, notes]))).toMatchInlineSnapshot(`
    {
      "a": [
        "cadvisor knows neither TLS nor passwords: Alloy of this host reads cadvisor on 127.0.0.1 and pushes to Prometheus by remote_write",
      ],
      "far": [
        "nobody can scrape far (behind NAT): Alloy of this host reads node-exporter, cadvisor, alloy on 127.0.0.1 and pushes to Prometheus by remote_write",
      ],
      "lab": [
        "lab may sleep, as declared (switched off at night): it is scraped while it is on, and raises no alarm",
        "cadvisor knows neither TLS nor passwords: Alloy of this host reads cadvisor on 127.0.0.1 and pushes to Prometheus by remote_write",
      ],
      "mon": [
        "cadvisor knows neither TLS nor passwords: Alloy of this host reads cadvisor on 127.0.0.1 and pushes to Prometheus by remote_write",
      ],
    }
  `);
});

test("without Alloy, Prometheus in agent mode reads and pushes, and the server takes it only then", () => {
  const args = (stack: typeof tls): readonly string[] =>
    renderStack(stack).hosts.find(({ name }) => name === "mon")?.containers[0]?.args ?? [];
  expect(args(promtail)).toContain("--web.enable-remote-write-receiver");
  const agents = renderStack(promtail).hosts.flatMap(({ name, containers }) =>
    containers.some(({ component }) => component === "prometheus-agent") ? [name] : [],
  );
  expect(agents).toEqual(["a", "far", "lab", "mon"]);
  expect(args(stackOf(model("{}").replace(/ {2}far.*\n|^security.*\n/gm, "")))).not.toContain(
    "--web.enable-remote-write-receiver",
  );
});

test("keys, hashes and passwords are files of their readers; a new certificate restarts only who cannot read it again", () => {
  const { hosts } = renderStack(password);
  const mon = hosts.find(({ name }) => name === "mon");
  expect(
    mon?.secrets.map(
      ({ path, change, mode, uid }) => `${path.slice(24)} ${change} ${mode.toString(8)} ${uid}`,
    ),
  ).toMatchInlineSnapshot(`
    [
      "prometheus/tls.pem none 400 65534",
      "prometheus/ca.crt none 400 65534",
      "prometheus/web.yml none 400 65534",
      "prometheus/stack-password none 400 65534",
      "prometheus/curl.conf none 400 65534",
      "alertmanager/tls.pem none 400 65534",
      "alertmanager/ca.crt none 400 65534",
      "alertmanager/web.yml none 400 65534",
      "alertmanager/stack-password none 400 65534",
      "alertmanager/curl.conf none 400 65534",
      "loki/tls.pem none 400 10001",
      "loki/ca.crt restart 400 10001",
      "loki/stack-password none 400 10001",
      "loki/curl.conf none 400 10001",
      "grafana/tls.pem restart 400 472",
      "grafana/ca.crt restart 400 472",
      "grafana/stack-password restart 400 472",
      "blackbox-exporter/tls.pem none 400 65534",
      "blackbox-exporter/ca.crt none 400 65534",
      "blackbox-exporter/web.yml none 400 65534",
      "blackbox-exporter/curl.conf none 400 65534",
      "node-exporter/tls.pem none 400 65534",
      "node-exporter/ca.crt none 400 65534",
      "node-exporter/web.yml none 400 65534",
      "node-exporter/curl.conf none 400 65534",
      "alloy/tls.pem reload 400 0",
      "alloy/ca.crt reload 400 0",
      "alloy/stack-password reload 400 0",
      "alloy/curl.conf none 400 0",
    ]
  `);
  expect(JSON.stringify(treeFor(password))).not.toContain("basic_auth_users");
});

test("the web configuration and Loki ask for certificates", () => {
  expect(parse(textAt(treeFor(tls), `${at}/prometheus/web.yml`))).toEqual({
    tls_server_config: {
      cert_file: "/run/watchmend/secrets/tls.pem",
      key_file: "/run/watchmend/secrets/tls.pem",
      client_auth_type: "RequireAndVerifyClientCert",
      client_ca_file: "/run/watchmend/secrets/ca.crt",
    },
  });
  expect(
    parse(textAt(treeFor(password), `${at}/loki/loki.yaml`)).server.http_tls_config.client_auth_type,
  ).toBe("RequireAndVerifyClientCert");
});
