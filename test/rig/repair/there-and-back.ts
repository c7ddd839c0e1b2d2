// A fault that watchmend repairs by itself, played whole: a dry run that changes nothing, forward, back to the byte, forward again.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Validation } from "../../../src/model/check.ts";
import type { Report } from "../../../src/model/report.ts";
import { contains, type Repair, type Scenario, type Stage, same } from "../scenario.ts";
import { pictureOfCluster, versionsInCluster } from "./picture-of-cluster.ts";
import { pictureOfHosts } from "./picture-of-hosts.ts";

type Course<S extends Stage> = {
  readonly stage: S;
  readonly repair: Repair<S>;
  readonly flags: readonly string[];
  readonly picture: () => Promise<string>;
  /** What the API server counts at every write, also at one that changes nothing. */
  readonly versions: () => Promise<string>;
  readonly healthy: (stage: S) => Promise<void>;
  readonly expect: (stage: S) => Promise<void>;
};

const longMs = 420_000;

/** The first lines that differ, because the whole of both texts says nothing to anybody. */
export const samePicture = (what: string, seen: string, wanted: string): void => {
  if (seen === wanted) return;
  const [now, before] = [seen.split("\n"), wanted.split("\n")];
  const known = { now: new Set(now), before: new Set(before) };
  const lines = [
    ...before.filter((line) => !known.now.has(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !known.before.has(line)).map((line) => `+ ${line}`),
  ];
  throw new Error(`${what} is not what it was:\n${lines.slice(0, 40).join("\n") || "the order has changed"}`);
};

/** Exit 2 is clean, too: of a system without all components not everything can be looked at. */
const repairs = async <S extends Stage>({ stage, repair, flags }: Course<S>, word: string): Promise<void> => {
  const wait = String(repair.wait ?? 90);
  const consents = repair.consents ?? [];
  const ran = await stage.watchmend(["remediate", ...flags, ...consents, "--yes", "--wait", wait], {
    timeoutMs: longMs,
  });
  const fine = repair.leaves === undefined ? [0, 2] : [1];
  if (!fine.includes(ran.code)) throw new Error(`${word}: exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
  for (const text of repair.does) contains(`${word}: what was done`, ran.stdout, text);
};

const nothingLoud = async <S extends Stage>(
  { stage, repair, flags }: Course<S>,
  word: string,
): Promise<void> => {
  const { stdout } = await stage.watchmend(["diagnose", ...flags, "--format", "json"]);
  const { findings } = JSON.parse(stdout) as Report;
  const loud = findings.filter(
    ({ severity, rule }) => severity !== "notice" && !repair.leaves?.includes(rule),
  );
  same(
    `what diagnose finds, ${word}`,
    loud.map(({ role, rule, says }) => `${role} ${rule}: ${says}`),
    [],
  );
};

const nothingFails = async <S extends Stage>({ stage, flags }: Course<S>, word: string): Promise<void> => {
  const ran = await stage.watchmend(["validate", ...flags, "--timeout", "60s", "--format", "json"]);
  if (ran.code > 2) throw new Error(`validate could not run: ${ran.stderr}`);
  const { verdicts } = JSON.parse(ran.stdout) as Validation;
  const failed = verdicts.flatMap(({ check, state, says }) =>
    state === "fail" ? [`${check}: ${says}`] : [],
  );
  same(`what validate says is wrong, ${word}`, failed, []);
};

const forward = async <S extends Stage>(course: Course<S>, word: string): Promise<void> => {
  await repairs(course, word);
  await course.healthy(course.stage);
  await nothingLoud(course, word);
  await nothingFails(course, word);
};

const thereAndBack = async <S extends Stage>(course: Course<S>): Promise<void> => {
  const { stage, repair, flags, picture } = course;
  await repair.before?.(stage);
  const faulty = await picture();
  const versions = await course.versions();
  const dry = await stage.watchmend(["remediate", ...flags, ...(repair.consents ?? []), "--dry-run"], {
    timeoutMs: longMs,
  });
  if (dry.code !== 1) throw new Error(`the dry run: exit ${dry.code}\n${dry.stdout}\n${dry.stderr}`);
  samePicture("after the dry run the world", await picture(), faulty);
  samePicture("after the dry run the versions of its objects", await course.versions(), versions);
  await forward(course, "forward");
  const good = await picture();
  const back = await stage.watchmend(["rollback"], { timeoutMs: longMs });
  if (repair.mustStay !== undefined) {
    same("exit of the rollback", back.code, 3);
    contains("the rollback", back.stderr, repair.mustStay);
    samePicture("after the refused rollback the world", await picture(), good);
    return;
  }
  same(`exit of the rollback\n${back.stdout}\n${back.stderr}`, back.code, 0);
  samePicture("after the rollback the world", await picture(), faulty);
  if (repair.staysRepaired !== undefined) return;
  await repair.provoke?.(stage);
  await course.expect(stage);
  await forward(course, "forward again");
  samePicture("after the second repair the world", await picture(), good);
};

/** Each scenario has a history of its own: `rollback` takes back what was done last. */
export const withOwnHistory = (stage: Stage): void => {
  const state = join(stage.dir, "state");
  mkdirSync(state, { recursive: true });
  stage.startWith(["env", `XDG_STATE_HOME=${state}`]);
};

const titleOf = ({ title }: Scenario): string =>
  `repaired unattended, taken back to the byte, repaired again: ${title}`;

/** The scenario of the suite `remediate`, for a scenario that says it is repaired. */
export const repaired = (scenario: Scenario): readonly Scenario[] => {
  const about = { name: `repair-${scenario.name}`, title: titleOf(scenario) };
  if (scenario.world === "hosts") {
    const { repair, healthy, expect } = scenario;
    if (repair === undefined) return [];
    const recover: typeof scenario.recover = async (stage) => {
      withOwnHistory(stage);
      const flags = [...stage.readsWith(), ...(repair.flags ?? [])];
      const picture = () => pictureOfHosts(stage, repair.watches?.(stage) ?? []);
      const versions = (): Promise<string> => Promise.resolve("");
      await thereAndBack({ stage, repair, flags, picture, versions, healthy, expect });
    };
    return [{ ...scenario, ...about, core: repair.core ?? false, recover }];
  }
  const { repair, healthy, expect } = scenario;
  if (repair === undefined) return [];
  const recover: typeof scenario.recover = async (stage) => {
    withOwnHistory(stage);
    const flags = [...stage.readsWith(), ...(repair.flags ?? [])];
    const picture = () => pictureOfCluster(stage, repair.watches?.(stage) ?? []);
    const versions = () => versionsInCluster(stage);
    await thereAndBack({ stage, repair, flags, picture, versions, healthy, expect });
  };
  return [{ ...scenario, ...about, core: repair.core ?? false, recover }];
};
