// Whether one host reaches a container on another: what Docker's networking and the firewall really do.
import { nodeExporterImage } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { contains, type HostsStage, hostsScenario, type Scenario, same } from "../../scenario.ts";

type Answer = { readonly status: string; readonly error: string };

/** One request from the server's side, as a scrape does it. */
const scrape = async ({ hosts }: HostsStage, target: string): Promise<Answer> => {
  const curl = [
    "curl",
    "-sS",
    "-m",
    "2",
    "-o",
    "/dev/null",
    "-w",
    "%{http_code}",
    `http://${target}/metrics`,
  ];
  const ran = await hosts.server.run(curl, { allowFailure: true });
  return { status: ran.stdout.trim(), error: ran.stderr.trim() };
};

const answers = (stage: HostsStage, target: string): Promise<void> =>
  until(
    `${target} to answer`,
    async () => {
      const { status, error } = await scrape(stage, target);
      if (status !== "200") throw new Error(`${status} ${error}`);
    },
    { timeoutMs: 20_000 },
  );

const exporter = async ({ hosts }: HostsStage, ...network: string[]): Promise<void> => {
  const image = await hosts.jenkins1.image(nodeExporterImage);
  await hosts.jenkins1.docker("run", "-d", "--name", "node-exporter", ...network, image);
};

const withoutExporter = async ({ hosts }: HostsStage): Promise<void> => {
  await hosts.jenkins1.docker("rm", "-f", "node-exporter");
};

const refused = async (stage: HostsStage): Promise<void> => {
  await until("the container to run", async () => {
    same(
      "state",
      await stage.hosts.jenkins1.docker("inspect", "-f", "{{.State.Running}}", "node-exporter"),
      "true",
    );
  });
  const { error } = await scrape(stage, "jenkins1:9100");
  contains("the server's request", error, /Failed to connect|Connection refused/);
};

const published = (...arguments_: string[]) => ({
  arrange: (stage: HostsStage) => exporter(stage, ...arguments_),
  healthy: (stage: HostsStage) => answers(stage, "jenkins1:9100"),
  recover: async (stage: HostsStage) => {
    await withoutExporter(stage);
    await exporter(stage, ...arguments_);
  },
});

export const scenarios: readonly Scenario[] = [
  hostsScenario({
    name: "agent-on-bridge-unpublished",
    title: "an exporter on Docker's bridge without a published port is refused, while its container runs",
    core: true,
    needs: [nodeExporterImage],
    ...published("-p", "9100:9100"),
    inject: async (stage) => {
      await withoutExporter(stage);
      await exporter(stage);
    },
    expect: refused,
  }),
  hostsScenario({
    name: "agent-published-on-loopback",
    title: "an exporter published on 127.0.0.1 answers on its own host only",
    core: false,
    needs: [nodeExporterImage],
    ...published("--network", "host"),
    inject: async (stage) => {
      await withoutExporter(stage);
      await exporter(stage, "-p", "127.0.0.1:9100:9100");
    },
    expect: async (stage) => {
      await refused(stage);
      const local = await stage.hosts.jenkins1.sh(
        "curl -sS -m 2 -o /dev/null -w '%{http_code}' http://127.0.0.1:9100/metrics",
      );
      same("on the host itself", local, "200");
    },
  }),
  hostsScenario({
    name: "firewall-drops",
    title: "a DROP rule before the exporter's port makes requests time out",
    core: true,
    needs: [nodeExporterImage],
    arrange: (stage) => exporter(stage, "--network", "host"),
    healthy: (stage) => answers(stage, "jenkins1:9100"),
    inject: async ({ hosts, defer }) => {
      const rule = "INPUT -p tcp --dport 9100 -j DROP";
      defer(() => hosts.jenkins1.sh(`iptables -D ${rule} 2>/dev/null || true`));
      await hosts.jenkins1.sh(`iptables -I ${rule}`);
    },
    expect: async (stage) => {
      contains("the server's request", (await scrape(stage, "jenkins1:9100")).error, /timed out/);
      same("another host's exporter", (await scrape(stage, "jenkins2:9100")).status, "000");
    },
    recover: async ({ hosts }) => {
      await hosts.jenkins1.sh("iptables -D INPUT -p tcp --dport 9100 -j DROP");
    },
  }),
  hostsScenario({
    name: "docker-socket-permission",
    title: "a user outside the docker group gets no answer from the engine over ssh, one inside does",
    core: true,
    needs: [],
    arrange: async () => undefined,
    healthy: async ({ operator }) => {
      await operator(["ssh", "jenkins1", "docker info --format '{{.ServerVersion}}'"]);
      same("sudo", (await operator(["ssh", "-l", "admin", "jenkins1", "sudo -n id -u"])).stdout.trim(), "0");
    },
    inject: async ({ hosts, defer }) => {
      defer(() => hosts.jenkins1.sh("gpasswd -a ops docker"));
      await hosts.jenkins1.sh("gpasswd -d ops docker");
    },
    expect: async ({ operator }) => {
      const ran = await operator(["ssh", "jenkins1", "docker ps"], { allowFailure: true });
      contains(
        "docker ps as ops",
        ran.stderr,
        "permission denied while trying to connect to the Docker daemon socket",
      );
    },
    recover: async ({ hosts }) => {
      await hosts.jenkins1.sh("gpasswd -a ops docker");
    },
  }),
];
