// A stack with its own authority on real hosts: everything over TLS, nobody without a certificate, changed while data flows.
import { setTimeout as pause } from "node:timers/promises";
import { cadvisorImage, grafanaImage, prometheusImage2 } from "../../parts/images.ts";
import type { Ran } from "../../process/command.ts";
import { contains, type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";
import {
  clear,
  containers,
  deploy,
  deployParts,
  file,
  loadImages,
  state,
  writeModel,
} from "../../stacks/deployed.ts";

const version = (ref: string): string => ref.slice(ref.lastIndexOf(":") + 1).replace(/^v/, "");

const code = (what: string, ran: Ran, wanted: number): void => {
  if (ran.code !== wanted)
    throw new Error(`${what}: exit ${ran.code}, wanted ${wanted}\n${ran.stdout}\n${ran.stderr}`);
};

/** jenkins2 cannot be scraped; cAdvisor knows no TLS, so agents of its hosts read it. */
const more = (
  security: string,
): string => `  cadvisor: {version: ${version(cadvisorImage.ref)}, image: "${cadvisorImage.ref}", privileged: false}
  grafana: {version: "10.0.0", image: "${grafanaImage.ref}"}
security: ${security}
`;

const write = (stage: HostsStage, security: string): void =>
  writeModel(stage, { more: more(security), isSecured: true });

const begin = async (stage: HostsStage, security: string): Promise<void> => {
  stage.defer(() => clear(stage));
  await clear(stage);
  await loadImages(stage);
  const { server, jenkins1, jenkins2 } = stage.hosts;
  await Promise.all([
    server.image(grafanaImage),
    ...[server, jenkins1, jenkins2].map((host) => host.image(cadvisorImage)),
    ...[jenkins1, jenkins2].map((host) => host.image(prometheusImage2)),
  ]);
  write(stage, security);
};

const certificates = async (stage: HostsStage, ...words: string[]): Promise<Ran> =>
  await stage.watchmend(["certificates", "-f", file(stage), ...words], {
    env: { XDG_STATE_HOME: state(stage) },
  });

const keys = "cd /opt/monitoring/secrets/prometheus && curl -K curl.conf -s -m 8";

const ask = async ({ hosts }: HostsStage, query: string): Promise<unknown[]> => {
  const text = await hosts.server.sh(
    `${keys} --data-urlencode ${JSON.stringify(`query=${query}`)} https://10.77.0.11:9090/api/v1/query`,
  );
  const read = JSON.parse(text) as { data: { result: unknown[] } };
  return read.data.result;
};

/** Samples of every target in the last seconds: none of them a failed scrape. Grafana starts anew for a new certificate. */
const flows = async (stage: HostsStage, when: string, seconds: number): Promise<void> => {
  const failed = await ask(stage, `min_over_time(up{job!="grafana"}[${seconds}s]) == 0`);
  same(`targets that were down ${when}`, failed, []);
  const thin = await ask(
    stage,
    `count_over_time(up{job!="grafana"}[${seconds}s]) < ${Math.floor(seconds / 4)}`,
  );
  same(`targets with a gap ${when}`, thin, []);
};

const serial = async (stage: HostsStage): Promise<string> =>
  await stage.hosts.jenkins1.sh(
    "(echo | openssl s_client -connect 10.77.0.12:9100 2>/dev/null || true) | openssl x509 -noout -serial -issuer",
  );

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "own-authority",
    title:
      "TLS with certificates of both sides between all parts; certificates are changed while metrics and logs flow",
    core: false,
    needs: [...deployParts, cadvisorImage, grafanaImage],
    play: async (stage) => {
      const { server, jenkins1, jenkins2 } = stage.hosts;
      await begin(stage, "{tls: true}");
      const plan = await deploy(stage, "plan");
      contains("the plan", plan.stdout, "cadvisor knows neither TLS nor passwords");
      contains("the plan", plan.stdout, "nobody can scrape jenkins2 (behind NAT)");
      const first = await deploy(stage, "apply", "--yes");
      code("the first apply", first, 0);
      contains("the gate", first.stdout, /(\d+) of \1 expected targets have fresh samples/);
      contains("the gate", first.stdout, "lines sent through 3 of 3 log agents were found in Loki");
      contains("the gate", first.stdout, "2 data sources of Grafana answer");

      const open = (url: string, more = ""): Promise<string> =>
        server.sh(`curl -s -m 5 ${more} -o /dev/null -w '%{http_code}' ${url} || true`);
      same("node-exporter without TLS", (await open("http://10.77.0.12:9100/metrics")).slice(0, 3), "400");
      same("without a certificate", await open("https://10.77.0.12:9100/metrics", "-k"), "000");
      same("Loki without a certificate", await open("https://10.77.0.11:3100/ready", "-k"), "000");
      same("cAdvisor from another host", await open("http://10.77.0.12:9200/metrics"), "000");
      same("the exporter behind NAT", await open("https://10.77.0.13:9100/metrics", "-k"), "000");
      same(
        "what cAdvisor of three hosts says, read at home",
        (await ask(stage, 'count(up{job="cadvisor"} == 1)')).length,
        1,
      );
      same(
        "keys are for their readers alone",
        await jenkins1.sh("stat -c '%a %u' /opt/monitoring/secrets/node-exporter/tls.pem"),
        "400 65534",
      );
      const before = [
        await containers(stage, "server"),
        await containers(stage, "jenkins1"),
        await containers(stage, "jenkins2"),
      ];
      const second = await deploy(stage, "apply", "--yes");
      code("the second apply", second, 0);
      code("no drift", await deploy(stage, "drift"), 0);

      const old = await serial(stage);
      code("all certificates anew", await certificates(stage, "--renew", "all"), 0);
      code("bringing them there", await deploy(stage, "apply", "--yes"), 0);
      const renewed = await serial(stage);
      if (renewed === old) throw new Error(`the exporter still shows ${old}`);
      await pause(20_000);
      await flows(stage, "while certificates were changed", 40);
      const after = [
        await containers(stage, "server"),
        await containers(stage, "jenkins1"),
        await containers(stage, "jenkins2"),
      ];
      const ids = (all: typeof before): unknown =>
        all.map((one) => Object.entries(one).filter(([name]) => !name.endsWith("grafana")));
      same(
        "containers after the change of certificates (Grafana takes its own at start)",
        ids(after),
        ids(before),
      );

      code("nothing is left to do", await deploy(stage, "plan"), 0);
      same("hosts that push", await jenkins2.sh("ss -Htln | grep -c '10.77.0.13:9100' || true"), "0");
    },
  }),
  hostsDeed({
    name: "another-authority",
    title:
      "the authority is changed in three steps, each only after the one before has reached all hosts, while metrics flow",
    core: false,
    needs: [...deployParts, cadvisorImage, grafanaImage],
    play: async (stage) => {
      await begin(stage, "{tls: true}");
      code("the first apply", await deploy(stage, "apply", "--yes"), 0);
      const renewed = await serial(stage);
      for (const step of ["trusts both", "is signed anew", "forgets the first"]) {
        code(`the authority: ${step}`, await certificates(stage, "--new-authority"), 0);
        const early = await certificates(stage, "--new-authority");
        code("the next step before it has arrived", early, 3);
        code(`apply: ${step}`, await deploy(stage, "apply", "--yes"), 0);
        await pause(10_000);
        await flows(stage, step, 30);
      }
      const last = await serial(stage);
      if (last.split("issuer")[1] === renewed.split("issuer")[1])
        throw new Error(`still of the first authority: ${last}`);
    },
  }),
  hostsDeed({
    name: "passwords-instead-of-certificates",
    title:
      "one password by reference opens the exporters and Prometheus; without it they answer 401, and another one is brought without a restart",
    core: false,
    needs: [...deployParts, cadvisorImage, grafanaImage],
    play: async (stage) => {
      const { server, jenkins1 } = stage.hosts;
      const secret = `${stage.dir}/password`;
      await stage.operator(["sh", "-c", `printf first >${secret}`]);
      await begin(stage, `{tls: true, basic_auth: {username: stack, password: "file:${secret}"}}`);
      code("the first apply", await deploy(stage, "apply", "--yes"), 0);
      const status = (more: string): Promise<string> =>
        server.sh(
          `curl -sk -m 5 ${more} -o /dev/null -w '%{http_code}' https://10.77.0.12:9100/metrics || true`,
        );
      same("without the password", await status(""), "401");
      same("with it", await status("-u stack:first"), "200");
      const before = await containers(stage, "jenkins1");
      await stage.operator(["sh", "-c", `printf second >${secret}`]);
      code("another password", await deploy(stage, "apply", "--yes"), 0);
      same("with the old one", await status("-u stack:first"), "401");
      same("with the new one", await status("-u stack:second"), "200");
      same("the containers", await containers(stage, "jenkins1"), before);
      const all = await jenkins1.sh("grep -rl second /opt/monitoring --include=*.y*ml || true");
      same("files that show the password", all, "");
      code("nothing is left to do", await deploy(stage, "plan"), 0);
    },
  }),
];
