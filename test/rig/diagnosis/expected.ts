// What watchmend must say of a scenario: data beside the fault, so that every scenario is judged by the same code.
import type { Report } from "../../../src/model/report.ts";

export type Expected = {
  /** Rule ids of the true causes: each must be found as a root. */
  readonly roots: readonly string[];
  /** True as well, but seen or not depending on the moment: neither demanded nor a false accusation. */
  readonly alsoTrue?: readonly string[];
  /** Rule ids of faults that are real but masked until a root is fixed. */
  readonly latent?: readonly string[];
  /** Rule ids of what is worth knowing and breaks nothing yet. */
  readonly notices?: readonly string[];
  /** Faults that hide the evidence itself: no verdict (exit 2), and the coverage names what could not be read. */
  readonly unknown?: RegExp;
  /** Ask the live system as well, by the other verb: it must name the same causes of the same things. */
  readonly bothVerbs?: true;
};

export type Verdict = {
  readonly roots: readonly string[];
  /** Loud roots that are not true. */
  readonly accused: readonly string[];
  readonly problems: readonly string[];
};

const loudRoots = ({ findings }: Report) =>
  findings.filter((each) => each.role === "root" && each.severity !== "notice");

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

const quoted = (report: Report): string =>
  report.findings
    .map((each) => `${each.role} ${each.rule} on ${each.subject.kind} ${each.subject.id}: ${each.says}`)
    .join("\n");

/** Compares a report with what is true; the problems quote what was said. */
export const compare = (expected: Expected, report: Report, exitCode: number): Verdict => {
  const found = unique(loudRoots(report).map((each) => each.rule));
  const allowed = [...expected.roots, ...(expected.alsoTrue ?? [])];
  const accused = found.filter((rule) => !allowed.includes(rule));
  const problems = [
    ...expected.roots.filter((rule) => !found.includes(rule)).map((rule) => `did not find the root ${rule}`),
    ...accused.map((rule) => `falsely accused ${rule}`),
    ...(expected.latent ?? [])
      .filter((rule) => !report.findings.some((each) => each.rule === rule && each.role === "latent"))
      .map((rule) => `did not show ${rule} as latent`),
    ...(expected.notices ?? [])
      .filter((rule) => !report.findings.some((each) => each.rule === rule))
      .map((rule) => `did not mention ${rule}`),
    ...coverageProblems(expected, report),
    ...exitProblems(expected, exitCode),
  ];
  return {
    roots: expected.roots.filter((rule) => found.includes(rule)),
    accused,
    problems: problems.length === 0 ? [] : [...problems, `it said ${report.verdict}:`, quoted(report)],
  };
};

const coverageProblems = ({ unknown }: Expected, { coverage }: Report): string[] => {
  if (unknown === undefined) return [];
  const missing = coverage.missing.map(({ what, because }) => `${what}: ${because}`);
  return missing.some((line) => unknown.test(line))
    ? []
    : [`the coverage does not name ${unknown.source}; it names ${missing.join("; ") || "nothing"}`];
};

const exitProblems = ({ roots, unknown }: Expected, exitCode: number): string[] => {
  const wanted = roots.length > 0 ? 1 : unknown === undefined ? 0 : 2;
  return exitCode === wanted ? [] : [`the exit code is ${exitCode} instead of ${wanted}`];
};

const causesOf = ({ findings }: Report): string[] =>
  findings
    .filter((each) => (each.role === "root" && each.severity !== "notice") || each.role === "latent")
    .map((each) => `${each.role} ${each.rule} on ${each.subject.kind} ${each.subject.id}`)
    .sort();

/** `collect` with `diagnose --from`, and `diagnose` of the live system a moment later. */
export const compareVerbs = (saved: Report, live: Report): string[] => {
  const [fromBundle, fromLive] = [causesOf(saved), causesOf(live)].map((causes) => causes.join("; "));
  return fromBundle === fromLive ? [] : [`the bundle says ${fromBundle}; the live system says ${fromLive}`];
};

/** A healthy system: nothing loud in any role, and a clean exit. */
export const compareHealthy = (report: Report, exitCode: number): string[] => {
  const loud = report.findings.filter((each) => each.severity !== "notice");
  if (loud.length === 0 && exitCode === 0) return [];
  const missing = report.coverage.missing.map(({ what, because }) => `missing ${what}: ${because}`);
  return [
    `exit code ${exitCode}, verdict ${report.verdict}, of a healthy system:`,
    quoted(report),
    ...missing,
  ];
};
