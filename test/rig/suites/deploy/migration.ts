// The founding incident moved to one model: a stack built by hand is imported, diagnosed, taken over and proven by its data.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ran } from "../../process/command.ts";
import { until } from "../../process/wait.ts";
import { contains, type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";
import {
  linesInLoki,
  type StoredLine,
  startBridged,
  startWriting,
  stopWriting,
  valueAt,
  writtenLines,
} from "../../stacks/bridged.ts";
import { containers, deploy, deployParts, file, state } from "../../stacks/deployed.ts";

const inventory = `[monitoring]
server ansible_host=10.77.0.11
[jenkins_masters]
jenkins1 ansible_host=10.77.0.12
jenkins2 ansible_host=10.77.0.13
[all:vars]
ansible_user=admin
`;

const code = (what: string, ran: Ran, wanted: number): void => {
  if (ran.code !== wanted)
    throw new Error(`${what}: exit ${ran.code}, wanted ${wanted}\n${ran.stdout}\n${ran.stderr}`);
};

/** What stands on the hosts and in the inventory becomes the model, without a person's help. */
const imported = async (stage: HostsStage): Promise<void> => {
  const evidence = join(stage.dir, "evidence");
  const hosts = ["11", "12", "13"].flatMap((last) => ["--host", `admin@10.77.0.${last}`]);
  code("collect", await stage.watchmend(["collect", ...hosts, "-o", join(evidence, "bundle")]), 0);
  writeFileSync(join(evidence, "hosts.ini"), inventory);
  const found = await stage.watchmend(["diagnose", "--from", evidence]);
  code("diagnose", found, 1);
  contains("the diagnosis", found.stdout, "prometheus/target-is-localhost");
  contains("the diagnosis", found.stdout, "node-exporter/network-namespace-of-container");
  code("init", await stage.watchmend(["init", "--from", evidence, "--name", "rig", "-o", file(stage)]), 0);
  // What a person adds: the logs of all containers, through which the gate can send its line.
  writeFileSync(file(stage), readFileSync(file(stage), "utf8").replace("docker: false", "docker: true"));
};

/** What Loki has of each line that it does not have exactly once; a few of them tell the story. */
const notOnce = (found: readonly StoredLine[], written: readonly string[]): Record<string, string[]> => {
  const stored = new Map<string, string[]>();
  for (const { line, as } of found) stored.set(line, [...(stored.get(line) ?? []), as]);
  const wrong = written.filter((line) => stored.get(line)?.length !== 1);
  const told = [...wrong.slice(0, 2), ...wrong.slice(-1)];
  return {
    ...(wrong.length === 0 ? {} : { count: [String(wrong.length)] }),
    ...Object.fromEntries(told.map((line) => [line, stored.get(line) ?? []])),
  };
};

const kept = (all: Record<string, string>): string[] =>
  Object.keys(all)
    .map((name) => name.replace(/-[0-9a-f]{8}$/, "-…"))
    .sort();

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "migration-from-bridges",
    title:
      "a stack on bridge networks that scrapes localhost is imported, diagnosed and taken over: old samples stay, no log line is lost or doubled, and rollback brings the old containers back",
    core: false,
    needs: deployParts,
    play: async (stage) => {
      await startBridged(stage);
      await startWriting(stage);
      await until("the first lines in Loki", async () => {
        if ((await linesInLoki(stage)).length < 20) throw new Error("not yet");
      });
      const sampled = Math.floor(Date.now() / 1000);
      await until("a sample in the old Prometheus", () => valueAt(stage, sampled));
      await imported(stage);
      const before = {
        server: await containers(stage, "server"),
        jenkins1: await containers(stage, "jenkins1"),
      };

      const text = readFileSync(file(stage), "utf8");
      writeFileSync(file(stage), text.replace(/ {4}containers:\n(?: {6}.*\n)+/g, ""));
      const unadopted = await deploy(stage, "apply", "--yes");
      code("an apply that adopts nothing", unadopted, 1);
      contains("it", unadopted.stdout, /container promtail runs and writes to promtail-positions/);
      contains("it", unadopted.stdout, /container prometheus runs and writes to prometheus-data/);
      same("containers after a refusal", await containers(stage, "server"), before.server);
      same("containers after a refusal", await containers(stage, "jenkins1"), before.jenkins1);
      writeFileSync(file(stage), text);

      const plan = await deploy(stage, "plan");
      code("the plan", plan, 1);
      contains("the plan", plan.stdout, /prometheus.*taken over|take over/);
      contains("the plan", plan.stdout, /network.*monitoring.*host/s);
      if (/starts empty/.test(plan.stdout)) throw new Error(`data would be left behind:\n${plan.stdout}`);
      const done = await deploy(stage, "apply", "--yes");
      code("the migration", done, 0);
      contains("the gate", done.stdout, /(\d+) of \1 expected targets have fresh samples/);
      contains("the gate", done.stdout, "lines sent through 3 of 3 log agents were found in Loki");
      same("containers of jenkins1", kept(await containers(stage, "jenkins1")), [
        "node-exporter",
        "node-exporter.before-…",
        "promtail",
        "promtail.before-…",
      ]);

      await valueAt(stage, sampled);
      await stopWriting(stage);
      const written = await writtenLines(stage);
      await until("the last line in Loki", async () => {
        const last = written.at(-1);
        if (!(await linesInLoki(stage)).some(({ line }) => line === last)) throw new Error("not yet");
      });
      same("lines that Loki has not once", notOnce(await linesInLoki(stage), written), {});

      const second = await deploy(stage, "apply", "--yes");
      code("a second apply", second, 0);
      code("rollback", await stage.watchmend(["rollback"], { env: { XDG_STATE_HOME: state(stage) } }), 0);
      const after = await containers(stage, "jenkins1");
      const ids = (all: Record<string, string>): string[] =>
        Object.entries(all)
          .map(([name, about]) => `${name} ${about.split(" ")[0]}`)
          .sort();
      same("the containers after rollback", ids(after), ids(before.jenkins1));
    },
  }),
];
