// Plays scenarios: each as soon as its parts are built, one at a time, on worlds that are made as new in between.
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeName } from "./cluster/node.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { type Judge, judgeOf, type Said } from "./diagnosis/judge.ts";
import { debian, debianRoot } from "./parts/debian.ts";
import { kubernetes } from "./parts/go.ts";
import * as images from "./parts/images.ts";
import type { Parts } from "./parts/index.ts";
import { dirOf, type Part } from "./parts/part.ts";
import { run as command } from "./process/command.ts";
import { withLock } from "./process/lock.ts";
import { failuresRoot, repoRoot } from "./process/paths.ts";
import { say, seconds } from "./process/progress.ts";
import type { ClusterScenario, HostsScenario, Scenario, Stage, SuiteName } from "./scenario.ts";
import { explainCluster, freshNamespace } from "./world/cluster.ts";
import { anotherHostOf, explainHosts, freshHosts, type Hosts, startHosts } from "./world/hosts.ts";
import { asOperator, endHost, type Run, startRun } from "./world/run.ts";

export type Planned = { readonly suite: SuiteName; readonly scenario: Scenario };
export type Outcome = Planned & {
  readonly ms: number;
  readonly error?: string;
  /** What watchmend said of the twin and of the fault; absent when the rig failed before it was asked. */
  readonly said?: Said;
};

/** What a world itself is made of, before any scenario asks for more. */
const worldParts: Readonly<Record<Scenario["world"], readonly Part[]>> = {
  hosts: [debian],
  cluster: [debian, kubernetes, images.pauseImage, images.corednsImage],
};

const partsOf = (scenario: Scenario): Part[] => [...worldParts[scenario.world], ...scenario.needs];

export const partsFor = (plan: readonly Planned[]): Part[] =>
  plan.flatMap(({ scenario }) => partsOf(scenario));

const phaseLimitMs = 600_000;
/** A deed is a whole story: one of them kills and repeats a deployment at each of its steps. */
const deedLimitMs = 2_400_000;
/** What takes longer is a hang, also on a machine with fifty other things to do. */
const answerLimitMs = 240_000;

const limited = async <T>(phase: string, work: Promise<T>, limitMs = phaseLimitMs): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${seconds(limitMs)}`)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } catch (error) {
    throw new Error(`${phase}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clearTimeout(timer);
  }
};

let cliBuilt: Promise<string> | undefined;

/** The command line as users get it: built once per test run, into the run, where no other build can change it meanwhile. */
const builtCli = (run: Run): Promise<string> => {
  cliBuilt ??= buildCli(join(run.dir, `cli-${process.pid}`));
  return cliBuilt;
};

const buildCli = (home: string): Promise<string> =>
  withLock(join(repoRoot, ".rig", "build.lock"), "the command line", async () => {
    await command(["npm", "run", "-s", "registry"], { cwd: repoRoot, timeoutMs: 300_000 });
    const build = [process.execPath, "scripts/finish-build.mjs", join(home, "dist")];
    await command(build, { cwd: repoRoot, timeoutMs: 300_000 });
    cpSync(join(repoRoot, "package.json"), join(home, "package.json"));
    return join(home, "dist", "cli", "main.js");
  });

type Setting = Omit<Stage, "diagnoses" | "readWith" | "readsWith"> & {
  readonly undo: () => Promise<void>;
};

const settingOf = (run: Run, name: string): Setting => {
  const undos: (() => Promise<unknown>)[] = [];
  let starter: readonly string[] = [];
  const dir = join(run.dir, "scenarios", name);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  return {
    dir,
    operator: (argv, options) => command(asOperator(run, argv), options),
    operatorCommand: (argv) => asOperator(run, argv),
    watchmend: async (args, options) => {
      const environment = ["env", `KUBECONFIG=${join(run.dir, "kubeconfig")}`, "NO_COLOR=1"];
      const argv = [...starter, ...environment, process.execPath, await builtCli(run), ...args];
      return command(asOperator(run, argv), { timeoutMs: answerLimitMs, ...options, allowFailure: true });
    },
    startWith: (argv) => {
      starter = [...starter, ...argv];
    },
    watchmendCommand: async (args) =>
      asOperator(run, ["env", "NO_COLOR=1", process.execPath, await builtCli(run), ...args]),
    defer: (undo) => undos.push(undo),
    undo: async () => {
      const failed: string[] = [];
      for (const undo of undos.reverse()) await undo().catch((error: unknown) => failed.push(String(error)));
      if (failed.length > 0) throw new Error(failed.join("\n"));
    },
  };
};

/** Allowed to do everything with sudo. */
const reader = "admin";

const liveHosts = (hosts: Hosts): string[] =>
  Object.keys(hosts).flatMap((name) => ["--host", `${reader}@${name}`]);

/** The cluster as far as one scenario reaches, with the parts of the system that all of them share. */
const liveCluster = (namespace: string): string[] => [
  ...["--context", "rig"],
  ...["--namespace", namespace, "--namespace", "kube-system"],
];

/** What a scenario says to watchmend, and may redirect. */
const judging = (setting: Setting, usual: readonly string[]) => {
  let flags = usual;
  const judge = judgeOf(setting.watchmend, () => flags, setting.dir);
  const readWith = (others: readonly string[]): void => {
    flags = others;
  };
  return { judge, stage: { diagnoses: judge.diagnoses, readWith, readsWith: () => flags } };
};

type Scenes<S extends Stage> = Pick<HostsScenario, "finds"> & {
  readonly deed?: (stage: S) => Promise<void>;
} & Record<"arrange" | "healthy" | "inject" | "expect" | "recover", (stage: S) => Promise<void>>;

const story = async <S extends Stage>(scenario: Scenes<S>, stage: S, judge: Judge): Promise<void> => {
  if (scenario.deed !== undefined) return await limited("the deed", scenario.deed(stage), deedLimitMs);
  await limited("arrange", scenario.arrange(stage));
  await limited("the healthy twin", scenario.healthy(stage));
  await limited("watchmend on the healthy twin", judge.findsHealthy("before the fault"));
  await limited("inject", scenario.inject(stage));
  await limited("expect", scenario.expect(stage));
  await limited("watchmend on the fault", judge.diagnoses(scenario.finds));
  await limited("recover", scenario.recover(stage));
  await limited("the healthy twin after the way back", scenario.healthy(stage));
  const { problems } = judge.said();
  if (problems.length > 0) throw new WrongAnswer(problems.join("\n"));
};

/** The kernel's words for a limit that a machine with several rigs reaches. */
const withRemedy = (reason: string): string =>
  /too many open files/i.test(reason)
    ? `${reason}\nthe machine's inotify instances are used up: take a rig down (npm run rig -- status), or sysctl fs.inotify.max_user_instances=512`
    : reason;

const failedStarts = new Map<string, string[]>();

/** A start that fails is cleared away and tried once more by the next scenario; after that the reason is known. */
const bringUp = async <T>(
  what: string,
  world: Run,
  names: readonly string[],
  start: () => Promise<T>,
): Promise<T> => {
  const failures = failedStarts.get(what) ?? [];
  if (failures.length > 1)
    throw new Error(`${what} could not be started twice; the first time: ${failures[0]}`);
  const begun = Date.now();
  try {
    const started = await limited(what, start());
    say(`${what}: up after ${seconds(Date.now() - begun)}`);
    return started;
  } catch (error) {
    const reason = withRemedy(messageOf(error));
    failedStarts.set(what, [...failures, reason]);
    for (const name of names) await endHost(world, name);
    throw new Error(reason);
  }
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

  const theHosts = async (world: Run): Promise<Hosts> => {
    hosts ??= await bringUp("the hosts", world, ["server", "jenkins1", "jenkins2"], () => startHosts(world));
    return hosts;
  };

  const theCluster = async (world: Run): Promise<Cluster> => {
    cluster ??= await bringUp("the cluster", world, [nodeName], () => startCluster(world));
    return cluster;
  };

  const onHosts = async (world: Run, scenario: HostsScenario, into: string): Promise<Told> => {
    const setting = settingOf(world, scenario.name);
    const current = await theHosts(world);
    const { judge, stage } = judging(setting, liveHosts(current));
    const anotherHost = anotherHostOf(world, setting.defer);
    const told = await tell(
      () => story(scenario, { ...setting, ...stage, hosts: current, anotherHost }, judge),
      () => explainHosts(current, into),
    );
    keepEvidence(told, setting.dir, into);
    await limited("undo", setting.undo());
    const fresh = await freshHosts(world, current);
    hosts = fresh.hosts;
    if (fresh.left.length > 0)
      say(`${scenario.name} left something behind; made anew: ${fresh.left.join("\n")}`);
    return scenario.deed ? told : { ...told, said: judge.said() };
  };

  const onCluster = async (world: Run, scenario: ClusterScenario, into: string): Promise<Told> => {
    const setting = settingOf(world, scenario.name);
    const current = await theCluster(world);
    const home = await freshNamespace(current, scenario.name);
    const { judge, stage } = judging(setting, liveCluster(home.name));
    const told = await tell(
      () => story(scenario, { ...setting, ...stage, cluster: current, namespace: home.name }, judge),
      () => explainCluster(current, home.name, into),
    );
    keepEvidence(told, setting.dir, into);
    await limited("undo", setting.undo());
    await limited("removing the namespace", home.remove());
    return scenario.deed ? told : { ...told, said: judge.said() };
  };

  const play = async (planned: Planned): Promise<Outcome> => {
    const { suite, scenario } = planned;
    const begun = Date.now();
    const done = (told: Told): Outcome => ({ ...planned, ...told, ms: Date.now() - begun });
    try {
      for (const part of partsOf(scenario)) await parts.ready(part);
      const world = await theRun();
      const into = join(failuresRoot, world.id, `${suite}-${scenario.name}`);
      return done(
        await (scenario.world === "hosts"
          ? onHosts(world, scenario, into)
          : onCluster(world, scenario, into)),
      );
    } catch (error) {
      return done({ error: messageOf(error) });
    }
  };
  return { play, run: () => run };
};

/** The rig did its work and watchmend was wrong: the kept bundles explain that, not the state of the world. */
class WrongAnswer extends Error {
  override readonly name = "WrongAnswer";
}

type Told = Pick<Outcome, "error" | "said">;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Plays a story; when it fails, what the world looks like at that moment is part of the reason. */
const tell = async (play: () => Promise<void>, explain: () => Promise<string>): Promise<Told> => {
  try {
    await play();
    return {};
  } catch (error) {
    if (error instanceof WrongAnswer) return { error: `watchmend: ${error.message}` };
    return { error: withRemedy(`${messageOf(error)}\n${await explain().catch(messageOf)}`) };
  }
};

/** The bundles of a wrong answer outlive the run. */
const keepEvidence = ({ error }: Told, dir: string, into: string): void => {
  if (error !== undefined) cpSync(dir, join(into, "evidence"), { recursive: true });
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
  stopped: AbortSignal,
): Promise<Outcome[]> => {
  const left = [...plan];
  const outcomes: Outcome[] = [];
  for (let next = await takeNext(left, parts); next !== undefined; next = await takeNext(left, parts)) {
    say(`${next.suite}/${next.scenario.name}: ${next.scenario.title}`);
    const outcome = await theatre.play(next);
    // What was cut off is no result.
    if (stopped.aborted) break;
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
