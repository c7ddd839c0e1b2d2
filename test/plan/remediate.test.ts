// The loop: diagnose, repair the roots, diagnose again; it ends when clean, when nothing can be done, and when it turns in circles.
import { expect, test } from "vitest";
import type { Finding } from "../../src/model/finding.ts";
import type { Step } from "../../src/model/plan.ts";
import type { Report } from "../../src/model/report.ts";
import type { Executor } from "../../src/plan/executor.ts";
import { planOf, remediate } from "../../src/plan/remediate.ts";

const step = (title: string): Step => ({ do: "by-hand", title, command: title });

function finding(rule: string, role: Finding["role"], fix?: Finding["fix"]): Finding {
  return {
    id: `${rule}@x`,
    rule,
    role,
    severity: "critical",
    certainty: "proven",
    component: "loki",
    layer: "config",
    subject: { kind: "component", id: "x" },
    title: rule,
    says: rule,
    proof: [],
    explains: [],
    explainedBy: [],
    rivals: [],
    ...(fix ? { fix } : {}),
  };
}

const fix = (...titles: string[]): NonNullable<Finding["fix"]> => ({
  summary: "s",
  risk: "safe",
  steps: titles.map(step),
});

function report(...findings: Finding[]): Report {
  return {
    schema: "watchmend.report/v1",
    tool: { version: "0" },
    verdict: findings.length > 0 ? "problems" : "healthy",
    coverage: { rules: { evaluated: 1, inconclusive: 0, notApplicable: 0 }, missing: [] },
    stack: { components: [], relations: [] },
    findings,
    links: [],
  };
}

function world(ok = true): Executor & { readonly done: string[] } {
  const done: string[] = [];
  const results = (steps: readonly Step[]) => steps.map((one) => ({ step: one, state: "done" as const }));
  return {
    done,
    preview: (steps) => Promise.resolve(results(steps)),
    async execute(steps) {
      if (ok) done.push(...steps.map((one) => one.title));
      return { ok, steps: results(steps), ...(ok ? {} : { because: "no" }) };
    },
    describe: () => undefined,
  };
}

const serving = (reports: readonly Report[]): (() => Promise<Report>) => {
  let at = 0;
  return () => Promise.resolve(reports[Math.min(at++, reports.length - 1)] ?? report());
};

test("roots first, masked faults when they surface, until clean", async () => {
  const executor = world();
  const rounds = await remediate({
    executor,
    diagnose: serving([
      report(
        finding("a", "root", fix("1")),
        finding("b", "latent", fix("2")),
        finding("c", "symptom", fix("3")),
      ),
      report(finding("b", "root", fix("2"))),
      report(),
    ]),
  });
  expect(executor.done).toEqual(["1", "2"]);
  expect(rounds.map((round) => round.surfaced.map((one) => one.rule))).toEqual([[], ["b"], []]);
});

test("a step of two fixes is done once; destructive and missing fixes are told, not done", () => {
  const shared = fix("restart");
  const destructive: Finding["fix"] = { summary: "s", risk: "destructive", steps: [step("rm")] };
  const plan = planOf(
    report(
      finding("a", "root", fix("x", "restart")),
      finding("b", "root", shared),
      finding("c", "root", destructive),
      finding("d", "root"),
    ),
  );
  expect(plan.steps.map((one) => one.title)).toEqual(["x", "restart"]);
  expect(plan.withoutFix.map((one) => one.rule)).toEqual(["c", "d"]);
});

test("only what was chosen, or the masked ones too", () => {
  const all = report(finding("a", "root", fix("1")), finding("b", "latent", fix("2")));
  expect(planOf(all, { only: ["b@x"] }).findings.map((one) => one.rule)).toEqual(["b"]);
  expect(planOf(all, { latent: true }).findings.map((one) => one.rule)).toEqual(["a", "b"]);
});

test("it does not turn in circles, does not go on after a failure, and dry runs once", async () => {
  const same = report(finding("a", "root", fix("1")));
  expect(await remediate({ executor: world(), diagnose: serving([same]) })).toHaveLength(2);
  const failed = await remediate({ executor: world(false), diagnose: serving([same]) });
  expect(failed).toHaveLength(1);
  expect(failed[0]?.execution).toMatchObject({ ok: false, because: "no" });
  const dry = world();
  expect(await remediate({ executor: dry, diagnose: serving([same]), dryRun: true })).toHaveLength(1);
  expect(dry.done).toEqual([]);
});

test("a symptom that only needs a moment is looked at again, a cause is not waited for", async () => {
  const waited: string[] = [];
  const settling = {
    mayPass: ({ rule }: Finding) => rule === "pod-pending",
    mostMs: 4_000,
    repairedMs: 0,
    onWait: (says: readonly string[]) => void waited.push(...says),
  };
  const first = report(finding("a", "root", fix("1")));
  const after = [report(finding("pod-pending", "root")), report()];
  const rounds = await remediate({ executor: world(), diagnose: serving([first, ...after]), settling });
  expect(waited).toEqual(["pod-pending"]);
  expect(rounds.at(-1)?.report.verdict).toBe("healthy");
  await remediate({
    executor: world(),
    diagnose: serving([first, report(finding("b", "root"))]),
    settling,
  });
  expect(waited).toHaveLength(1);
}, 30_000);

test("what was repaired may still be seen for a moment, and is put back when it stays", async () => {
  const waited: string[] = [];
  const settled: boolean[] = [];
  const settling = {
    mayPass: () => false,
    mostMs: 0,
    repairedMs: 4_000,
    onWait: (says: readonly string[]) => void waited.push(...says),
  };
  const executor: Executor = {
    ...world(),
    settle: async (verdict) => {
      settled.push(verdict.ok);
      return { kept: verdict.ok, says: [] };
    },
  };
  const seen = report(finding("a", "root", fix("1")));
  await remediate({ executor, diagnose: serving([seen, seen, report()]), settling });
  expect(waited).toEqual(["a"]);
  await remediate({ executor, diagnose: serving([seen]), settling });
  expect(settled).toEqual([true, false]);
}, 30_000);
