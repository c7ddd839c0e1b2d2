// The validation as JUnit XML: unknown is an error, because a build must not go on when nobody could look.
import type { CheckVerdict, Validation } from "../../model/check.ts";
import { attribute, content } from "../text/xml.ts";
import { answerOf, grouped } from "./grouped.ts";

export function renderValidationJunit(validation: Validation): string {
  const suites = grouped(validation);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="watchmend validate: ${attribute(answerOf(validation))}" ${totals(validation.verdicts)}>`,
    ...suites.flatMap(({ suite, checks }) => {
      const verdicts = checks.flatMap((check) => check.verdicts);
      return [
        `  <testsuite name="${attribute(suite)}" ${totals(verdicts)}>`,
        ...verdicts.flatMap(caseLines),
        "  </testsuite>",
      ];
    }),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function totals(verdicts: readonly CheckVerdict[]): string {
  const of = (state: CheckVerdict["state"]): number =>
    verdicts.filter((verdict) => verdict.state === state).length;
  return `tests="${verdicts.length}" failures="${of("fail")}" errors="${of("unknown")}" skipped="${of("skip")}"`;
}

function caseLines(verdict: CheckVerdict): string[] {
  const head = `    <testcase name="${attribute(verdict.subject.id)}" classname="${attribute(verdict.check)}">`;
  const end = "    </testcase>";
  if (verdict.state === "skip") return [head, `      <skipped message="${attribute(verdict.says)}"/>`, end];
  if (verdict.state === "pass" || verdict.state === "warn")
    return [head, `      <system-out>${content(body(verdict))}</system-out>`, end];
  const tag = verdict.state === "fail" ? "failure" : "error";
  return [head, `      <${tag} message="${attribute(verdict.says)}">${content(body(verdict))}</${tag}>`, end];
}

function body({ says, state, proof, because, hints, decideWith }: CheckVerdict): string {
  return [
    state === "warn" ? `warning: ${says}` : says,
    ...proof
      .slice(0, 5)
      .map(({ source, line, excerpt }) => `${source}${line === undefined ? "" : `:${line}`}: ${excerpt}`),
    ...because.map(({ rule, says: cause }) => `because ${cause} (${rule})`),
    ...(because.length === 0 && hints.length > 0 ? [`may be: ${hints.join(", ")}`] : []),
    ...(decideWith ? [`to find out: ${decideWith}`] : []),
  ].join("\n");
}
