// Deployments over ssh onto real hosts: from nothing to data, a second time for nothing, one change, drift.
import { contains, type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";
import {
  clear,
  containers,
  deploy,
  deployParts,
  exited,
  loadImages,
  startForeign,
  writeModel,
} from "../../stacks/deployed.ts";

const everywhere = async (stage: HostsStage): Promise<Record<string, Record<string, string>>> => ({
  server: await containers(stage, "server"),
  jenkins1: await containers(stage, "jenkins1"),
  jenkins2: await containers(stage, "jenkins2"),
});

const begin = async (stage: HostsStage): Promise<void> => {
  stage.defer(() => clear(stage));
  await clear(stage);
  await loadImages(stage);
  writeModel(stage);
};

const files = ({ hosts }: HostsStage): Promise<string[]> =>
  Promise.all(
    Object.values(hosts).map((host) =>
      host.sh("find /opt/monitoring -path '*/data/*' -prune -o -type f -printf '%p %i %T@ %m %u\\n' | sort"),
    ),
  );

/** Sessions that sshd accepted, and commands that ran over them. */
const sessions = async ({ hosts }: HostsStage): Promise<number[]> =>
  Promise.all(
    Object.values(hosts).map(async (host) =>
      Number(
        await host.sh(
          "journalctl -u ssh -o cat --since -1h | grep -c 'Accepted publickey for admin' || true",
        ),
      ),
    ),
  );

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "from-nothing-to-data",
    title:
      "the first apply makes everything and sees data arrive; the second one touches nothing, over one session per host",
    core: true,
    needs: deployParts,
    play: async (stage) => {
      await begin(stage);
      const plan = await deploy(stage, "plan");
      exited("the plan of an empty place", plan, 1);
      contains("the plan", plan.stdout, "make container rig-prometheus");
      const first = await deploy(stage, "apply", "--yes");
      exited("the first apply", first, 0);
      contains("the gate", first.stdout, "8 of 8 expected targets have fresh samples");
      contains("the gate", first.stdout, "lines sent through 3 of 3 log agents were found in Loki");
      const [before, written] = [await everywhere(stage), await files(stage)];
      const accepted = await sessions(stage);
      const second = await deploy(stage, "apply", "--yes");
      exited("the second apply", second, 0);
      const after = await sessions(stage);
      same(
        "ssh sessions of the second apply, per host",
        after.map((count, i) => count - (accepted[i] ?? 0)),
        [1, 1, 1],
      );
      same("the containers after the second apply", await everywhere(stage), before);
      same("the files after the second apply", await files(stage), written);
      exited("the plan afterwards", await deploy(stage, "plan"), 0);
      exited("no drift", await deploy(stage, "drift"), 0);
    },
  }),
  hostsDeed({
    name: "one-changed-port",
    title:
      "another port of the exporters restarts them and has Prometheus read its targets; nothing else is touched, and rollback takes it back",
    core: false,
    needs: deployParts,
    play: async (stage) => {
      await begin(stage);
      exited("the first apply", await deploy(stage, "apply", "--yes"), 0);
      const before = await everywhere(stage);
      writeModel(stage, { exporterPort: 9101 });
      exited("the change", await deploy(stage, "apply", "--yes"), 0);
      const after = await everywhere(stage);
      const changed = Object.entries(after).flatMap(([host, all]) =>
        Object.keys({ ...before[host], ...all })
          .filter((name) => before[host]?.[name] !== all[name])
          .map((name) => `${host} ${name}`),
      );
      same("what is not the same container any more", changed.sort(), [
        "jenkins1 rig-node-exporter",
        "jenkins2 rig-node-exporter",
        "server rig-node-exporter",
      ]);
      exited(
        "rollback",
        await stage.watchmend(["rollback"], { env: { XDG_STATE_HOME: `${stage.dir}/state` } }),
        0,
      );
      contains("the port after the rollback", await stage.hosts.jenkins1.sh("ss -Htln"), ":9100");
      writeModel(stage);
      exited("the plan of the model before, after the rollback", await deploy(stage, "plan"), 0);
    },
  }),
  hostsDeed({
    name: "drift-and-destroy",
    title:
      "what somebody changed on a host is told and put right; destroy leaves foreign containers and data, and can be undone",
    core: false,
    needs: deployParts,
    play: async (stage) => {
      await begin(stage);
      const { jenkins1, server } = stage.hosts;
      exited("the first apply", await deploy(stage, "apply", "--yes"), 0);
      const foreign = await startForeign(stage);
      await jenkins1.sh(
        "echo '# mine' >>/opt/monitoring/promtail/promtail.yaml; docker stop rig-node-exporter >/dev/null",
      );
      const drift = await deploy(stage, "drift");
      exited("drift", drift, 1);
      contains("drift", drift.stdout, "+# mine");
      contains("drift", drift.stdout, "container rig-node-exporter: it is exited");
      exited("putting it right", await deploy(stage, "apply", "--yes"), 0);
      exited("no drift any more", await deploy(stage, "drift"), 0);
      exited("destroy", await deploy(stage, "destroy", "--yes"), 0);
      same("what is left of containers", await containers(stage, "jenkins1"), { foreign });
      contains("the data", await server.sh("ls /opt/monitoring/data"), /prometheus/);
      same(
        "the files of the stack",
        await server.sh("find /opt/monitoring -name '*.y*ml' -not -path '*/data/*'"),
        "",
      );
      exited(
        "rollback of destroy",
        await stage.watchmend(["rollback"], { env: { XDG_STATE_HOME: `${stage.dir}/state` } }),
        0,
      );
      exited("the plan afterwards", await deploy(stage, "plan"), 0);
      same("the container of somebody else", (await containers(stage, "jenkins1")).foreign, foreign);
    },
  }),
];
