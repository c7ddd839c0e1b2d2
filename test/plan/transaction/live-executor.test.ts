// The loop of a repair on a live host: what helps stays, what does not is put back by itself, and a person is asked step by step.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Asker, askingConsent } from "../../../src/cli/consent.ts";
import type { ConfigDocument } from "../../../src/model/config.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { Step } from "../../../src/model/plan.ts";
import type { Remediation } from "../../../src/model/remediation.ts";
import type { Report } from "../../../src/model/report.ts";
import { type RemediateOptions, remediate } from "../../../src/plan/remediate.ts";
import { movedSince, readSavedPlan, type SavedPlan } from "../../../src/plan/saved-plan.ts";
import { thisActor } from "../../../src/plan/transaction/actor.ts";
import { meant, pastTransactions } from "../../../src/plan/transaction/history.ts";
import { liveExecutor } from "../../../src/plan/transaction/live-executor.ts";
import { obstaclesOf, takeBackFromJournal } from "../../../src/plan/transaction/recover.ts";
import { renderHistory } from "../../../src/report/history.ts";
import { renderIncidentRecord } from "../../../src/report/incident-record.ts";
import { renderRemediation } from "../../../src/report/remediation.ts";
import { localAccess } from "./local-door.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync("/tmp/wm-live-");
  mkdirSync(join(folder, "etc"));
  write("# the agent\nport: 1\nurl: http://loki:3100\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => join(folder, "etc/agent.yaml");
const write = (text: string): void => writeFileSync(file(), text);
const read = (): string => readFileSync(file(), "utf8");

/** The evidence names the file; where it lives is known from the document that was read. */
const documents = (): readonly ConfigDocument[] => [
  {
    at: { source: "cat agent.yaml", line: 1 },
    kind: "unknown-yaml",
    path: file(),
    host: "h1",
    origin: "file",
    value: {},
    text: read(),
    lines: {},
    duplicateKeys: [],
  },
];

const edit = (key: string, value: unknown, title: string): Step => ({
  do: "edit-document",
  title,
  file: { source: "cat agent.yaml" },
  edits: [{ op: "set", path: [key], value }],
});

function finding(
  rule: string,
  says: string,
  steps: readonly Step[],
  role: Finding["role"] = "root",
): Finding {
  return {
    id: `${rule}@agent`,
    rule,
    role,
    severity: "critical",
    certainty: "proven",
    component: "promtail",
    layer: "config",
    subject: { kind: "component", id: "h1/agent" },
    title: `${says}.`,
    says,
    proof: [{ source: "cat agent.yaml", line: 2, excerpt: "port: 1" }],
    explains: [],
    explainedBy: [],
    rivals: [],
    fix: { summary: says, risk: "safe", steps },
  };
}

const portWrong = (value: unknown = 2): Finding =>
  finding("agent/port-wrong", "The port is wrong", [edit("port", value, "Set the port")]);
const pathMissing = (): Finding =>
  finding("agent/path-missing", "The URL has no path", [
    edit("url", "http://loki:3100/push", "Complete the URL"),
  ]);

function report(...findings: Finding[]): Report {
  return {
    schema: "watchmend.report/v1",
    tool: { version: "0" },
    verdict: findings.length > 0 ? "problems" : "healthy",
    coverage: { rules: { evaluated: 2, inconclusive: 0, notApplicable: 0 }, missing: [] },
    stack: { components: [{ id: "h1/agent", kind: "promtail", name: "agent", host: "h1" }], relations: [] },
    findings,
    links: [],
  };
}

/** The port hides the missing path, as a program that does not start hides what it would stumble over next. */
const diagnose = (): Promise<Report> => {
  if (!read().includes("port: 2")) return Promise.resolve(report(portWrong()));
  return Promise.resolve(read().includes("/push") ? report() : report(pathMissing()));
};

function executor() {
  return liveExecutor({
    doors: { hosts: [localAccess("h1", folder)] },
    state: join(folder, "state"),
    incident: "20260801-031502-9c4e",
    actor: thisActor(),
    why: (label) => `remediate, ${label}`,
    documents,
  });
}

const repair = async (more: Partial<RemediateOptions> = {}) => {
  const one = executor();
  const rounds = await remediate({ executor: one, diagnose, ...more });
  return { rounds, transactions: one.transactions };
};

const base = () => ({
  state: join(folder, "state"),
  doors: { hosts: [localAccess("h1", folder)] },
  actor: thisActor(),
  because: "asked",
});

/** Without what differs from run to run. */
const still = (text: string): string =>
  text
    .replaceAll(folder, "/FOLDER")
    .replaceAll(/\d{8}-\d{6}-[0-9a-f]{4}/g, "20260801-031502-9c4e")
    .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+Z)?/g, "2026-08-01 03:15:02")
    .replaceAll(/\S+ on \S+: /g, "ops on laptop: ");

test("what was masked comes next; everything is kept, told and can be undone", async () => {
  const { rounds, transactions } = await repair();
  expect(read()).toBe("# the agent\nport: 2\nurl: http://loki:3100/push\n");
  expect(rounds.map(({ outcome, surfaced }) => [outcome?.kept, surfaced.map((one) => one.rule)])).toEqual([
    [true, []],
    [true, ["agent/path-missing"]],
    [undefined, []],
  ]);
  const remediation: Remediation = { title: "Repair of host h1", rounds };
  expect(still(renderRemediation(remediation, { width: 80 }))).toMatchSnapshot();
  const frame = {
    incident: "20260801-031502-9c4e",
    begun: "b",
    ended: "e",
    by: "ops on laptop",
    transactions,
  };
  expect(still(renderIncidentRecord(remediation, frame))).toMatchSnapshot();
  const past = pastTransactions(join(folder, "state"));
  expect(meant(past, "20260801-031502-9c4e").map(({ id }) => id)).toEqual([...transactions].reverse());
  expect(still(renderHistory(past, () => undefined, { width: 80 }))).toMatchSnapshot();
  for (const id of [...transactions].reverse()) await takeBackFromJournal(id, base());
  expect(read()).toBe("# the agent\nport: 1\nurl: http://loki:3100\n");
  expect(
    still(renderHistory(pastTransactions(join(folder, "state")), () => undefined, { width: 80 })),
  ).toMatchSnapshot();
});

test("undone in the wrong order it is refused: the later change is somebody's, too", async () => {
  const { transactions } = await repair();
  const [first = ""] = transactions;
  expect((await obstaclesOf(first, base())).join()).toMatch(
    /was changed since[\s\S]*\+url: http:\/\/loki:3100\/push/,
  );
});

test("what does not help is put back by itself", async () => {
  const { rounds } = await repair({ diagnose: () => Promise.resolve(report(portWrong(7))) });
  expect(read()).toBe("# the agent\nport: 1\nurl: http://loki:3100\n");
  expect(rounds[0]?.outcome).toMatchObject({ kept: false, because: expect.stringContaining("still so") });
  expect(rounds).toHaveLength(2);
  expect(rounds[1]?.execution).toBeUndefined();
});

test("what breaks something that was fine is put back", async () => {
  const broken: Finding = {
    ...finding("x/down", "The other one is down", []),
    subject: { kind: "component", id: "h1/other" },
    component: "loki",
  };
  const { rounds } = await repair({
    diagnose: () => Promise.resolve(read().includes("port: 2") ? report(broken) : report(portWrong())),
  });
  expect(rounds[0]?.outcome).toMatchObject({ kept: false, because: expect.stringContaining("was fine") });
  expect(read()).toContain("port: 1");
});

test("what cannot be looked at afterwards does not stay", async () => {
  let asked = 0;
  const once = () =>
    asked++ === 0 ? Promise.resolve(report(portWrong())) : Promise.reject(new Error("no way to h1"));
  await expect(repair({ diagnose: once })).rejects.toThrow("no way to h1");
  expect(read()).toContain("port: 1");
  expect(pastTransactions(join(folder, "state")).map(({ state }) => state)).toEqual(["rolled-back"]);
});

test("a dry run changes nothing and leaves nothing", async () => {
  const { rounds } = await repair({ dryRun: true });
  expect(rounds[0]?.preview[0]).toMatchObject({ state: "done", before: read() });
  expect(pastTransactions(join(folder, "state"))).toEqual([]);
});

test("only, skip and the highest risk choose what is repaired", async () => {
  const both = () =>
    Promise.resolve(
      report(portWrong(), {
        ...pathMissing(),
        fix: { summary: "s", risk: "disruptive", steps: pathMissing().fix?.steps ?? [] },
      }),
    );
  const planned = async (more: Partial<RemediateOptions>) =>
    (await repair({ diagnose: both, dryRun: true, ...more })).rounds[0]?.plan.steps.map(({ title }) => title);
  expect(await planned({})).toEqual(["Set the port", "Complete the URL"]);
  expect(await planned({ only: ["agent/path-missing"] })).toEqual(["Complete the URL"]);
  expect(await planned({ skip: ["agent/path-missing@agent"] })).toEqual(["Set the port"]);
  expect(await planned({ maxRisk: "safe" })).toEqual(["Set the port"]);
});

function answering(...answers: string[]): Asker & { said: string; asked: number } {
  return {
    said: "",
    asked: 0,
    ask() {
      this.asked++;
      return Promise.resolve(answers.shift() ?? "q");
    },
    say(text) {
      this.said += text;
    },
    close: () => undefined,
  };
}

const two = () =>
  Promise.resolve(
    read().includes("port: 1") && read().includes("3100\n") ? report(portWrong(), pathMissing()) : report(),
  );

test("a person is asked for each step, sees the evidence, and may leave steps out", async () => {
  const asker = answering("what?", "s", "n", "y");
  const { rounds } = await repair({ diagnose: two, consent: askingConsent(asker, { color: false }) });
  expect(asker.asked).toBe(4);
  expect(asker.said).toMatch(/cat agent\.yaml:2\n {4}port: 1/);
  expect(still(asker.said)).toMatchSnapshot();
  expect(read()).toBe("# the agent\nport: 1\nurl: http://loki:3100/push\n");
  expect(rounds[0]?.declined?.map(({ title }) => title)).toEqual(["Set the port"]);
});

test("all takes the rest, quit takes nothing", async () => {
  await repair({ diagnose: two, consent: askingConsent(answering("y", "q"), { color: false }) });
  expect(read()).toContain("port: 1");
  const asker = answering("a");
  await repair({ diagnose: two, consent: askingConsent(asker, { color: false }) });
  expect([asker.asked, read()]).toEqual([1, "# the agent\nport: 2\nurl: http://loki:3100/push\n"]);
});

test("a saved plan says what has moved since", () => {
  const plan: SavedPlan = {
    schema: "watchmend.plan/v1",
    tool: { version: "0" },
    madeAt: "now",
    title: "t",
    findings: [],
    steps: [edit("port", 2, "p")],
    needs: [[]],
    fingerprints: { "h1:/a": "1", "h1:/b": "2", "h1:/c": "3" },
  };
  const back = readSavedPlan(JSON.stringify(plan));
  expect(back).toEqual({ ok: true, plan });
  expect(
    movedSince(
      plan,
      new Map([
        ["h1:/a", "1"],
        ["h1:/b", "9"],
      ]),
    ),
  ).toEqual([
    "h1:/b was changed since",
    "h1:/c is not as it was: the step would change nothing or cannot be done",
  ]);
  expect(readSavedPlan("{}")).toMatchObject({ ok: false });
  expect(readSavedPlan('{"schema":"watchmend.plan/v1"}')).toMatchObject({
    ok: false,
    because: expect.stringContaining("tool"),
  });
});
