// Other people at the same time: a second run, an operator who edits what is being repaired, a lock of the dead, a Ctrl-C, a new fault.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { samePicture } from "../../repair/there-and-back.ts";
import {
  faultParts,
  isTakenBack,
  noLock,
  putFaults,
  repairing,
  repairsNow,
  unattended,
} from "../../repair/two-faults.ts";
import { stateOf, watchedRun } from "../../repair/watched-run.ts";
import { contains, type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";
import { agentFile } from "../../stacks/push-agent.ts";

const lock = "/run/lock/watchmend.lock";
const foreign = JSON.stringify({
  actor: { user: "mara", machine: "other-box/1234", pid: 4711, startedMs: 1 },
  why: "remediate, round 1",
  transaction: "20260801-031502-9c4e",
});

/** As wide as it is said, without the rows of a page. */
const flat = (text: string): string => text.replace(/\s+/g, " ");

/** What is typed when the prompt is there; util-linux's `script` is the terminal. */
const typed = async (stage: HostsStage, answers: readonly string[]): Promise<string> => {
  const words = await stage.watchmendCommand(["remediate", ...repairing]);
  const line = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const env = { ...process.env, XDG_STATE_HOME: stateOf(stage) };
  const terminal = spawn("script", ["-qec", line, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"], env });
  let out = "";
  let asked = 0;
  terminal.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString("utf8");
    const prompts = out.split("[q]uit: ").length - 1;
    if (prompts <= asked) return;
    asked = prompts;
    terminal.stdin.write(`${answers[asked - 1] ?? "q"}\r`);
  });
  await new Promise((resolve) => terminal.on("close", resolve));
  return out.replaceAll("\r", "");
};

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "repair-operator-in-between",
    title: "what an operator edits before, during and after a repair is never overwritten",
    core: false,
    needs: faultParts,
    play: async (stage) => {
      const { jenkins1 } = stage.hosts;
      const faults = await putFaults(stage);
      const mine = "# mine, do not touch";
      const edit = (): Promise<string> => jenkins1.sh(`echo '${mine}' >>${agentFile}`);
      const unedit = (): Promise<string> => jenkins1.sh(`sed -i '$d' ${agentFile}`);
      const plan = join(stage.dir, "plan.json");
      const dry = await stage.watchmend(["remediate", ...repairing, "--dry-run", "-o", plan]);
      same(`exit of the dry run\n${dry.stderr}`, dry.code, 1);
      samePicture("after the dry run the world", await faults.picture(), faults.faulty);
      await edit();
      const edited = await faults.picture();
      const stale = await stage.watchmend(["remediate", ...repairing, "--plan", plan, "--yes"]);
      same(`exit of the stale plan\n${stale.stdout}\n${stale.stderr}`, stale.code, 3);
      contains("the stale plan", stale.stderr, agentFile);
      samePicture("after the stale plan the world", await faults.picture(), edited);
      await unedit();
      samePicture("the edit is gone: the world", await faults.picture(), faults.faulty);
      // While it runs: the container is being made again, the file comes after it.
      const ran = await watchedRun(stage, unattended, {
        isTime: (fresh) => fresh.some(({ what }) => what === "intent"),
        deed: edit,
      });
      if (ran.code === 0 || ran.code === 2) throw new Error(`the edit was not seen:\n${ran.said}`);
      samePicture(`during the repair: the world\n${ran.said}`, await faults.picture(), edited);
      await unedit();
      await noLock(stage, "during the repair");
      // Afterwards: the way back would lose the edit, so it is refused with the difference, until that is gone.
      await repairsNow(stage, "without an edit");
      const good = await faults.picture();
      await edit();
      const kept = await faults.picture();
      const refused = await stage.watchmend(["rollback"]);
      same(`exit of the refused rollback\n${refused.stderr}`, refused.code, 3);
      contains("the refused rollback", refused.stderr, mine);
      samePicture("after the refused rollback the world", await faults.picture(), kept);
      await unedit();
      samePicture("the edit is gone again: the world", await faults.picture(), good);
      await isTakenBack(stage, "at the end", faults);
    },
  }),
  hostsDeed({
    name: "repair-two-runs-at-once",
    title: "a second run is refused with the owner of the lock and its age; a lock of the dead is explained",
    core: false,
    needs: faultParts,
    play: async (stage) => {
      const { jenkins1 } = stage.hosts;
      const faults = await putFaults(stage);
      const only = (rule: string): string[] => [
        ...["remediate", "--host", "root@server", "--host", "root@jenkins1"],
        ...["--only", rule, "--yes", "--wait", "60"],
      ];
      const first = await watchedRun(stage, only("docker/published-on-loopback"), {
        isTime: (fresh) => fresh.some(({ what }) => what === "applied"),
        // It holds its breath, and its lock, while another one comes.
        signal: "SIGSTOP",
        deed: async () => {
          const second = await stage.watchmend(only("promtail/push-path-wrong"), { timeoutMs: 120_000 });
          same(`exit of the second run\n${second.stderr}`, second.code, 3);
          contains(
            "the second run",
            `${second.stdout}${second.stderr}`,
            /is locked by .*pid \d+.*transaction/s,
          );
        },
      });
      if (first.code === null || first.code > 2) throw new Error(`the first run: ${first.said}`);
      await isTakenBack(stage, "after both", faults);
      await noLock(stage, "after both");
      await jenkins1.sh(
        `mkdir ${lock} && printf %s other >${lock}/token && printf '%s\\n' '${foreign}' >${lock}/owner`,
      );
      stage.defer(() => jenkins1.sh(`rm -rf ${lock}`));
      const fresh = await stage.watchmend(unattended, { timeoutMs: 120_000 });
      same(`exit beside a living lock\n${fresh.stderr}`, fresh.code, 3);
      contains(
        "a living lock",
        flat(`${fresh.stdout}${fresh.stderr}`),
        /locked by mara on other-box \(pid 4711\).*signs of life/s,
      );
      await jenkins1.sh(`touch -d '1 hour ago' ${lock}/token ${lock}/owner ${lock}`);
      const stale = await stage.watchmend(unattended, { timeoutMs: 120_000 });
      same(`exit beside a stale lock\n${stale.stderr}`, stale.code, 3);
      contains(
        "a stale lock",
        flat(`${stale.stdout}${stale.stderr}`),
        /probably dead.*rollback 20260801-031502-9c4e.*rm -r/s,
      );
      samePicture("beside locks the world", await faults.picture(), faults.faulty);
      await jenkins1.sh(`rm -r ${lock}`);
      await repairsNow(stage, "without the lock");
      await isTakenBack(stage, "at the end", faults);
    },
  }),
  hostsDeed({
    name: "repair-interrupted-or-breaking",
    title:
      "Ctrl-C in a step, and a repair after which something else is broken: put back by itself, and told",
    core: false,
    needs: faultParts,
    play: async (stage) => {
      const faults = await putFaults(stage);
      const stopped = await watchedRun(stage, unattended, {
        isTime: (fresh) => fresh.some(({ what }) => what === "intent"),
        signal: "SIGINT",
      });
      same(`exit of the interrupted run\n${stopped.said}`, stopped.code, 130);
      samePicture("after the interruption the world", await faults.picture(), faults.faulty);
      contains("the interrupted run", stopped.said, /incident record is/);
      await noLock(stage, "after the interruption");
      const broken = await watchedRun(stage, [...unattended, "--host", "root@jenkins2"], {
        isTime: (fresh) => fresh.some(({ what }) => what === "intent"),
        deed: () => stage.hosts.jenkins2.docker("stop", "node-exporter"),
      });
      same(`exit of the run beside which something broke\n${broken.said}`, broken.code, 3);
      contains("the broken run", broken.said, /put back, because/);
      await stage.hosts.jenkins2.docker("start", "node-exporter");
      samePicture("after the broken run the world", await faults.picture(), faults.faulty);
      await noLock(stage, "after the broken run");
    },
  }),
  hostsDeed({
    name: "repair-asked-on-a-terminal",
    title: "on a terminal each step is asked for: no changes nothing, evidence is shown, all carries it out",
    core: false,
    needs: faultParts,
    play: async (stage) => {
      const faults = await putFaults(stage);
      const quit = await typed(stage, ["y", "q"]);
      contains("the question", quit, /because .*proof .*risk .*reaches .*gap /s);
      samePicture(`after quit the world\n${quit}`, await faults.picture(), faults.faulty);
      const none = await stage.watchmend(["remediate", ...repairing]);
      same(`exit without a terminal\n${none.stderr}`, none.code, 1);
      samePicture("without a terminal the world", await faults.picture(), faults.faulty);
      const all = await typed(stage, ["s", "a"]);
      contains("the run", all, "✓");
      contains("what history says", (await stage.watchmend(["history"])).stdout, "kept");
      await isTakenBack(stage, "at the end", faults);
    },
  }),
];
