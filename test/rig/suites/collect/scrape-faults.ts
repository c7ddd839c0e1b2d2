// Faults between Prometheus on the server and the exporters on the other hosts, each with the error Prometheus shows.
import type { Expected } from "../../diagnosis/expected.ts";
import { cadvisorImage, nodeExporterImage, prometheusImage2 } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import {
  contains,
  type HostsStage,
  hostsScenario,
  type Repair,
  type Scenario,
  same,
} from "../../scenario.ts";
import * as stack from "../../stacks/hosts.ts";

type Fault = {
  readonly name: string;
  readonly title: string;
  readonly core?: boolean;
  readonly inject: (stage: HostsStage) => Promise<void>;
  readonly expect: (stage: HostsStage) => Promise<void>;
  readonly finds: Expected;
  readonly recover: (stage: HostsStage) => Promise<void>;
  readonly repair?: Repair<HostsStage>;
};

const onStack = ({ core, ...fault }: Fault): Scenario =>
  hostsScenario({
    ...fault,
    core: core ?? false,
    needs: stack.stackParts,
    arrange: stack.startStack,
    healthy: stack.bothUp,
  });

const restartPrometheus = ({ hosts }: HostsStage): Promise<string> =>
  hosts.server.docker("restart", "-t", "1", "prometheus");

const withoutExporter = ({ hosts }: HostsStage): Promise<string> =>
  hosts.jenkins1.docker("rm", "-f", "node-exporter");

const startCadvisor = async ({ hosts }: HostsStage, ...flags: string[]): Promise<void> => {
  const image = await hosts.jenkins2.image(cadvisorImage);
  const options = ["--name", "cadvisor", "--restart=always", "-p", "8080:8080"];
  await hosts.jenkins2.sh("docker rm -f cadvisor 2>/dev/null || true");
  await hosts.jenkins2.docker("run", "-d", ...options, image, ...flags);
};

const rejectRule = "INPUT -p tcp --dport 9100 -j REJECT --reject-with icmp-port-unreachable";

/** Replaces a name server or a hosts file, and puts the old one back after the scenario whatever happens. */
const replaceFile = async ({ hosts, defer }: HostsStage, file: string, command: string): Promise<void> => {
  await hosts.server.sh(`cp ${file} /run/kept`);
  defer(() => hosts.server.sh(`if [ -e /run/kept ]; then cp /run/kept ${file}; rm /run/kept; fi`));
  await hosts.server.sh(command);
};

const restoreFile = ({ hosts }: HostsStage, file: string): Promise<string> =>
  hosts.server.sh(`cp /run/kept ${file} && rm /run/kept`);

export const scenarios: readonly Scenario[] = [
  onStack({
    name: "firewall-rejects",
    repair: { consents: ["--open-firewall"], does: ["Let 10.77.0.11 in to port 9100 of jenkins1"] },
    finds: { roots: ["host/firewall-blocks-port"] },
    title: "a REJECT rule looks to Prometheus like a port where nobody listens",
    inject: async ({ hosts, defer }) => {
      defer(() => hosts.jenkins1.sh(`iptables -D ${rejectRule} 2>/dev/null || true`));
      await hosts.jenkins1.sh(`iptables -I ${rejectRule}`);
    },
    expect: async (stage) => {
      await stack.isDown(stage, "jenkins1:9100", /connection refused/);
      await stack.isUp(stage, "jenkins2:9100");
      contains("listeners", await stage.hosts.jenkins1.sh("ss -Htln"), ":9100");
    },
    recover: async ({ hosts }) => {
      await hosts.jenkins1.sh(`iptables -D ${rejectRule}`);
    },
  }),
  onStack({
    name: "port-taken",
    finds: { roots: ["node-exporter/port-taken"] },
    title:
      "an exporter whose port another process holds ends at once, and what answers there is not an exporter",
    inject: async (stage) => {
      await withoutExporter(stage);
      const squatter = "systemd-run --unit=squatter busybox httpd -f -p 9100 -h /srv";
      stage.defer(() => stage.hosts.jenkins1.sh("systemctl stop squatter 2>/dev/null || true"));
      await stage.hosts.jenkins1.sh(squatter);
      await until("the other process to listen", () => stage.hosts.jenkins1.sh("ss -Htln | grep -q :9100"));
      await stack.startExporter(stage, "jenkins1");
    },
    expect: async (stage) => {
      await until("the exporter to end", async () => {
        const state = await stage.hosts.jenkins1.docker(
          "inspect",
          "-f",
          "{{.State.Status}}",
          "node-exporter",
        );
        same("the container", state, "exited");
      });
      contains(
        "its log",
        await stage.hosts.jenkins1.sh("docker logs node-exporter 2>&1"),
        "address already in use",
      );
      await stack.isDown(stage, "jenkins1:9100", /server returned HTTP status 404/);
    },
    recover: async (stage) => {
      await stage.hosts.jenkins1.sh("systemctl stop squatter");
      await stage.hosts.jenkins1.docker("start", "node-exporter");
    },
  }),
  onStack({
    name: "wrong-hosts-entry",
    repair: { does: ["/etc/hosts of server give jenkins1 the address 10.77.0.12"] },
    finds: { roots: ["host/hosts-entry-outdated"] },
    title: "a stale line in the server's /etc/hosts sends scrapes to an address that nobody has",
    inject: async (stage) => {
      await replaceFile(stage, "/etc/hosts", "echo '10.77.0.99 jenkins1' >>/etc/hosts");
      await restartPrometheus(stage);
    },
    expect: async (stage) => {
      await stack.isDown(stage, "jenkins1:9100", /no route to host|context deadline exceeded/);
      await stack.isUp(stage, "jenkins2:9100");
    },
    recover: async (stage) => {
      await restoreFile(stage, "/etc/hosts");
      await restartPrometheus(stage);
    },
  }),
  onStack({
    name: "wrong-name-server",
    finds: { roots: ["host/name-server-silent"] },
    title: "a name server that does not answer makes every scrape by name fail in the look-up",
    inject: async (stage) => {
      await replaceFile(stage, "/etc/resolv.conf", "echo 'nameserver 10.77.0.99' >/etc/resolv.conf");
      await restartPrometheus(stage);
    },
    expect: (stage) => stack.isDown(stage, "jenkins1:9100", /lookup jenkins1|context deadline exceeded/),
    recover: async (stage) => {
      await restoreFile(stage, "/etc/resolv.conf");
      await restartPrometheus(stage);
    },
  }),
  onStack({
    name: "target-missing",
    repair: { does: ["list jenkins1:9100"] },
    finds: { roots: ["prometheus/host-not-scraped"] },
    title: "a host that the target list leaves out is not scraped, and nothing else shows it",
    inject: (stage) => stack.writeTargets(stage, "jenkins2:9100"),
    expect: (stage) =>
      until("Prometheus to forget jenkins1", async () => {
        await stack.isUp(stage, "jenkins2:9100");
        const known = await stack.targetOf(stage, "jenkins1:9100").then(
          () => true,
          () => false,
        );
        same("scraped", known, false);
      }),
    recover: (stage) => stack.writeTargets(stage, "jenkins1:9100", "jenkins2:9100"),
  }),
  onStack({
    name: "stale-file-sd",
    repair: { does: ["list jenkins1:9100"] },
    finds: { roots: ["prometheus/host-not-scraped"] },
    title: "a target list with a host's old address scrapes where nobody is",
    inject: (stage) => stack.writeTargets(stage, "10.77.0.50:9100", "jenkins2:9100"),
    expect: (stage) => stack.isDown(stage, "10.77.0.50:9100", /no route to host|context deadline exceeded/),
    recover: (stage) => stack.writeTargets(stage, "jenkins1:9100", "jenkins2:9100"),
  }),
  onStack({
    name: "single-file-bind-replaced",
    repair: {
      does: ["Start prometheus again"],
      staysRepaired: "a container that was started again cannot get the file back that is gone",
    },
    finds: { roots: ["docker/file-mount-pins-inode"] },
    title:
      "a configuration bound as one file and replaced atomically is never seen by the container, even on reload",
    core: true,
    inject: async ({ hosts }) => {
      const edit = `sed 's/job_name: node/job_name: nodes/' ${stack.configFile} >${stack.configFile}.new`;
      await hosts.server.sh(`cp ${stack.configFile} /opt/monitoring/kept.yml`);
      await hosts.server.sh(`${edit} && mv ${stack.configFile}.new ${stack.configFile}`);
      await hosts.server.sh("curl -sSf -X POST http://127.0.0.1:9090/-/reload");
    },
    expect: async ({ hosts }) => {
      contains("the file", await hosts.server.sh(`cat ${stack.configFile}`), "job_name: nodes");
      const running = await hosts.server.sh("curl -sSf http://127.0.0.1:9090/api/v1/status/config");
      same("the running job", /job_name: (\w+)/.exec(running)?.[1], "node");
    },
    recover: async (stage) => {
      await stage.hosts.server.sh(`mv /opt/monitoring/kept.yml ${stack.configFile}`);
      await restartPrometheus(stage);
    },
  }),
  onStack({
    name: "host-unreachable",
    finds: { roots: ["prometheus/target-unreachable"], unknown: /jenkins1/ },
    title: "a host whose cable is cut is neither scraped nor reached by ssh",
    core: true,
    inject: async ({ operator, defer }) => {
      defer(() => operator(["ip", "link", "set", "veth-jenkins1", "up"]));
      await operator(["ip", "link", "set", "veth-jenkins1", "down"]);
    },
    expect: async (stage) => {
      await stack.isDown(stage, "jenkins1:9100", /no route to host|context deadline exceeded/);
      const ran = await stage.operator(["ssh", "-o", "ConnectTimeout=3", "jenkins1", "true"], {
        allowFailure: true,
      });
      contains("ssh", ran.stderr, /No route to host|timed out/);
    },
    recover: async ({ operator }) => {
      await operator(["ip", "link", "set", "veth-jenkins1", "up"]);
    },
  }),
  hostsScenario({
    name: "dockerd-stopped",
    repair: { does: ["Start the engine of jenkins1", "start container node-exporter"] },
    finds: { roots: ["docker/daemon-stopped"] },
    title: "a stopped engine says so over ssh, and its containers are gone from the network",
    core: false,
    needs: stack.stackParts,
    arrange: stack.startStack,
    healthy: stack.bothUp,
    inject: async ({ hosts, defer }) => {
      defer(() => hosts.jenkins1.sh("systemctl start docker"));
      await hosts.jenkins1.sh("systemctl stop docker.socket docker");
    },
    expect: async (stage) => {
      const ran = await stage.operator(["ssh", "jenkins1", "docker ps"], { allowFailure: true });
      contains("docker ps", ran.stderr, "Cannot connect to the Docker daemon");
      await stack.isDown(stage, "jenkins1:9100", /connection refused/);
    },
    recover: async ({ hosts }) => {
      await hosts.jenkins1.sh("systemctl start docker && docker start node-exporter");
    },
  }),
  hostsScenario({
    name: "native-exporter-stopped",
    repair: { does: ["Start prometheus-node-exporter.service on jenkins2"] },
    title: "an exporter that Debian's package runs as a systemd unit is stopped",
    core: false,
    finds: { roots: ["host/nothing-listens"] },
    needs: stack.stackParts,
    arrange: async (stage) => {
      const { hosts, defer } = stage;
      await stack.startStack(stage);
      defer(() => hosts.jenkins2.sh("systemctl disable --now prometheus-node-exporter"));
      await hosts.jenkins2.docker("rm", "-f", "node-exporter");
      await hosts.jenkins2.sh("systemctl enable --now prometheus-node-exporter");
    },
    healthy: stack.bothUp,
    inject: async ({ hosts }) => {
      await hosts.jenkins2.sh("systemctl stop prometheus-node-exporter");
    },
    expect: async (stage) => {
      const asked = ["ssh", "jenkins2", "systemctl show -p ActiveState --value prometheus-node-exporter"];
      const { stdout } = await stage.operator(asked);
      same("the unit, asked by a user without rights", stdout.trim(), "inactive");
      await stack.isDown(stage, "jenkins2:9100", /connection refused/);
    },
    recover: async ({ hosts }) => {
      await hosts.jenkins2.sh("systemctl start prometheus-node-exporter");
    },
  }),
  hostsScenario({
    name: "cadvisor-flag-rejected",
    repair: { does: ["Remove the unknown flag"] },
    title: "cAdvisor with a flag it does not know restarts for ever and says which",
    core: false,
    finds: { roots: ["cadvisor/flag-unknown"] },
    needs: [...stack.stackParts, cadvisorImage],
    arrange: async (stage) => {
      await stack.startStack(stage);
      await startCadvisor(stage);
    },
    healthy: async (stage) => {
      await stack.bothUp(stage);
      await until("cAdvisor to answer", async () => {
        await stage.hosts.server.sh("curl -sSf -m 2 http://jenkins2:8080/healthz");
      });
    },
    inject: (stage) => startCadvisor(stage, "--enable_metrics=cpu"),
    expect: ({ hosts }) =>
      until("cAdvisor to have been restarted", async () => {
        const count = await hosts.jenkins2.docker("inspect", "-f", "{{.RestartCount}}", "cadvisor");
        if (Number(count) < 2) throw new Error(`restarted ${count} times`);
        const log = await hosts.jenkins2.sh("docker logs cadvisor 2>&1");
        contains("its log", log, "flag provided but not defined: -enable_metrics");
      }),
    recover: (stage) => startCadvisor(stage),
  }),
  hostsScenario({
    name: "wrong-numeric-owner",
    finds: { roots: ["prometheus/data-directory-not-writable"] },
    title:
      "a data folder that belongs to the first user of the host and not to uid 65534 stops Prometheus at its start",
    core: false,
    needs: [prometheusImage2, nodeExporterImage],
    arrange: async ({ hosts, defer }) => {
      defer(() => hosts.server.sh("rm -rf /srv/prometheus"));
      await hosts.server.sh("mkdir -p /srv/prometheus && chown 65534:65534 /srv/prometheus");
      const image = await hosts.server.image(prometheusImage2);
      const mount = ["-v", "/srv/prometheus:/prometheus"];
      await hosts.server.docker("run", "-d", "--name", "prometheus", "-p", "9090:9090", ...mount, image);
    },
    healthy: ({ hosts }) =>
      until("Prometheus to be ready", async () => {
        await hosts.server.sh("curl -sSf -m 2 http://127.0.0.1:9090/-/ready");
      }),
    inject: async ({ hosts }) => {
      await hosts.server.docker("stop", "-t", "2", "prometheus");
      await hosts.server.sh("chown -R 1000:1000 /srv/prometheus");
      await hosts.server.docker("start", "prometheus");
    },
    expect: ({ hosts }) =>
      until("Prometheus to have ended", async () => {
        same(
          "state",
          await hosts.server.docker("inspect", "-f", "{{.State.Status}}", "prometheus"),
          "exited",
        );
        contains(
          "its log",
          await hosts.server.sh("docker logs --tail 30 prometheus 2>&1"),
          "permission denied",
        );
      }),
    repair: {
      does: ["/srv/prometheus", "65534"],
      watches: () => ["server:/srv/prometheus", "server:/srv/prometheus/wal"],
      // Taken back, it is stopped as it was; only a start shows the fault in its log again.
      provoke: ({ hosts }) => hosts.server.docker("start", "prometheus"),
    },
    recover: async ({ hosts }) => {
      await hosts.server.sh("chown -R 65534:65534 /srv/prometheus");
      await hosts.server.docker("start", "prometheus");
    },
  }),
  hostsScenario({
    name: "clock-skew",
    finds: { roots: ["host/clock-skew"] },
    title: "a host whose clock is 95 seconds ahead of the others",
    core: false,
    needs: stack.stackParts,
    arrange: stack.startStack,
    healthy: async (stage) => {
      await stack.bothUp(stage);
      const { operator } = stage;
      const theirs = Number((await operator(["ssh", "jenkins2", "date +%s"])).stdout);
      if (Math.abs(theirs - Date.now() / 1000) > 3) throw new Error("the clocks differ");
    },
    inject: async ({ hosts, defer }) => {
      // The kernel has one clock for all namespaces; a library before a session's programs shifts what they read.
      defer(() => hosts.jenkins2.sh("rm -f /etc/environment"));
      const library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
      await hosts.jenkins2.write("/etc/environment", `LD_PRELOAD=${library}\nFAKETIME=+95s\n`);
    },
    expect: async ({ operator }) => {
      const theirs = Number((await operator(["ssh", "jenkins2", "date +%s"])).stdout);
      const ahead = Math.round(theirs - Date.now() / 1000);
      if (ahead < 90 || ahead > 100) throw new Error(`jenkins2 is ${ahead} s ahead`);
    },
    recover: async ({ hosts }) => {
      await hosts.jenkins2.sh("rm -f /etc/environment");
    },
  }),
];
