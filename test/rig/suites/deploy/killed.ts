// An apply that is killed anywhere: the next one puts back or goes on, and nothing of anybody else is touched.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";
import {
  clear,
  containers,
  deploy,
  deployParts,
  file,
  loadImages,
  startForeign,
  state,
  writeModel,
} from "../../stacks/deployed.ts";

const only = ["--host", "jenkins1", "--yes", "--wait", "60"];

/** Lines of all journals: each is a step boundary. */
const entries = (stage: HostsStage): number => {
  const folder = join(state(stage), "watchmend", "transactions");
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce((sum, id) => {
    const journal = join(folder, id, "journal.jsonl");
    return sum + (existsSync(journal) ? readFileSync(journal, "utf8").split("\n").length - 1 : 0);
  }, 0);
};

/** The programs below a process, which enters the rig's namespaces first. */
const below = (pid: number): number[] => {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
};

/** Starts an apply and kills it as soon as `isTime` says so; false when it had ended before. */
const killed = async (stage: HostsStage, isTime: () => boolean): Promise<boolean> => {
  const [program = "", ...words] = await stage.watchmendCommand(["apply", "-f", file(stage), ...only]);
  const child = spawn(program, words, {
    stdio: "ignore",
    env: { ...process.env, XDG_STATE_HOME: state(stage) },
  });
  let ended = false;
  child.on("exit", () => {
    ended = true;
  });
  while (!ended) {
    if (isTime()) {
      // Only watchmend itself dies: the ssh it had started may go on for a moment, as after a real kill.
      for (const pid of [...below(child.pid ?? 0), child.pid ?? 0]) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It has ended by itself meanwhile.
        }
      }
      while (!ended) await pause(5);
      return true;
    }
    await pause(2);
  }
  return false;
};

const begin = async (stage: HostsStage): Promise<string | undefined> => {
  stage.defer(() => clear(stage));
  await clear(stage);
  await loadImages(stage);
  writeModel(stage);
  return await startForeign(stage);
};

/** What must hold after the run that follows a killed one. */
const isWhole = async (stage: HostsStage, what: string, foreign: string | undefined): Promise<void> => {
  const next = await deploy(stage, "apply", ...only);
  if (next.code !== 0)
    throw new Error(`${what}: the next apply ends with ${next.code}\n${next.stdout}\n${next.stderr}`);
  const plan = await deploy(stage, "plan", "--host", "jenkins1");
  if (plan.code !== 0) throw new Error(`${what}: the plan after it is not empty\n${plan.stdout}`);
  const now = await containers(stage, "jenkins1");
  same(`${what}: the containers`, Object.keys(now).sort(), ["foreign", "rig-node-exporter", "rig-promtail"]);
  same(`${what}: the container of somebody else`, now.foreign, foreign);
  same(
    `${what}: the lock`,
    await stage.hosts.jenkins1.sh("ls -d /run/lock/watchmend.lock 2>/dev/null || true"),
    "",
  );
};

/** As many as a run has: the first one that is not met ends the walk. */
const boundaries = 30;
const randomKills = 30;
/** Repeatable: the same moments in every run. */
const moments = Array.from({ length: randomKills }, (_, i) => 300 + ((i * 2_654_435_761) % 6_000));

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "killed-at-every-boundary",
    title: "killed after every line of its journal, an apply is put back and done again by the next one",
    core: false,
    needs: deployParts,
    play: async (stage) => {
      const foreign = await begin(stage);
      const first = await deploy(stage, "apply", ...only);
      if (first.code !== 0) throw new Error(`the first apply: ${first.stdout}\n${first.stderr}`);
      let met = 0;
      for (let n = 1; n <= boundaries; n++) {
        writeModel(stage, { exporterPort: n % 2 === 1 ? 9101 : 9100 });
        const from = entries(stage);
        if (!(await killed(stage, () => entries(stage) >= from + n))) break;
        met = n;
        await isWhole(stage, `killed after line ${n}`, foreign);
      }
      if (met < 8) throw new Error(`only ${met} boundaries were met`);
    },
  }),
  hostsDeed({
    name: "killed-at-random",
    title: "killed at any moment of the first deployment, nothing is lost and the next run ends well",
    core: false,
    needs: deployParts,
    play: async (stage) => {
      const foreign = await begin(stage);
      for (const [i, moment] of moments.entries()) {
        writeModel(stage, { exporterPort: i % 2 === 0 ? 9101 : 9100 });
        const begun = Date.now();
        await killed(stage, () => Date.now() - begun >= moment);
        await isWhole(stage, `killed after ${moment} ms`, foreign);
      }
    },
  }),
];
