// Alloy as the agent: from nothing to data, and in Promtail's place with no line lost or sent twice.
import { alloyImage } from "../../parts/images.ts";
import type { Ran } from "../../process/command.ts";
import { until } from "../../process/wait.ts";
import { contains, type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";
import {
  jobLog,
  journalLines,
  linesInLoki,
  startWriting,
  stopWriting,
  writtenLines,
} from "../../stacks/bridged.ts";
import {
  clear,
  containers,
  deploy,
  deployParts,
  type LogAgent,
  loadImages,
  writeModel,
} from "../../stacks/deployed.ts";

const code = (what: string, ran: Ran, wanted: number): void => {
  if (ran.code !== wanted)
    throw new Error(`${what}: exit ${ran.code}, wanted ${wanted}\n${ran.stdout}\n${ran.stderr}`);
};

const begin = async (stage: HostsStage): Promise<void> => {
  stage.defer(() => clear(stage));
  stage.defer(() => stage.hosts.jenkins1.sh("rm -rf /var/log/jobs"));
  await clear(stage);
  await loadImages(stage);
  await Promise.all(Object.values(stage.hosts).map((host) => host.image(alloyImage)));
  await stage.hosts.jenkins1.sh(`mkdir -p /var/log/jobs; : >${jobLog}`);
};

const withAgent = (stage: HostsStage, logAgent: LogAgent): void =>
  writeModel(stage, { logAgent, withJournal: true, logFiles: [{ name: "jobs", path: jobLog }] });

const agents = async (stage: HostsStage): Promise<string[]> =>
  Object.keys(await containers(stage, "jenkins1")).filter((name) => /^rig-(?:alloy|promtail)$/.test(name));

interface Source {
  readonly name: string;
  readonly selector: string;
  readonly written: (stage: HostsStage) => Promise<string[]>;
}

const sources: readonly Source[] = [
  { name: "the file", selector: '{job="jobs",host="jenkins1"}|="step"', written: writtenLines },
  {
    name: "the journal",
    selector: '{job="systemd-journal",host="jenkins1",unit="build.service"}|="entry"',
    written: journalLines,
  },
];

/** The lines that Loki has not exactly once, each with what it has of it. */
const notOnce = async (
  stage: HostsStage,
  { selector }: Source,
  written: readonly string[],
): Promise<Record<string, string[]>> => {
  const stored = new Map<string, string[]>();
  for (const { line, as } of await linesInLoki(stage, selector))
    stored.set(line, [...(stored.get(line) ?? []), as]);
  const wrong = written.filter((line) => stored.get(line)?.length !== 1);
  return Object.fromEntries(wrong.slice(0, 4).map((line) => [line, stored.get(line) ?? []]));
};

const begun = (stage: HostsStage, { name, selector }: Source): Promise<void> =>
  until(`the first lines of ${name} in Loki`, async () => {
    if ((await linesInLoki(stage, selector)).length < 50) throw new Error("not yet");
  });

const settled = async (stage: HostsStage, source: Source): Promise<void> => {
  const written = await source.written(stage);
  const last = written.at(-1);
  await until(`the last line of ${source.name}, ${last}, in Loki`, async () => {
    if (!(await linesInLoki(stage, source.selector)).some(({ line }) => line === last))
      throw new Error("not yet");
  });
  same(`lines of ${source.name} that Loki has not once`, await notOnce(stage, source, written), {});
};

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "alloy-from-nothing-to-data",
    title:
      "with Alloy as the log agent the first apply sees data and lines arrive, the second touches nothing",
    core: false,
    needs: [...deployParts, alloyImage],
    play: async (stage) => {
      await begin(stage);
      withAgent(stage, "alloy");
      const first = await deploy(stage, "apply", "--yes");
      code("the first apply", first, 0);
      contains("the gate", first.stdout, /(\d+) of \1 expected targets have fresh samples/);
      contains("the gate", first.stdout, "lines sent through 3 of 3 log agents were found in Loki");
      const before = await containers(stage, "jenkins1");
      code("the second apply", await deploy(stage, "apply", "--yes"), 0);
      same("the containers after it", await containers(stage, "jenkins1"), before);
      code("no drift", await deploy(stage, "drift"), 0);
    },
  }),
  hostsDeed({
    name: "promtail-to-alloy",
    title:
      "Alloy takes Promtail's place while a build writes into a file and into the journal: every line of both is in Loki exactly once",
    core: false,
    needs: [...deployParts, alloyImage],
    play: async (stage) => {
      await begin(stage);
      withAgent(stage, "promtail");
      code("the apply with Promtail", await deploy(stage, "apply", "--yes"), 0);
      same("the agent", await agents(stage), ["rig-promtail"]);
      await startWriting(stage);
      for (const source of sources) await begun(stage, source);
      withAgent(stage, "alloy");
      const plan = await deploy(stage, "plan");
      code("the plan", plan, 1);
      contains("the plan", plan.stdout, /alloy/);
      const moved = await deploy(stage, "apply", "--yes");
      code("the change to Alloy", moved, 0);
      contains("the gate", moved.stdout, "lines sent through 3 of 3 log agents were found in Loki");
      same("the agent", await agents(stage), ["rig-alloy"]);
      await stopWriting(stage);
      for (const source of sources) await settled(stage, source);
    },
  }),
];
