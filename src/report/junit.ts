// The report as JUnit XML for CI: one suite per component; causes fail, what could not be judged is skipped with the reason.
import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import { placeFindings } from "./placement.ts";
import { planDiff } from "./plan-diff.ts";
import { attribute, content } from "./text/xml.ts";
import { count, verdictLine } from "./verdict.ts";

interface Case {
  readonly name: string;
  readonly classname: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly type?: string;
  readonly message?: string;
  readonly text?: string;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

export function renderJunit(report: Report): string {
  const suites = [...componentSuites(report), coverageSuite(report)].filter(
    (suite) => suite.cases.length > 0,
  );
  const all = suites.flatMap((suite) => suite.cases);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="watchmend: ${attribute(verdictLine(report))}" ${totals(all)}>`,
    ...suites.flatMap((suite) => [
      `  <testsuite name="${attribute(suite.name)}" ${totals(suite.cases)}>`,
      ...suite.cases.flatMap(caseLines),
      "  </testsuite>",
    ]),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function componentSuites(report: Report): Suite[] {
  const placed = placeFindings(report);
  const owner = new Map<number, string>();
  for (const [component, indexes] of placed.onNode) for (const index of indexes) owner.set(index, component);
  const casesOf = new Map<string, Case[]>(report.stack.components.map((component) => [component.id, []]));
  for (const [index, finding] of report.findings.entries()) {
    const suite = owner.get(index) ?? finding.subject.id;
    casesOf.set(suite, [...(casesOf.get(suite) ?? []), caseOf(finding, suite, report)]);
  }
  return [...casesOf].map(([name, cases]) => ({
    name,
    cases: cases.length > 0 ? cases : [cleanCase(name, report)],
  }));
}

/** A component without findings passes only if a verdict was possible at all. */
function cleanCase(component: string, report: Report): Case {
  const base = { name: "no fault found", classname: component };
  if (report.verdict !== "unknown") return { ...base, outcome: "passed" };
  return { ...base, outcome: "skipped", message: "too little was read to tell" };
}

function caseOf(finding: Finding, classname: string, report: Report): Case {
  const base = { name: `${finding.rule}: ${finding.title}`, classname };
  if (finding.role === "notice") return { ...base, outcome: "passed", text: body(finding) };
  const cause = report.findings.find((other) => finding.explainedBy.includes(other.id));
  if (finding.role === "symptom" && cause) {
    const why = `follows from ${cause.rule} on ${cause.subject.id}`;
    return { ...base, outcome: "skipped", message: `${why}: ${finding.says}` };
  }
  return {
    ...base,
    outcome: "failed",
    type: `${finding.role === "root" ? "root cause" : finding.role}, ${finding.severity}, ${finding.certainty}`,
    message: finding.says,
    text: body(finding),
  };
}

function body(finding: Finding): string {
  return [
    finding.says,
    ...finding.proof.slice(0, 10).map((proof) => {
      const place = proof.line === undefined ? proof.source : `${proof.source}:${proof.line}`;
      return `${place}: ${proof.excerpt.slice(0, 1000)}`;
    }),
    ...finding.rivals.map((rival) => `${rival.rule} (${rival.state}): ${rival.because}`),
    ...(finding.fix
      ? [`Fix (${finding.fix.risk}): ${finding.fix.summary}`, planDiff(finding.fix.steps, { width: 120 })]
      : []),
  ].join("\n");
}

function coverageSuite(report: Report): Suite {
  const { missing, rules } = report.coverage;
  const gaps = missing.map(
    (gap): Case => ({
      name: `look at ${gap.what}`,
      classname: "coverage",
      outcome: "skipped",
      message: `${gap.because}${gap.decideWith ? `; to look: ${gap.decideWith}` : ""}`,
    }),
  );
  const undecided: Case = {
    name: `${count(rules.inconclusive, "rule")} could not tell`,
    classname: "coverage",
    outcome: "skipped",
    message: "facts these rules need were not in what was read",
  };
  const evaluated: Case = {
    name: `${count(rules.evaluated, "rule")} evaluated`,
    classname: "coverage",
    outcome: rules.evaluated > 0 ? "passed" : "skipped",
    message: "nothing that was read is of a kind that a rule looks at",
  };
  return { name: "coverage", cases: [evaluated, ...(rules.inconclusive > 0 ? [undecided] : []), ...gaps] };
}

function totals(cases: readonly Case[]): string {
  const of = (outcome: Case["outcome"]) => cases.filter((one) => one.outcome === outcome).length;
  return `tests="${cases.length}" failures="${of("failed")}" errors="0" skipped="${of("skipped")}"`;
}

function caseLines(one: Case): string[] {
  const head = `    <testcase name="${attribute(one.name)}" classname="${attribute(one.classname)}"`;
  if (one.outcome === "failed") {
    return [
      `${head}>`,
      `      <failure type="${attribute(one.type ?? "")}" message="${attribute(one.message ?? "")}">${content(one.text ?? "")}</failure>`,
      "    </testcase>",
    ];
  }
  if (one.outcome === "skipped") {
    return [`${head}>`, `      <skipped message="${attribute(one.message ?? "")}"/>`, "    </testcase>"];
  }
  if (one.text) return [`${head}>`, `      <system-out>${content(one.text)}</system-out>`, "    </testcase>"];
  return [`${head}/>`];
}
