// watchmend.yaml: what is refused says where, what, why and what to write; what is accepted has every default.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { faultText } from "../../src/stack-file/fault.ts";
import { readStackFile } from "../../src/stack-file/read.ts";
import { stackFileJsonSchema } from "../../src/stack-file/schema.ts";

const head = "schema: watchmend.stack/v1\nname: demo\n";
const server = "hosts:\n  mon:\n    address: 10.0.0.1\n    roles: [server, agent]\n";

function faults(text: string): string[] {
  return readStackFile(text).faults.map((fault) => faultText("w.yaml", fault));
}

test("the shipped schema is the generated one (vitest -u writes it)", async () => {
  await expect(stackFileJsonSchema()).toMatchFileSnapshot("../../schema/watchmend.yaml.schema.json");
});

test("the example is accepted and needs no note", () => {
  const text = readFileSync(new URL("../../examples/cross-vm/watchmend.yaml", import.meta.url), "utf8");
  const { stack, faults, notes } = readStackFile(text);
  expect(faults).toEqual([]);
  expect(notes).toEqual([]);
  expect(stack?.deployment).toBe("separate");
});

test("a host alone is a colocated stack with every default", () => {
  const { stack } = readStackFile(head + server);
  expect(stack?.deployment).toBe("colocated");
  expect(stack?.hosts[0]).toMatchObject({
    listen: "10.0.0.1",
    runtime: "docker",
    labels: { role: "monitoring", deployment_type: "single-vm" },
    components: ["prometheus", "alertmanager", "loki", "grafana", "node-exporter", "cadvisor", "alloy"],
  });
});

const refused: readonly (readonly [name: string, text: string, expected: RegExp])[] = [
  [
    "an unknown key",
    `${head}${server}    adress: 10.0.0.2\n`,
    /^w\.yaml:7: hosts\.mon\.adress: no key is called "adress" here; did you mean address\?/,
  ],
  [
    "a wrong form",
    `schema: v9\nname: demo\n${server}`,
    /^w\.yaml:1: schema: "v9" is a form this version does not read/,
  ],
  ["no form", `name: demo\n${server}`, /schema: is missing.*\n\s+write: schema: watchmend\.stack\/v1/],
  ["a host twice", `${head}${server}  mon:\n    address: 10.0.0.9\n`, /^w\.yaml:7: "mon" stands twice/],
  [
    "an address twice",
    `${head}${server}  two:\n    address: 10.0.0.1\n`,
    /^w\.yaml:8: hosts\.two\.address: 10\.0\.0\.1 is the address of mon too/,
  ],
  [
    "no address",
    `${head}${server}  two:\n    address: 10.0.0.300\n`,
    /w\.yaml:8: hosts\.two\.address: "10\.0\.0\.300" is not an address/,
  ],
  [
    "an address with a port",
    `${head}hosts:\n  mon:\n    address: 10.0.0.1:22\n`,
    /"10\.0\.0\.1:22" is not an address/,
  ],
  [
    "two servers",
    `${head}${server}  two:\n    address: 10.0.0.2\n    roles: [server]\n`,
    /components\.prometheus: would run on 2 servers: mon, two/,
  ],
  ["no server", `${head}hosts:\n  mon:\n    address: 10.0.0.1\n`, /hosts: no host has the role server/],
  [
    "a port twice",
    `${head}${server}components:\n  cadvisor:\n    port: 9100\n`,
    /w\.yaml:9: components\.cadvisor\.port: port 9100 of mon is wanted by node-exporter and by cadvisor/,
  ],
  [
    "Jenkins on cAdvisor's port",
    `${head}${server}components:\n  cadvisor:\n    port: 8080\nscrape:\n  - job: jenkins\n    hosts: [mon]\n    port: 8080\n`,
    /port 8080 of mon is wanted by job jenkins and by cadvisor/,
  ],
  [
    "a secret in clear",
    `${head}${server}components:\n  grafana:\n    admin_password: hunter2\n`,
    /w\.yaml:9: components\.grafana\.admin_password: a secret in clear text/,
  ],
  [
    "a password in a URL",
    `${head}${server}remote_write:\n  - url: https://u:p@far/write\n`,
    /a URL with a password in it/,
  ],
  [
    "a secret as an argument",
    `${head}${server}components:\n  alloy:\n    args: ["--token=abc"]\n`,
    /components\.alloy\.args\[0\]: a secret in clear text/,
  ],
  [
    "an unknown host in a job",
    `${head}${server}scrape:\n  - job: a\n    hosts: [mom]\n    port: 1\n`,
    /w\.yaml:9: scrape\[0\]\.hosts\[0\]: there is no host "mom"; did you mean mon\?/,
  ],
  [
    "a version that pins nothing",
    `${head}${server}components:\n  loki:\n    version: latest\n`,
    /"latest" pins no version/,
  ],
  [
    "a Promtail that never was",
    `${head}${server}components:\n  promtail:\n    version: 3.7.0\n`,
    /there is no promtail 3\.7\.0/,
  ],
  [
    "an agent that is too new for the engine",
    `${head}${server}    engine: 24.0.7\ncomponents:\n  cadvisor:\n    version: 0.56.2\n`,
    /cadvisor 0\.56\.2 cannot talk to Docker 24\.0\.7 on mon; it needs API 1\.44/,
  ],
  [
    "an agent that is too old for the engine",
    `${head}${server}    engine: 29.5.2\ncomponents:\n  alloy:\n    version: 1.10.0\n`,
    /alloy 1\.10\.0 cannot talk to Docker 29\.5\.2/,
  ],
  [
    "a retention that Loki refuses",
    `${head}${server}components:\n  loki:\n    retention:\n      time: 12h\n`,
    /less than a day/,
  ],
  [
    "a receiver that sends nowhere",
    `${head}${server}alerting:\n  receivers:\n    - name: a\n`,
    /receiver a sends nowhere/,
  ],
  [
    "a misspelt role",
    `${head}hosts:\n  mon:\n    address: 10.0.0.1\n    roles: [sever]\n`,
    /"sever" is none of the possible values; did you mean server\?/,
  ],
  ["a number for a text", `${head}hosts:\n  mon:\n    address: 10\n`, /10 is a number, not a text/],
  ["no YAML", "a: b: c\n", /is not YAML/],
  ["a list", "- a\n", /is a list, not a mapping/],
  ["nothing", "", /schema: is missing/],
  [
    "a runtime that is not rendered",
    `${head}${server}    runtime: kubernetes\n`,
    /w\.yaml:7: hosts\.mon\.runtime: clusters are not rendered by this version/,
  ],
  [
    "an unknown component",
    `${head}${server}components:\n  lokki: {}\n`,
    /no key is called "lokki" here; did you mean loki\?/,
  ],
  [
    "a time-out over the interval",
    `${head}${server}scrape:\n  - job: a\n    targets: [x:1]\n    timeout: 1m\n`,
    /longer than the interval/,
  ],
  [
    "a job twice",
    `${head}${server}scrape:\n  - job: a\n    targets: [x:1]\n  - job: a\n    targets: [y:1]\n`,
    /job a is declared twice/,
  ],
  [
    "one address in two spellings",
    `${head}${server}  two:\n    address: MON.example.org.\n  three:\n    address: mon.example.org\n`,
    /^w\.yaml:8: hosts\.two\.address: MON\.example\.org\. is the address of three too/,
  ],
  [
    "one IPv6 address in two spellings",
    `${head}${server}  two:\n    address: fd00::1\n  three:\n    address: fd00:0:0:0:0:0:0:01\n`,
    /fd00::1 is the address of three too/,
  ],
  ["a network", `${head}hosts:\n  mon:\n    address: 10.0.0.1/24\n`, /"10\.0\.0\.1\/24" is not an address/],
  [
    "a URL as address",
    `${head}hosts:\n  mon:\n    address: http://mon\n`,
    /"http:\/\/mon" is not an address/,
  ],
  [
    "the address of everybody",
    `${head}${server}  two:\n    address: 255.255.255.255\n`,
    /255\.255\.255\.255 is no address of a host; it means many machines/,
  ],
  [
    "a link-local address",
    `${head}${server}  two:\n    address: fe80::1\n`,
    /fe80::1 is no address of a host; a link-local address is nothing without an interface/,
  ],
  [
    "a container name twice",
    `${head}${server}    containers:\n      prometheus: x\n      loki: x\n`,
    /^w\.yaml:9: hosts\.mon\.containers\.loki: x is the container of prometheus too/,
  ],
  [
    "a host twice in a job",
    `${head}${server}scrape:\n  - job: a\n    hosts: [mon, mon]\n    port: 1\n`,
    /^w\.yaml:9: scrape\[0\]\.hosts\[1\]: names mon twice/,
  ],
  [
    "a port and a default port, at the one that stands there",
    `${head}${server}scrape:\n  - job: a\n    hosts: [mon]\n    port: 9100\n`,
    /^w\.yaml:10: components\.node-exporter\.port: port 9100 of mon is wanted by job a and by node-exporter/,
  ],
  [
    "both ports of one component",
    `${head}${server}components:\n  loki:\n    grpc_port: 3100\n`,
    /^w\.yaml:9: components\.loki\.grpc_port: port 3100 of mon is wanted by loki and by loki \(second port\)/,
  ],
  [
    "the port of the ssh server",
    `${head}${server}    ssh: {port: 9100}\n`,
    /^w\.yaml:7: .*port 9100 of mon is wanted by its ssh server and by node-exporter/,
  ],
  [
    "a port beyond the last",
    `${head}${server}components:\n  loki:\n    port: 70000\n`,
    /^w\.yaml:9: .*70000 is too large/,
  ],
  ["an empty list", `${head}hosts:\n  mon:\n    address: 10.0.0.1\n    roles: []\n`, /roles: is empty/],
  ["a target without a port", `${head}${server}scrape:\n  - job: a\n    targets: [x]\n`, /"x" is no target/],
];

const inClear: readonly (readonly [name: string, text: string, where: string])[] = [
  ["password in a URL", "remote_write:\n  - url: https://u:hunter2@far/w\n", "w.yaml:8"],
  ["token in the query of a URL", "remote_write:\n  - url: https://far/w?token=hunter2\n", "w.yaml:8"],
  ["header", "remote_write:\n  - url: https://far/w\n    headers: {X-Auth-Token: hunter2}\n", "w.yaml:9"],
  ["query of the discovery", 'discovery: {http: "https://far/t?api_key=hunter2"}\n', "w.yaml:7"],
  [
    "probed URL",
    'scrape:\n  - job: a\n    probe: http_2xx\n    targets: ["https://u:hunter2@x/"]\n',
    "w.yaml:10",
  ],
  [
    "parameter",
    "scrape:\n  - job: a\n    targets: [x:1]\n    params: {auth_token: [hunter2]}\n",
    "w.yaml:10",
  ],
  ["argument", "components:\n  alloy:\n    args: [--token=hunter2]\n", "w.yaml:9"],
  [
    "argument after its flag",
    "components:\n  alloy:\n    args:\n      - --token\n      - hunter2\n",
    "w.yaml:11",
  ],
  [
    "header in an argument",
    'components:\n  alloy:\n    args: ["--header=Authorization: Bearer hunter2"]\n',
    "w.yaml:9",
  ],
  [
    "incoming webhook",
    "alerting:\n  receivers:\n    - name: a\n      webhook: {url: https://hooks.slack.com/services/hunter2}\n",
    "w.yaml:10",
  ],
  [
    "webhook with user",
    "alerting:\n  receivers:\n    - name: a\n      webhook: {url: https://u:hunter2@x/y}\n",
    "w.yaml:10",
  ],
  [
    "mail server",
    'alerting:\n  receivers:\n    - name: a\n      email: {to: a@b, from: c@d, smarthost: "u:hunter2@mail:587"}\n',
    "w.yaml:10",
  ],
  [
    "Slack address of the wrong type",
    "alerting:\n  receivers:\n    - name: a\n      slack: {url: [hunter2]}\n",
    "w.yaml:10",
  ],
  ["bearer token", "scrape:\n  - job: a\n    targets: [x:1]\n    bearer_token: hunter2\n", "w.yaml:10"],
  ["label", "components:\n  prometheus:\n    external_labels: {api_token: hunter2}\n", "w.yaml:9"],
  ["image", 'components:\n  loki:\n    image: "u:hunter2@registry/loki:3"\n', "w.yaml:9"],
  ["key file", 'defaults:\n  ssh:\n    key: "-----BEGIN OPENSSH PRIVATE KEY-----hunter2"\n', "w.yaml:9"],
];

test.each(inClear)("a secret in clear text is refused and not repeated: %s", (_name, text, where) => {
  const told = faults(`${head}${server}${text}`);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(`${where}: `);
  expect(told[0]).toMatch(/\n {4}write: /);
  expect(told[0]).not.toContain("hunter2");
});

const noSecret = [
  "components:\n  loki:\n    image: loki:3.7.6@sha256:0011223344556677\n",
  "components:\n  prometheus:\n    args: [--web.config.file=/etc/web.yml, --token-file=/run/token]\n",
  "components:\n  prometheus:\n    external_labels: {team: Basic services}\n",
  "alerting:\n  receivers:\n    - name: a\n      webhook: {url: https://bot.example.org/hook}\n",
  'alerting:\n  receivers:\n    - name: a\n      webhook: {url: "${env:HOOK}"}\n',
  "scrape:\n  - job: a\n    targets: [x:1]\n    params: {module: [http_2xx], 'match[]': ['{job=\"token\"}']}\n",
];

test.each(noSecret)("no secret: %s", (text) => {
  expect(faults(`${head}${server}${text}`)).toEqual([]);
});

test.each(refused)("refused: %s", (_name, text, expected) => {
  expect(faults(text).join("\n")).toMatch(expected);
});

test("every fault says what to write or why", () => {
  for (const [, text] of refused)
    for (const fault of readStackFile(text).faults)
      expect(
        fault.write ?? fault.why ?? (/not YAML|not a (?:text|mapping)/.test(fault.says) ? "" : undefined),
        fault.says,
      ).toBeDefined();
});

test("Promtail is accepted with the note that it has ended", () => {
  const { stack, notes } = readStackFile(`${head}${server}logs:\n  agent: promtail\n`);
  expect(stack?.hosts[0]?.components).toContain("promtail");
  expect(notes.map((one) => one.says).join()).toMatch(/ended on 2026-03-02/);
});
