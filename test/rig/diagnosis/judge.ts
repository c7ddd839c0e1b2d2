// Runs the built command line on what a scenario made, and compares what it says with what is true.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../../src/model/report.ts";
import { renderAnalysisText } from "../../../src/report/analysis-text.ts";
import { type Ran, tail } from "../process/command.ts";
import { compare, compareHealthy, compareVerbs, type Expected } from "./expected.ts";

/** All that watchmend said during one scenario. Wrong answers are kept and not thrown, so that a story is played to its end. */
export type Judge = {
  readonly diagnoses: (expected: Expected) => Promise<void>;
  readonly findsHealthy: (when: string) => Promise<void>;
  readonly said: () => Said;
};

export type Said = {
  readonly roots: readonly string[];
  readonly accused: readonly string[];
  readonly twinSilent: boolean;
  readonly problems: readonly string[];
};

type Watchmend = (args: readonly string[]) => Promise<Ran>;

const analysisFile = "00-ANALYSIS-AND-RECOMMENDATIONS.txt";

const reportOf = (ran: Ran): Report => {
  try {
    return JSON.parse(ran.stdout) as Report;
  } catch {
    throw new Error(
      `diagnose gave no report but exit ${ran.code}:\n${tail(ran.stdout)}\n${tail(ran.stderr)}`,
    );
  }
};

const collect = async (watchmend: Watchmend, flags: readonly string[], bundle: string): Promise<void> => {
  rmSync(bundle, { recursive: true, force: true });
  const ran = await watchmend(["collect", ...flags, "-o", bundle, "--quiet"]);
  if (ran.code > 2 || !existsSync(join(bundle, analysisFile)))
    throw new Error(`collect wrote no bundle and ended with ${ran.code}: ${tail(ran.stderr)}`);
};

const firstDifference = (written: string, again: string): string => {
  const lines = written.split("\n");
  const others = again.split("\n");
  const at = lines.findIndex((line, index) => line !== others[index]);
  return `line ${at + 1} was: ${lines[at]}\n  and is now: ${others[at]}`;
};

type Answer = { readonly ran: Ran; readonly problems: readonly string[] };

/** Reads a bundle, and holds the answer against the analysis of the run that wrote it. */
const fromBundle = async (watchmend: Watchmend, bundle: string): Promise<Answer> => {
  const ran = await watchmend(["diagnose", "--from", bundle, "--format", "json"]);
  const written = readFileSync(join(bundle, analysisFile), "utf8");
  const rendered = renderAnalysisText(reportOf(ran));
  if (written === rendered) return { ran, problems: [] };
  const difference = firstDifference(written, rendered);
  return { ran, problems: [`the bundle's analysis is not that of its report: ${difference}`] };
};

/** The live system and the bundle of what was read of it: the same bytes, the same exit code. */
const liveAndSaved = async (
  watchmend: Watchmend,
  flags: readonly string[],
  bundle: string,
): Promise<Answer> => {
  rmSync(bundle, { recursive: true, force: true });
  const live = await watchmend(["diagnose", ...flags, "--format", "json", "--save", bundle, "--quiet"]);
  if (!existsSync(join(bundle, analysisFile)))
    throw new Error(`diagnose saved no bundle and ended with ${live.code}: ${tail(live.stderr)}`);
  const { ran, problems } = await fromBundle(watchmend, bundle);
  return {
    ran: live,
    problems: [
      ...problems,
      ...(live.stdout === ran.stdout
        ? []
        : [`live and saved differ: ${firstDifference(live.stdout, ran.stdout)}`]),
      ...(live.code === ran.code ? [] : [`live ended with ${live.code}, its bundle with ${ran.code}`]),
    ],
  };
};

const collected = async (watchmend: Watchmend, flags: readonly string[], bundle: string): Promise<Answer> => {
  await collect(watchmend, flags, bundle);
  return await fromBundle(watchmend, bundle);
};

export const judgeOf = (watchmend: Watchmend, flags: () => readonly string[], dir: string): Judge => {
  const roots = new Set<string>();
  const accused = new Set<string>();
  const problems: string[] = [];
  let twinSilent = true;
  let asked = 0;
  const answer = async (ask: typeof collected): Promise<Ran> => {
    asked += 1;
    const { ran, problems: unequal } = await ask(watchmend, flags(), join(dir, `bundle-${asked}`));
    problems.push(...unequal);
    return ran;
  };
  return {
    diagnoses: async (expected) => {
      const ran = await answer(liveAndSaved);
      const verdict = compare(expected, reportOf(ran), ran.code);
      for (const rule of verdict.roots) roots.add(rule);
      for (const rule of verdict.accused) accused.add(rule);
      problems.push(...verdict.problems);
      if (expected.bothVerbs !== true) return;
      problems.push(...compareVerbs(reportOf(await answer(collected)), reportOf(ran)));
    },
    findsHealthy: async (when) => {
      const ran = await answer(collected);
      const wrong = compareHealthy(reportOf(ran), ran.code);
      if (wrong.length === 0) return;
      twinSilent = false;
      problems.push(`${when}: ${wrong.join("\n")}`);
    },
    said: () => ({ roots: [...roots], accused: [...accused], twinSilent, problems }),
  };
};
