// A host with Podman among hosts with Docker: deployed, changed, taken back and destroyed by the same commands.
import { nodeExporterImage, promtailImage } from "../../parts/images.ts";
import type { Ran } from "../../process/command.ts";
import { until } from "../../process/wait.ts";
import { contains, type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";
import { linesInLoki } from "../../stacks/bridged.ts";
import { clear, deploy, deployParts, loadImages, state, writeModel } from "../../stacks/deployed.ts";

const code = (what: string, ran: Ran, wanted: number): void => {
  if (ran.code !== wanted)
    throw new Error(`${what}: exit ${ran.code}, wanted ${wanted}\n${ran.stdout}\n${ran.stderr}`);
};

/** Where both are, Docker is what is read. */
const away = "/usr/bin/docker.away";

const begin = async (stage: HostsStage): Promise<void> => {
  const { jenkins2 } = stage.hosts;
  stage.defer(() => clear(stage));
  await clear(stage);
  await loadImages(stage);
  stage.defer(() =>
    jenkins2.sh(
      `podman rm -af >/dev/null 2>&1; systemctl stop podman.socket; rm -rf /opt/monitoring; [ ! -f ${away} ] || mv ${away} /usr/bin/docker; systemctl start docker.socket docker.service`,
    ),
  );
  for (const { ref } of [nodeExporterImage, promtailImage])
    await jenkins2.sh(
      `podman image exists '${ref}' || { docker save '${ref}' -o /tmp/image.tar && podman load -q -i /tmp/image.tar && rm /tmp/image.tar; }`,
    );
  await jenkins2.sh(
    `systemctl stop docker.socket docker.service && mv /usr/bin/docker ${away}; systemctl start podman.socket`,
  );
  writeModel(stage, { isPodman: true });
};

const running = async ({ hosts }: HostsStage): Promise<string[]> => {
  const text = await hosts.jenkins2.sh("podman ps --format '{{.Names}} {{.ID}}' | sort");
  return text.split("\n").filter(Boolean);
};

/** A container as Podman runs it by itself: what it says goes into the journal, and nowhere else. */
const linesFromTheJournal = async (stage: HostsStage): Promise<void> => {
  const { hosts, defer } = stage;
  defer(() => hosts.jenkins2.sh("podman rm -f -t 1 talker >/dev/null 2>&1 || true"));
  const says = "i=0; while :; do i=$((i+1)); echo said $i; sleep 0.2; done";
  await hosts.jenkins2.sh(
    `podman run -d --name talker --log-driver journald --entrypoint /bin/sh '${nodeExporterImage.ref}' -c '${says}'`,
  );
  await until("what it says in Loki, under its name", async () => {
    const lines = await linesInLoki(stage, '{host="jenkins2",container="talker"}|="said"');
    contains("its lines", lines.map(({ line }) => line).join("\n"), /^said \d+$/m);
  });
  await hosts.jenkins2.sh("podman rm -f -t 1 talker");
};

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "podman-host",
    title:
      "a host with Podman is deployed beside hosts with Docker, a second apply touches nothing, a changed port is taken back, and destroy leaves nothing",
    core: false,
    needs: deployParts,
    play: async (stage) => {
      await begin(stage);
      const first = await deploy(stage, "apply", "--yes");
      code("the first apply", first, 0);
      contains("the gate", first.stdout, "8 of 8 expected targets have fresh samples");
      contains("the gate", first.stdout, "lines sent through 3 of 3 log agents were found in Loki");
      const labels = await stage.hosts.server.sh(
        `curl -sS -m 10 -G http://10.77.0.11:3100/loki/api/v1/series --data-urlencode 'match[]={host="jenkins2",job="docker"}'`,
      );
      contains("the labels of a container's lines", labels, /"container":"[0-9a-f]{12}"/);
      same("a label that is another one for every container's file", labels.includes("ctr.log"), false);
      await linesFromTheJournal(stage);
      const before = await running(stage);
      same(
        "what runs",
        before.map((line) => line.split(" ")[0]),
        ["rig-node-exporter", "rig-promtail"],
      );
      code("the second apply", await deploy(stage, "apply", "--yes"), 0);
      same("the containers after it", await running(stage), before);
      code("no drift", await deploy(stage, "drift"), 0);
      writeModel(stage, { isPodman: true, exporterPort: 9101 });
      code("a changed port", await deploy(stage, "apply", "--yes"), 0);
      contains("the port", await stage.hosts.jenkins2.sh("ss -Htln"), ":9101");
      code("rollback", await stage.watchmend(["rollback"], { env: { XDG_STATE_HOME: state(stage) } }), 0);
      contains("the port after it", await stage.hosts.jenkins2.sh("ss -Htln"), ":9100");
      writeModel(stage, { isPodman: true });
      code("the plan after it", await deploy(stage, "plan"), 0);
      code("destroy", await deploy(stage, "destroy", "--yes"), 0);
      same("what runs after destroy", await running(stage), []);
    },
  }),
];
