// Plays scenarios: each as soon as its parts are built, one at a time, on worlds that are made as new in between.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cluster, startCluster } from "./cluster.ts";
import { debian, debianRoot } from "./parts/debian.ts";
import { kubernetes } from "./parts/go.ts";
import * as images from "./parts/images.ts";
import type { Parts } from "./parts/index.ts";
import { dirOf, type Part } from "./parts/part.ts";
import { run as command } from "./process/command.ts";
import { failuresRoot, repoRoot } from "./process/paths.ts";
import { say, seconds } from "./process/progress.ts";
import type { ClusterScenario, HostsScenario, Scenario, Stage, SuiteName } from "./scenario.ts";
import { explainCluster, freshNamespace } from "./world/cluster.ts";
import { explainHosts, freshHosts, type Hosts, startHosts } from "./world/hosts.ts";
import { asOperator, type Run, startRun } from "./world/run.ts";

export type Planned = { readonly suite: SuiteName; readonly scenario: Scenario };
export type Outcome = Planned & { readonly ms: number; readonly error?: string };

/** What a world itself is made of, before any scenario asks for more. */
const worldParts: Readonly<Record<Scenario["world"], readonly Part[]>> = {
  hosts: [debian],
  cluster: [debian, kubernetes, images.pauseImage, images.corednsImage],
};

const partsOf = (scenario: Scenario): Part[] => [...worldParts[scenario.world], ...scenario.needs];

export const partsFor = (plan: readonly Planned[]): Part[] =>
  plan.flatMap(({ scenario }) => partsOf(scenario));

const phaseLimitMs = 300_000;

const limited = async <T>(phase: string, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${seconds(phaseLimitMs)}`)), phaseLimitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } catch (error) {
    throw new Error(`${phase}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clearTimeout(timer);
  }
};

let cliBuilt: Promise<unknown> | undefined;

/** The command line as users get it: built once per run of the rig. */
const builtCli = async (): Promise<string> => {
  cliBuilt ??= command(["npm", "run", "-s", "build"], { cwd: repoRoot, timeoutMs: 300_000 });
  await cliBuilt;
  return join(repoRoot, "dist", "cli", "main.js");
};

type Setting = Stage & { readonly undo: () => Promise<void> };

const settingOf = (run: Run, name: string): Setting => {
  const undos: (() => Promise<unknown>)[] = [];
  const dir = join(run.dir, "scenarios", name);
  mkdirSync(dir, { recursive: true });
  return {
    dir,
    operator: (argv, options) => command(asOperator(run, argv), options),
    watchmend: async (args, options) => {
      const environment = ["env", `KUBECONFIG=${join(run.dir, "kubeconfig")}`, "NO_COLOR=1"];
      const argv = [...environment, process.execPath, await builtCli(), ...args];
      return command(asOperator(run, argv), { ...options, allowFailure: true });
    },
    defer: (undo) => undos.push(undo),
    undo: async () => {
      const failed: string[] = [];
      for (const undo of undos.reverse()) await undo().catch((error: unknown) => failed.push(String(error)));
      if (failed.length > 0) throw new Error(failed.join("\n"));
    },
  };
};

const story = async <S extends Stage>(
  scenario: Record<"arrange" | "healthy" | "inject" | "expect" | "recover", (stage: S) => Promise<void>>,
  stage: S,
): Promise<void> => {
  await limited("arrange", scenario.arrange(stage));
  await limited("the healthy twin", scenario.healthy(stage));
  await limited("inject", scenario.inject(stage));
  await limited("expect", scenario.expect(stage));
  await limited("recover", scenario.recover(stage));
  await limited("the healthy twin after the way back", scenario.healthy(stage));
};

export type Theatre = { readonly play: (planned: Planned) => Promise<Outcome> };

export const openTheatre = (
  parts: Parts,
  attach?: Run,
): Theatre & { readonly run: () => Run | undefined } => {
  let run: Run | undefined = attach;
  let hosts: Hosts | undefined;
  let cluster: Cluster | undefined;

  const theRun = async (): Promise<Run> => {
    run ??= await startRun(debianRoot(dirOf(debian)));
    return run;
  };

  const onHosts = async (setting: Setting, scenario: HostsScenario, into: string): Promise<void> => {
    const world = await theRun();
    if (hosts === undefined) {
      const begun = Date.now();
      hosts = await limited("the hosts", startHosts(world));
      say(`hosts are up after ${seconds(Date.now() - begun)}`);
    }
    const stage = { ...setting, hosts };
    try {
      await story(scenario, stage);
    } catch (error) {
      throw new Error(`${String(error)}\n${await explainHosts(hosts, into)}`);
    } finally {
      await limited("undo", setting.undo());
      const fresh = await freshHosts(world, hosts);
      hosts = fresh.hosts;
      if (fresh.left.length > 0)
        say(`${scenario.name} left something behind; made anew: ${fresh.left.join("\n")}`);
    }
  };

  const onCluster = async (setting: Setting, scenario: ClusterScenario, into: string): Promise<void> => {
    const world = await theRun();
    if (cluster === undefined) {
      const begun = Date.now();
      cluster = await limited("the cluster", startCluster(world));
      say(`the cluster is up after ${seconds(Date.now() - begun)}`);
    }
    const home = await freshNamespace(cluster, scenario.name);
    try {
      await story(scenario, { ...setting, cluster, namespace: home.name });
    } catch (error) {
      throw new Error(`${String(error)}\n${await explainCluster(cluster, home.name, into)}`);
    } finally {
      await limited("undo", setting.undo());
      await limited("removing the namespace", home.remove());
    }
  };

  const play = async (planned: Planned): Promise<Outcome> => {
    const { suite, scenario } = planned;
    const begun = Date.now();
    const done = (error?: string): Outcome => ({
      ...planned,
      ms: Date.now() - begun,
      ...(error === undefined ? {} : { error }),
    });
    try {
      for (const part of partsOf(scenario)) await parts.ready(part);
      const world = await theRun();
      const into = join(failuresRoot, world.id, `${suite}-${scenario.name}`);
      const setting = settingOf(world, scenario.name);
      await (scenario.world === "hosts"
        ? onHosts(setting, scenario, into)
        : onCluster(setting, scenario, into));
      return done();
    } catch (error) {
      return done(error instanceof Error ? error.message : String(error));
    }
  };
  return { play, run: () => run };
};

/** The first scenario whose parts are there, in order; while there is none, the one whose parts come first. */
const takeNext = async (left: Planned[], parts: Parts): Promise<Planned | undefined> => {
  const isReady = ({ scenario }: Planned): boolean => partsOf(scenario).every((part) => parts.isReady(part));
  if (left.length > 0 && !left.some(isReady)) {
    await Promise.race(
      left.map(({ scenario }) => Promise.allSettled(partsOf(scenario).map((part) => parts.ready(part)))),
    );
  }
  const ready = left.findIndex(isReady);
  return left.splice(ready === -1 ? 0 : ready, 1)[0];
};

const failedBefore = (outcome: Outcome): string => {
  const dir = join(failuresRoot, "last");
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${outcome.suite}-${outcome.scenario.name}.txt`);
  writeFileSync(file, `${outcome.error ?? ""}\n`);
  return file;
};

export const playAll = async (
  plan: readonly Planned[],
  parts: Parts,
  theatre: Theatre,
): Promise<Outcome[]> => {
  const left = [...plan];
  const outcomes: Outcome[] = [];
  for (let next = await takeNext(left, parts); next !== undefined; next = await takeNext(left, parts)) {
    say(`${next.suite}/${next.scenario.name}: ${next.scenario.title}`);
    const outcome = await theatre.play(next);
    outcomes.push(outcome);
    const line = `${next.suite}/${next.scenario.name} (${seconds(outcome.ms)})`;
    if (outcome.error === undefined) console.log(`ok    ${line}`);
    else
      console.log(
        `FAIL  ${line}\n${outcome.error.replace(/^/gm, "      ")}\n      kept in ${failedBefore(outcome)}`,
      );
  }
  return outcomes;
};
