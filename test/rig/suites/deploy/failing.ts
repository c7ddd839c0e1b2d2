// Deployments in which something goes wrong: the gate blames the host whose data does not arrive, and faulty hosts stop nobody else.
import { nodeExporterImage, promtailImage } from "../../parts/images.ts";
import type { Ran } from "../../process/command.ts";
import { contains, type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";
import {
  clear,
  containers,
  deploy,
  deployParts,
  exited,
  loadImages,
  writeModel,
} from "../../stacks/deployed.ts";
import { fullDisk, otherHostKey, takenPort } from "./preflight.ts";

interface Outcome {
  readonly host: string;
  readonly outcome: string;
  readonly because?: string;
}

interface Report {
  readonly hosts: readonly Outcome[];
  readonly stopped?: string;
  readonly gates: readonly { readonly ok: boolean; readonly diagnosis?: readonly string[] }[];
}

const begin = async (stage: HostsStage): Promise<void> => {
  stage.defer(() => clear(stage));
  await clear(stage);
  await loadImages(stage);
  writeModel(stage);
};

/** A packet filter that closes as soon as a container runs: what preflight saw was true then. */
const closesBehind = async (stage: HostsStage, container: string, rule: string): Promise<void> => {
  const { jenkins2 } = stage.hosts;
  stage.defer(() =>
    jenkins2.sh(
      `systemctl stop closing 2>/dev/null || true; iptables -D ${rule} 2>/dev/null || true; systemctl reset-failed`,
    ),
  );
  await jenkins2.sh(
    `systemd-run -q --unit closing sh -c 'until docker ps --format "{{.Names}}" | grep -qx ${container}; do sleep 0.1; done; iptables -A ${rule}; sleep 3600'`,
  );
};

const reportOf = (ran: Ran): Report => {
  if (ran.code !== 1) throw new Error(`exit ${ran.code}, wanted 1\n${ran.stdout}\n${ran.stderr}`);
  return JSON.parse(ran.stdout) as Report;
};

const outcomes = ({ hosts }: Report): string[] => hosts.map(({ host, outcome }) => `${host} ${outcome}`);

const becauseOf = ({ hosts }: Report, name: string): string =>
  hosts.find(({ host }) => host === name)?.because ?? "";

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "gate-target-never-answers",
    title:
      "an exporter that the server cannot reach is put back before the server learns of it, and the rollout stops",
    core: false,
    needs: deployParts,
    play: async (stage) => {
      await begin(stage);
      await closesBehind(stage, "rig-node-exporter", "INPUT -s 10.77.0.11 -p tcp --dport 9100 -j DROP");
      const report = reportOf(await deploy(stage, "apply", "--yes", "--format", "json", "--wait", "60"));
      const [jenkins1, jenkins2, server] = outcomes(report);
      same("the canary and the silent host", [jenkins1, jenkins2], ["jenkins1 done", "jenkins2 rolled-back"]);
      contains("the server's agents, without its servers", server ?? "", /^server (?:done|not-reached)$/);
      contains("why", becauseOf(report, "jenkins2"), /10\.77\.0\.13:9100/);
      contains("the stop", report.stopped ?? "", /data does not arrive/);
      same("what is left on jenkins2", await containers(stage, "jenkins2"), {});
      same("no server was begun", "rig-prometheus" in (await containers(stage, "server")), false);
    },
  }),
  hostsDeed({
    name: "gate-agent-cannot-push",
    title:
      "a log agent whose lines do not get to Loki is put back with the evidence and a diagnosis; the others stay",
    core: false,
    needs: deployParts,
    play: async (stage) => {
      await begin(stage);
      await closesBehind(stage, "rig-promtail", "OUTPUT -d 10.77.0.11 -p tcp --dport 3100 -j DROP");
      const report = reportOf(await deploy(stage, "apply", "--yes", "--format", "json", "--wait", "60"));
      same(`outcomes: ${JSON.stringify(report)}`, outcomes(report), [
        "jenkins1 done",
        "jenkins2 rolled-back",
        "server done",
      ]);
      contains("why", becauseOf(report, "jenkins2"), /a line written on jenkins2 .* did not arrive in Loki/);
      contains("the stop", report.stopped ?? "", /data does not arrive/);
      const diagnosis = report.gates.flatMap((gate) => gate.diagnosis ?? []).join("\n");
      contains("the diagnosis", diagnosis, /promtail|firewall|3100/);
      same("what is left on jenkins2", await containers(stage, "jenkins2"), {});
    },
  }),
  hostsDeed({
    name: "four-faulty-hosts",
    title:
      "of six hosts one is dead, one has a full disk, one the exporter's port taken and one another key: the two others are done and work, and the report says which and why",
    core: false,
    needs: deployParts,
    play: async (stage) => {
      await begin(stage);
      const [taken, well] = await Promise.all([
        stage.anotherHost("taken", "10.77.0.14"),
        stage.anotherHost("well", "10.77.0.15"),
      ]);
      for (const image of [nodeExporterImage, promtailImage])
        await Promise.all([taken.image(image), well.image(image)]);
      const more = { dead: "10.77.0.99", taken: taken.address, well: well.address };
      writeModel(stage, { moreHosts: more });
      await fullDisk(stage, "jenkins1");
      await otherHostKey(stage);
      await takenPort(stage, taken);
      const report = reportOf(await deploy(stage, "apply", "--yes", "--format", "json", "--wait", "90"));
      same(`outcomes: ${JSON.stringify(report)}`, outcomes(report).sort(), [
        "dead unreachable",
        "jenkins1 refused",
        "jenkins2 unreachable",
        "server done",
        "taken refused",
        "well done",
      ]);
      contains("the dead host", becauseOf(report, "dead"), /dead cannot be reached/);
      contains("the full disk", becauseOf(report, "jenkins1"), /\/opt\/monitoring of jenkins1 .* free/);
      contains("the other key", becauseOf(report, "jenkins2"), /its host key/);
      contains(
        "the taken port",
        becauseOf(report, "taken"),
        /port 9100 of taken is held by squatter\.service/,
      );
      same("what is left on jenkins1", await containers(stage, "jenkins1"), {});
      same("what is left on the host with the taken port", await taken.sh("docker ps -aq"), "");
      const up = await stage.hosts.server.sh(
        "curl -sSf -m 5 -G http://10.77.0.11:9090/api/v1/query --data-urlencode 'query=up{instance=\"10.77.0.15:9100\"}'",
      );
      contains("the sample of the healthy agent", up, /,"1"\]/);
      const again = await deploy(stage, "apply", "--yes", "--wait", "90");
      exited("a second apply", again, 1);
      for (const name of ["dead", "jenkins1", "jenkins2", "taken"])
        contains("what a person reads", again.stdout, new RegExp(`${name}: (?:cannot be|put back)`));
    },
  }),
];
