// The rig's command line: `npm run test:rig` plays the live suites, `npm run rig` keeps a rig up for a developer.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startCluster } from "./cluster.ts";
import { debian, debianRoot } from "./parts/debian.ts";
import { allParts, startParts } from "./parts/index.ts";
import { dirOf, recordOf } from "./parts/part.ts";
import { rigRoot } from "./process/paths.ts";
import { say, seconds } from "./process/progress.ts";
import { replayFailed } from "./replay.ts";
import { printTable, writeTable } from "./results.ts";
import { openTheatre, type Planned, partsFor, playAll } from "./runner.ts";
import { type Scenario, type SuiteName, suiteNames } from "./scenario.ts";
import { startHosts } from "./world/hosts.ts";
import {
  allRuns,
  asOperator,
  clearDeadRuns,
  endRun,
  findRun,
  isRunning,
  type Run,
  startRun,
} from "./world/run.ts";
import { entering } from "./world/space.ts";

const usage = `Real hosts and a real Kubernetes on this machine, for tests. Needs root and Debian 12.

  npm run test:rig -- [collect|deploy|remediate|validate …] [--core] [--only TEXT] [--in NAME] [--table] [--replay]
      plays the scenarios of the suites (all without a name); --core: the cross-section for CI;
      --only: those whose name contains TEXT (or one of several, with commas); --in: on the rig that \`rig up\` keeps, instead of a new one;
      --table: writes the table of the results to docs/rig-results.md as well; --replay: plays what failed (three at most) once more, and
      names what passed only then
  npm run rig -- up [NAME] [--no-cluster]    builds what is missing, then starts a rig that stays up (NAME: dev)
  npm run rig -- shell [NAME] [HOST]         a shell beside the hosts, or on one of them
  npm run rig -- status                      what runs and which parts are built
  npm run rig -- down [NAME…] [--all]        ends it and removes every trace; also of runs that were killed
  npm run rig -- build                       builds all parts
`;

const asked = (): { words: string[]; flags: Record<string, string | boolean | undefined> } => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      core: { type: "boolean" },
      only: { type: "string" },
      table: { type: "boolean" },
      replay: { type: "boolean" },
      in: { type: "string" },
      all: { type: "boolean" },
      "no-cluster": { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  return { words: positionals, flags: values };
};

const isSuite = (word: string): word is SuiteName => (suiteNames as readonly string[]).includes(word);

const suiteOf = async (suite: SuiteName): Promise<Planned[]> => {
  const dir = join(rigRoot, "suites", suite);
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir).filter((file) => file.endsWith(".ts"));
  const modules = await Promise.all(
    files.sort().map((file) => import(join(dir, file)) as Promise<{ scenarios: readonly Scenario[] }>),
  );
  return modules.flatMap((module) => module.scenarios).map((scenario) => ({ suite, scenario }));
};

const makePlan = async (words: readonly string[], core: boolean, only: string): Promise<Planned[]> => {
  const named = words.filter(isSuite);
  const unknown = words.filter((word) => !isSuite(word));
  if (unknown.length > 0)
    throw new Error(`no suite named ${unknown.join(", ")}; there are ${suiteNames.join(", ")}`);
  const suites = named.length > 0 ? named : suiteNames;
  const found = await Promise.all(suites.map(suiteOf));
  const names = found.flat().map(({ scenario }) => scenario.name);
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  // the table of the results, and the folders of what failed, go by the name
  if (twice.length > 0) throw new Error(`two scenarios are called ${twice.join(", ")}`);
  const empty = named.filter((_, index) => found[index]?.length === 0);
  if (empty.length > 0) throw new Error(`test/rig/suites has no scenarios for ${empty.join(", ")}`);
  const plan = found
    .flat()
    .filter(({ scenario }) => !core || scenario.core)
    .filter(({ scenario }) => only.split(",").some((part) => scenario.name.includes(part)));
  if (plan.length === 0) throw new Error("no scenario is left to play; nothing would be tested");
  return plan;
};

const test = async (
  words: string[],
  flags: Record<string, string | boolean | undefined>,
): Promise<number> => {
  const plan = await makePlan(words, flags.core === true, String(flags.only ?? ""));
  const attach = typeof flags.in === "string" ? findRun(flags.in) : undefined;
  const parts = startParts(partsFor(plan));
  const theatre = openTheatre(parts, attach);
  const stop = async (): Promise<void> => {
    const run = theatre.run();
    if (run !== undefined && !run.kept) await endRun(run.id);
  };
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      interrupted.abort();
      void stop().finally(() => process.exit(130));
    });
  }
  const begun = Date.now();
  const { signal } = interrupted;
  const played = async () => {
    const first = await playAll(plan, parts, theatre, signal);
    return flags.replay === true
      ? replayFailed(first, parts, theatre, signal)
      : { outcomes: first, flaky: [] };
  };
  const { outcomes, flaky } = await played().finally(stop);
  if (interrupted.signal.aborted) return 130;
  const failed = outcomes.filter((outcome) => outcome.error !== undefined);
  printTable(outcomes);
  if (flags.table === true) {
    const all = await Promise.all(suiteNames.map(suiteOf));
    writeTable(
      outcomes,
      all.flat().map(({ scenario }) => scenario.name),
    );
  }
  for (const { suite, scenario } of failed) console.log(`failed: ${suite}/${scenario.name}`);
  for (const name of flaky) console.log(`passed at the second try only: ${name}`);
  say(`${outcomes.length} scenarios in ${seconds(Date.now() - begun)}`);
  console.log(`${outcomes.length - failed.length} passed, ${failed.length} failed`);
  return failed.length > 0 ? 1 : 0;
};

const buildAll = async (): Promise<void> => {
  const parts = startParts(allParts);
  const problems: string[] = [];
  for (const part of allParts) await parts.ready(part).catch((error: Error) => problems.push(error.message));
  if (problems.length > 0) throw new Error(problems.join("\n"));
};

const up = async (name: string, withCluster: boolean): Promise<void> => {
  await buildAll();
  const run = await startRun(debianRoot(dirOf(debian)), name);
  try {
    await Promise.all([startHosts(run), withCluster ? startCluster(run) : undefined]);
  } catch (error) {
    await endRun(run.id);
    throw error;
  }
  say(`rig ${name} is up: ${Object.keys(run.hosts).join(", ")}`);
  say(`npm run rig -- shell ${name} [HOST] goes there; npm run rig -- down ${name} ends it`);
};

const shell = async (name: string, host: string | undefined): Promise<number> => {
  const run = findRun(name);
  const child = spawn("env", shellArguments(run, host), { stdio: "inherit" });
  return new Promise((resolve) => child.on("close", (code) => resolve(code ?? 0)));
};

const shellArguments = (run: Run, host: string | undefined): string[] => {
  if (host === undefined)
    return asOperator(run, ["env", `KUBECONFIG=${join(run.dir, "kubeconfig")}`, "bash"]);
  const record = run.hosts[host];
  if (record === undefined)
    throw new Error(`no host ${host}; there are ${Object.keys(run.hosts).join(", ")}`);
  return entering(record.space, ["TERM=xterm", "bash", "-l"]);
};

const status = (): void => {
  const runs = allRuns();
  if (runs.length === 0) console.log("no rig is up");
  for (const { id, run } of runs) {
    if (run === undefined || !isRunning(run)) console.log(`${id}: dead; npm run rig -- down clears it`);
    else
      console.log(
        `${id}: up${run.kept ? ", kept" : ""}; hosts ${Object.keys(run.hosts).join(", ") || "none"}; ${run.dir}`,
      );
  }
  for (const part of allParts) {
    const record = recordOf(part);
    const state = record === undefined ? "not built" : `built in ${seconds(record.seconds * 1000)}`;
    console.log(`${part.name.padEnd(22)} ${state.padEnd(22)} ${part.what}`);
  }
};

const down = async (names: readonly string[], all: boolean): Promise<void> => {
  await clearDeadRuns();
  const kept = allRuns().filter(
    ({ id, run }) => names.includes(id) || (run?.kept === true && (all || names.length === 0)),
  );
  for (const { id } of kept) {
    await endRun(id);
    say(`rig ${id} is down`);
  }
};

const rig = async (
  words: readonly string[],
  flags: Record<string, string | boolean | undefined>,
): Promise<number> => {
  const [verb, ...rest] = words;
  if (verb === "up") await up(rest[0] ?? "dev", flags["no-cluster"] !== true);
  else if (verb === "down") await down(rest, flags.all === true);
  else if (verb === "status") status();
  else if (verb === "build") await buildAll();
  else if (verb === "shell") return shell(rest[0] ?? "dev", rest[1]);
  else throw new Error(`no command ${verb ?? ""}\n${usage}`);
  return 0;
};

const main = async (): Promise<number> => {
  const { words, flags } = asked();
  if (flags.help === true) {
    console.log(usage);
    return 0;
  }
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new Error("the rig makes namespaces, networks and mounts: it needs Linux and root");
  }
  return words[0] === "rig" ? rig(words.slice(1), flags) : test(words, flags);
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(3);
  },
);
