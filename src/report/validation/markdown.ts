// The validation for a ticket or a pull request.
import type { CheckState, Validation } from "../../model/check.ts";
import { escapeMarkdown, inlineCode } from "../markdown/escape.ts";
import { answerOf, expectationLine, grouped } from "./grouped.ts";

const signs: Readonly<Record<CheckState, string>> = {
  pass: "✅ pass",
  warn: "⚠️ warn",
  fail: "❌ fail",
  unknown: "❔ unknown",
  skip: "➖ skip",
};

export function renderValidationMarkdown(validation: Validation): string {
  const parts = [
    `**${escapeMarkdown(answerOf(validation))}**`,
    escapeMarkdown(expectationLine(validation)),
    ...grouped(validation).map(({ suite, checks }) =>
      [
        `### ${suite}`,
        "",
        "| verdict | check | subject | what was seen |",
        "| --- | --- | --- | --- |",
        ...checks.flatMap(({ check, verdicts }) =>
          verdicts.map((verdict) => {
            const because = verdict.because
              .map(({ says, rule }) => `<br>because ${escapeMarkdown(says)} (${inlineCode(rule)})`)
              .join("");
            const next =
              verdict.state === "unknown" && verdict.decideWith
                ? `<br>to find out: ${inlineCode(verdict.decideWith)}`
                : "";
            return `| ${signs[verdict.state]} | ${inlineCode(check)} | ${inlineCode(verdict.subject.id)} | ${escapeMarkdown(verdict.says)}${because}${next} |`;
          }),
        ),
      ].join("\n"),
    ),
    ...(validation.missing.length > 0
      ? [
          [
            "### Could not be read",
            "",
            ...validation.missing.map(({ what, because }) => `- ${escapeMarkdown(`${what}: ${because}`)}`),
          ].join("\n"),
        ]
      : []),
    `<sub>${escapeMarkdown(`watchmend ${validation.tool.version}`)}</sub>`,
  ];
  return `${parts.join("\n\n")}\n`;
}
