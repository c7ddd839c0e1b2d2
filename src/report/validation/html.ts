// The validation as one HTML file: the same page as the diagnosis, with a table per suite instead of findings.
import type { CheckState, CheckVerdict, Validation } from "../../model/check.ts";
import { html, type Markup } from "../html/markup.ts";
import { page } from "../html/page.ts";
import { answerOf, expectationLine, grouped } from "./grouped.ts";

const words: Readonly<Record<CheckState, string>> = {
  pass: "pass",
  warn: "warn",
  fail: "fail",
  unknown: "unknown",
  skip: "skipped",
};
const banners = { pass: "healthy", fail: "problems", unknown: "unknown" } as const;

export function renderValidationHtml(validation: Validation): string {
  const body = html`<header class="banner ${banners[validation.verdict]}"><div class="top"><p class="brand">watchmend ${validation.tool.version}</p>
<h1>${answerOf(validation)}</h1><p>${expectationLine(validation)}</p></div></header>
<main id="main">${grouped(validation).map(
    ({ suite, checks }) => html`<section><h2>${suite}</h2><div class="panel"><table>
<thead><tr><th>verdict</th><th>check</th><th>subject</th><th>what was seen</th></tr></thead><tbody>${checks.flatMap(({ verdicts }) => verdicts.map(row))}</tbody></table></div></section>`,
  )}${
    validation.missing.length > 0 &&
    html`<section><h2>Could not be read</h2><div class="panel"><ul>${validation.missing.map(({ what, because }) => html`<li>${what}: ${because}</li>`)}</ul></div></section>`
  }</main>
`;
  return page(`watchmend validate: ${answerOf(validation)}`, body);
}

function row(verdict: CheckVerdict): Markup {
  return html`<tr><td><strong>${words[verdict.state]}</strong></td><td><code>${verdict.check}</code></td><td><code>${verdict.subject.id}</code></td><td>${verdict.says}${verdict.because.map(({ says, rule }) => html`<br>because ${says} (<code>${rule}</code>)`)}${
    verdict.state === "unknown" &&
    verdict.decideWith !== undefined &&
    html`<br>to find out: <code>${verdict.decideWith}</code>`
  }</td></tr>`;
}
