// A Grafana that lets nobody in without a login: metrics and the canary's line come back through its data sources, dashboards count.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Validation } from "../../../../src/model/check.ts";
import { grafanaImage, lokiImage, promtailImage } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";
import { stackParts } from "../../stacks/hosts.ts";
import { arrange, failing, told } from "./hosts.ts";

const password = "quite-secret-7";
const folder = "/opt/grafana";

const sources = `apiVersion: 1
datasources:
  - {name: Prometheus, uid: prom, type: prometheus, access: proxy, url: "http://127.0.0.1:9090", isDefault: true}
  - {name: Loki, uid: loki, type: loki, access: proxy, url: "http://127.0.0.1:3100"}
`;
const providers = `apiVersion: 1
providers: [{name: files, type: file, options: {path: /etc/grafana/dashboards}}]
`;
const dashboard = JSON.stringify({
  title: "Build hosts",
  uid: "build-hosts",
  schemaVersion: 38,
  panels: [{ type: "timeseries", title: "up", datasource: { uid: "prom" }, targets: [{ expr: "up" }] }],
});

const startGrafana = async ({ hosts: { server }, defer }: HostsStage): Promise<void> => {
  defer(() => server.sh(`rm -rf ${folder}`));
  await server.write(`${folder}/provisioning/datasources/sources.yaml`, sources);
  await server.write(`${folder}/provisioning/dashboards/files.yaml`, providers);
  await server.write(`${folder}/dashboards/build-hosts.json`, dashboard);
  const mounts = [
    ...["-v", `${folder}/provisioning:/etc/grafana/provisioning:ro`],
    ...["-v", `${folder}/dashboards:/etc/grafana/dashboards:ro`],
  ];
  const image = await server.image(grafanaImage);
  const login = ["-e", `GF_SECURITY_ADMIN_PASSWORD=${password}`];
  await server.docker("run", "-d", "--name", "grafana", "--network", "host", ...mounts, ...login, image);
  await until(
    "Grafana to show its dashboard",
    async () => {
      const found = await server.sh(
        `curl -sSf -m 5 -u admin:${password} http://127.0.0.1:3000/api/search?type=dash-db`,
      );
      if (!found.includes("build-hosts")) throw new Error(`it has ${found}`);
    },
    { timeoutMs: 120_000 },
  );
};

/** A service account with the role Admin, by Grafana's own API. It reads the list of data sources, which a Viewer may not. */
const makeToken = async ({ hosts: { server } }: HostsStage): Promise<string> => {
  const post = async (path: string, body: object): Promise<Record<string, unknown>> =>
    JSON.parse(
      await server.sh(
        `curl -sSf -m 10 -u admin:${password} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}' http://127.0.0.1:3000${path}`,
      ),
    ) as Record<string, unknown>;
  const account = await post("/api/serviceaccounts", { name: "watchmend", role: "Admin" });
  const token = await post(`/api/serviceaccounts/${account.id}/tokens`, { name: "validate" });
  return String(token.key);
};

const expected = (stage: HostsStage, dashboards: readonly string[]): string => {
  const file = join(stage.dir, "expect.yaml");
  writeFileSync(
    file,
    `targets:
  - {job: node, instance: "jenkins1:9100"}
  - {job: node, instance: "jenkins2:9100"}
datasources: [Prometheus, Loki]
dashboards: ${JSON.stringify(dashboards)}
`,
  );
  return file;
};

const validate = async (
  stage: HostsStage,
  login: string,
  dashboards: readonly string[],
): Promise<Validation> => {
  const hosts = Object.keys(stage.hosts).flatMap((name) => ["--host", `admin@${name}`]);
  const file = join(stage.dir, "login");
  writeFileSync(file, `${login}\n`, { mode: 0o600 });
  // one reference of each kind: a token from the environment, a password from a file
  const reference = login.includes(":") ? `file:${file}` : `\${env:GRAFANA_LOGIN}`;
  const flags = ["--canary", "--grafana-login", reference, "--expect", expected(stage, dashboards)];
  const ran = await stage.watchmend(
    ["validate", ...hosts, ...flags, "--timeout", "60s", "--format", "json"],
    { env: { GRAFANA_LOGIN: login } },
  );
  if (ran.code === 3) throw new Error(`validate could not run: ${ran.stderr}`);
  same("the login in what is printed", `${ran.stdout}${ran.stderr}`.includes(login), false);
  return JSON.parse(ran.stdout) as Validation;
};

const statesOf = ({ verdicts }: Validation, check: string): string[] =>
  verdicts.filter((verdict) => verdict.check === check).map(({ state }) => state);

const green = async (stage: HostsStage, login: string): Promise<void> => {
  const validation = await validate(stage, login, ["Build hosts"]);
  same("what is not green", told(validation, "fail", "unknown"), []);
  same("metric and line through Grafana", statesOf(validation, "flow/through-grafana"), ["pass", "pass"]);
  same("dashboards", statesOf(validation, "grafana/dashboards"), ["pass"]);
  same("the verdict", validation.verdict, "pass");
};

const play = async (stage: HostsStage): Promise<void> => {
  await arrange(stage);
  await startGrafana(stage);
  await green(stage, `admin:${password}`);
  const token = await makeToken(stage);
  await green(stage, token);
  const lacking = await validate(stage, token, ["Build hosts", "Queues"]);
  same(`what fails without a dashboard (${told(lacking, "fail").join("; ")})`, failing(lacking), [
    "grafana/dashboards",
  ]);
  const refused = await validate(stage, "admin:wrong-password", ["Build hosts"]);
  same("the verdict with a wrong password", refused.verdict, "unknown");
  same("what passes through Grafana then", statesOf(refused, "flow/through-grafana").includes("pass"), false);
};

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "grafana-behind-a-login",
    title:
      "with a password or a token, by reference, metrics and lines come back through Grafana; a missing dashboard fails, a wrong login is unknown",
    core: false,
    needs: [...stackParts, grafanaImage, lokiImage, promtailImage],
    play,
  }),
];
