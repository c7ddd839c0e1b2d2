// What is rendered is read by the programs that will read it: every file of several models, inside the image that will run.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import {
  alertmanagerImage,
  type ImagePart,
  lokiImage,
  prometheusImage2,
  prometheusImage3,
  promtailImage,
} from "../../parts/images.ts";
import { contains, type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";

interface Variant {
  readonly name: string;
  readonly prometheus: ImagePart;
  readonly text: string;
}

const version = ({ ref }: ImagePart): string => ref.slice(ref.lastIndexOf(":") + 1).replace(/^v/, "");

const hosts = `hosts:
  mon: {address: 10.0.0.1, roles: [server, agent], labels: {role: monitoring-vm}}
  jenkins-1: {address: 10.0.0.2, labels: {role: jenkins-vm}}
  jenkins-2: {address: jenkins2.example.org, labels: {role: jenkins-vm}}
  six: {address: "fd00::6"}
  lab: {address: 10.0.0.9, absence: sleeping}
  far: {address: far.example.org, absence: {kind: behind-nat, reason: branch office}}
`;

const components = (prometheus: ImagePart): string => `components:
  prometheus: {version: ${version(prometheus)}, retention: {time: 30d, size: 10GB}}
  alertmanager: {version: ${version(alertmanagerImage)}}
  loki: {version: ${version(lokiImage)}, retention: {time: 31d}}
  promtail: {version: ${version(promtailImage)}}
`;

const full = `scrape:
  - {job: jenkins, hosts: {role: jenkins-vm}, port: 8080, path: /prometheus/, basic_auth: {username: prom, password: "\${env:JENKINS}"}}
  - {job: db, targets: [{target: "db.example.org:9187", labels: {team: a}}, "10.0.0.77:9187"], interval: 1m, timeout: 20s}
  - {job: web, probe: http_2xx, targets: ["https://example.org/login"]}
remote_write:
  - {url: "https://long.example.org/api/v1/push", bearer_token: "file:/run/secrets/long", headers: {X-Scope-OrgID: a}}
alerting:
  receivers:
    - {name: all, email: {to: a@example.org, from: b@example.org, smarthost: "mail.example.org:587"}}
    - {name: urgent, severities: [critical], match: {team: a}, pagerduty: {key: "\${env:PD}"}}
    - {name: chat, severities: [warning], slack: {url: "\${env:SLACK}", channel: "#ops"}}
logs:
  agent: promtail
  files:
    - {name: builds, path: /var/lib/jenkins/jobs/*/builds/*/log, hosts: {role: jenkins-vm}, labels: {team: a}, multiline_start: '^\\[\\d'}
`;

const head = "schema: watchmend.stack/v1\nname: demo\n";

const variants: readonly Variant[] = [
  {
    name: "everything, Prometheus 3, static targets",
    prometheus: prometheusImage3,
    text: `${head}${hosts}${components(prometheusImage3)}${full}`,
  },
  {
    name: "everything, Prometheus 2, targets in files",
    prometheus: prometheusImage2,
    text: `${head}${hosts}${components(prometheusImage2)}${full}discovery: file\n`,
  },
  {
    name: "one host, targets over http",
    prometheus: prometheusImage3,
    text: `${head}hosts:\n  mon: {address: 10.0.0.1, roles: [server, agent]}\n${components(prometheusImage3)}logs: {agent: promtail}\ndiscovery: {http: "http://10.0.0.1:8000/sd"}\n`,
  },
];

const filesBelow = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });

/** Every alert that ships has a test in which it must fire, with the labels it then has. */
const allProven = (tree: string): void => {
  const files = filesBelow(tree);
  const alerts = files
    .filter((file) => /\/rules\/[^/]+\.yml$/.test(file))
    .flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/^\s*(?:- )?alert: "?(\w+)"?$/gm)].map(
        ([, name]) => name ?? "",
      ),
    );
  const tests = files
    .filter((file) => /\/rule-tests\/[^/]+\.yml$/.test(file))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  if (alerts.length < 10) throw new Error(`only ${alerts.length} alerts were rendered`);
  const unproven = [...new Set(alerts)].filter(
    (name) => !new RegExp(`name: "?${name} fires"?$`, "m").test(tests),
  );
  same("alerts that no test makes fire", unproven, []);
};

const check = async (stage: HostsStage, { name, prometheus, text }: Variant, i: number): Promise<void> => {
  const { server } = stage.hosts;
  const model = join(stage.dir, `model-${i}.yaml`);
  const tree = join(stage.dir, `tree-${i}`);
  writeFileSync(model, text);
  const rendered = await stage.watchmend(["render", "-f", model, "-o", tree]);
  same(`${name}: render (${rendered.stderr})`, rendered.code, 0);
  const again = await stage.watchmend(["render", "--check", "-f", model, "-o", tree]);
  same(`${name}: rendered twice`, again.code, 0);
  const linted = await stage.watchmend(["lint", tree, "--format", "json", "--no-gitignore"]);
  same(`${name}: lint\n${linted.stdout}`, linted.code, 0);
  allProven(tree);

  // Every file goes to the host as it is; what is named as a secret is there and empty.
  const files = filesBelow(tree);
  const at = `/tmp/rendered-${i}`;
  stage.defer(() => server.sh(`rm -rf ${at}`));
  for (const file of files) await server.write(join(at, relative(tree, file)), readFileSync(file, "utf8"));
  const named = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\/run\/watchmend\/secrets\/([\w.-]+)/g)].map(
      ([, one]) => one ?? "",
    ),
  );
  await server.sh(
    `mkdir -p ${at}/secrets; for f in ${["none", ...new Set(named)].join(" ")}; do echo x >${at}/secrets/$f; done`,
  );
  const inside = async (
    image: ImagePart,
    program: string,
    mounts: readonly string[],
    ...words: string[]
  ): Promise<string> => {
    const volumes = [`${at}/secrets:/run/watchmend/secrets:ro`, ...mounts].flatMap((mount) => ["-v", mount]);
    const argv = [
      "docker",
      "run",
      "--rm",
      "--network",
      "none",
      "--user",
      "0",
      ...volumes,
      "--entrypoint",
      program,
    ];
    const ran = await server.run([...argv, await server.image(image), ...words], { allowFailure: true });
    if (ran.code !== 0)
      throw new Error(
        `${name}: ${program} ${words.join(" ")}: exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`,
      );
    return `${ran.stdout}\n${ran.stderr}`;
  };
  const on = (host: string, component: string): string => `${at}/hosts/${host}/opt/monitoring/${component}`;
  const config = [`${on("mon", "prometheus")}:/etc/prometheus:ro`];
  contains(
    `${name}: promtool check config`,
    await inside(prometheus, "/bin/promtool", config, "check", "config", "/etc/prometheus/prometheus.yml"),
    /SUCCESS/,
  );
  const rules = files
    .filter((file) => /\/rules\/[^/]+\.yml$/.test(file))
    .map((file) => `/etc/prometheus/rules/${basename(file)}`);
  await inside(prometheus, "/bin/promtool", config, "check", "rules", ...rules);
  const tests = files
    .filter((file) => file.includes("/rule-tests/"))
    .map((file) => `/tree/${relative(tree, file)}`);
  contains(
    `${name}: promtool test rules`,
    await inside(prometheus, "/bin/promtool", [`${at}:/tree:ro`], "test", "rules", ...tests),
    /SUCCESS/,
  );
  contains(
    `${name}: loki -verify-config`,
    await inside(
      lokiImage,
      "/usr/bin/loki",
      [`${on("mon", "loki")}:/etc/loki:ro`],
      "-config.file=/etc/loki/loki.yaml",
      "-verify-config",
    ),
    /config is valid/,
  );
  // The same package as in the image, which does not carry it.
  await server.sh(`amtool check-config ${on("mon", "alertmanager")}/alertmanager.yml`);
  for (const file of files.filter((one) => /\/promtail\/[^/]+\.ya?ml$/.test(one))) {
    const folder = join(at, relative(tree, file), "..");
    await inside(
      promtailImage,
      "/usr/bin/promtail",
      [`${folder}:/etc/promtail:ro`],
      `-config.file=/etc/promtail/${basename(file)}`,
      "-check-syntax",
    );
  }
};

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "rendered-files-are-valid",
    title:
      "promtool, Loki, amtool and Promtail accept every file of three models, and every alert is seen to fire",
    core: true,
    needs: [prometheusImage2, prometheusImage3, alertmanagerImage, lokiImage, promtailImage],
    play: async (stage) => {
      for (const [i, variant] of variants.entries()) await check(stage, variant, i);
    },
  }),
];
