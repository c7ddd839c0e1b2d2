// A host that has left the model: remembered until it is cleaned, cleaned of what is ours alone, and brought back whole.
import { contains, type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";
import {
  clear,
  containers,
  deploy,
  deployParts,
  exited,
  loadImages,
  startForeign,
  state,
  writeModel,
} from "../../stacks/deployed.ts";

const filesOf = ({ hosts }: HostsStage): Promise<string> =>
  hosts.jenkins1.sh("find /opt/monitoring -path '*/data/*' -prune -o -type f -print | sort");

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "host-left-the-model",
    title:
      "a host that was deleted from the model is remembered, cleaned of what is ours alone on request, brought back by rollback, and given up when it is gone",
    core: false,
    needs: deployParts,
    play: async (stage) => {
      const { jenkins1, server } = stage.hosts;
      stage.defer(() => clear(stage));
      await clear(stage);
      await loadImages(stage);
      writeModel(stage);
      exited("the first apply", await deploy(stage, "apply", "--yes"), 0);
      const foreign = await startForeign(stage);
      await jenkins1.sh("echo mine >/opt/monitoring/promtail/notes.txt");
      writeModel(stage, { withoutJenkins1: true });

      const without = await deploy(stage, "apply", "--yes");
      exited("an apply that was not told to clean it", without, 0);
      const later = await deploy(stage, "plan");
      exited("the plan after it", later, 0);
      contains("it is remembered", later.stdout, "jenkins1 (10.77.0.12) is not in the model any more");
      contains(
        "its containers go on",
        Object.keys(await containers(stage, "jenkins1")).join(),
        "rig-promtail",
      );

      const before = await containers(stage, "jenkins1");
      exited("a slip", await deploy(stage, "plan", "--forget", "jenkins7"), 3);
      const shown = await deploy(stage, "plan", "--prune");
      exited("the plan of cleaning it", shown, 1);
      contains("the plan", shown.stdout, "take away container rig-promtail: its host has left the model");
      same("the plan touches nothing", await containers(stage, "jenkins1"), before);

      const servers = await containers(stage, "server");
      exited("cleaning it", await deploy(stage, "apply", "--prune", "--yes"), 0);
      same("what is left of containers", await containers(stage, "jenkins1"), { foreign });
      same(
        "what is left of files",
        await filesOf(stage),
        "/opt/monitoring/.watchmend/audit.jsonl\n/opt/monitoring/promtail/notes.txt",
      );
      contains("its data", await jenkins1.sh("ls /opt/monitoring/data"), "promtail");
      same("the servers' containers", await containers(stage, "server"), servers);
      const again = await deploy(stage, "apply", "--prune", "--yes");
      exited("a second time", again, 0);
      same("it is not named any more", /jenkins1/.test(again.stdout + again.stderr), false);

      const rollback = await stage.watchmend(["rollback"], { env: { XDG_STATE_HOME: state(stage) } });
      exited("rollback", rollback, 0);
      contains("it is back", Object.keys(await containers(stage, "jenkins1")).join(), "rig-promtail");
      const named = await deploy(stage, "plan");
      contains("and remembered", named.stdout, "jenkins1 (10.77.0.12) is not in the model any more");

      await jenkins1.sh("systemctl stop ssh.socket ssh 2>/dev/null || true");
      stage.defer(() => jenkins1.sh("systemctl start ssh"));
      const dead = await deploy(stage, "plan", "--prune");
      exited("a machine that does not answer", dead, 2);
      contains("the way out", dead.stdout, "watchmend apply --forget jenkins1");
      exited("giving it up", await deploy(stage, "apply", "--forget", "jenkins1", "--yes"), 0);
      const silent = await deploy(stage, "plan");
      exited("the plan afterwards", silent, 0);
      same("it is forgotten", silent.stdout.includes("jenkins1"), false);
      contains(
        "the server works",
        await server.sh("curl -sSf -m 5 http://10.77.0.11:9090/-/ready"),
        /ready/i,
      );
    },
  }),
];
