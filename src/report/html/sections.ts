// The parts of the page around the finding cards: banner, coverage, components, links.
import type { Finding } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import { mechanismOf, type Story, subjectNames } from "../story.ts";
import { unknownAnswer } from "../terminal.ts";
import { count, lookedAt, verdictLine } from "../verdict.ts";
import { type Anchors, command, plainCard } from "./finding.ts";
import { html, type Markup } from "./markup.ts";

const foldFrom = 3;

export function banner(report: Report, story: Story, anchors: Anchors): Markup {
  const line = verdictLine(report);
  const heads = story.causes.map(({ first, others }) => ({ finding: first.finding, more: others.length }));
  return html`<header class="banner ${report.verdict}"><div class="top">
<p class="brand"><b>watchmend</b> ${report.tool.version}<button type="button" id="theme" class="push" title="Switch between light and dark">Light / dark</button></p>
<h1>${line.slice(0, 1).toUpperCase()}${line.slice(1)}</h1>
<p class="sub">${heads.length === 0 ? html`${answer(report)}` : html`${lookedAt(report)}.`}</p>
${
  heads.length > 0 &&
  html`<ol class="heads">${heads.map(
    ({ finding, more }) =>
      html`<li><a href="#${anchors.of(finding)}"><span class="pill ${finding.severity}">${finding.severity}</span><b>${finding.title}</b><code>${finding.subject.id}${more > 0 ? ` and ${more} more` : ""}</code></a></li>`,
  )}</ol>`
}
<div class="tools" id="tools" hidden>${report.findings.length > 5 && html`<input type="search" id="filter" placeholder="Filter findings" aria-label="Filter findings">`}<button type="button" id="expand" aria-pressed="false">Expand all</button></div>
</div></header>`;
}

function answer(report: Report): string {
  if (report.verdict === "unknown") return unknownAnswer(report);
  if (report.verdict === "healthy") return `Nothing wrong was found in what was read: ${lookedAt(report)}.`;
  return `${lookedAt(report)}.`;
}

export function latentSection(
  report: Report,
  latent: readonly Finding[],
  anchors: Anchors,
): Markup | undefined {
  if (latent.length === 0) return undefined;
  return html`<section id="latent"><h2>Waiting behind it</h2>
<p class="quiet">Hidden for now; these strike once the cause above is gone. Fix them in the same go.</p>
${latent.map((finding) => html`${maskedBy(report, finding, anchors)}${plainCard(finding, anchors)}`)}</section>`;
}

function maskedBy(report: Report, finding: Finding, anchors: Anchors): Markup | undefined {
  const by = report.findings.find((other) => finding.explainedBy.includes(other.id));
  if (!by) return undefined;
  const why = mechanismOf(report, by.id, finding.id);
  return html`<p class="because">hidden by <a href="#${anchors.of(by)}">${by.title}</a>${why && html`: ${why}`}</p>`;
}

export function unexplainedSection(symptoms: readonly Finding[], anchors: Anchors): Markup | undefined {
  if (symptoms.length === 0) return undefined;
  return html`<section id="unexplained"><h2>Symptoms whose cause was not found</h2>
${symptoms.map((finding) => plainCard(finding, anchors))}</section>`;
}

export function noticeSection(notices: readonly Finding[], anchors: Anchors): Markup | undefined {
  if (notices.length === 0) return undefined;
  const ofRule = new Map<string, Finding[]>();
  for (const finding of notices) ofRule.set(finding.rule, [...(ofRule.get(finding.rule) ?? []), finding]);
  return html`<section id="notices"><h2>Notices</h2>
${[...ofRule.values()].map((alike) => {
  const cards = alike.map((finding) => plainCard(finding, anchors));
  if (alike.length < foldFrom) return cards;
  return html`<details class="more" data-filter><summary>${alike.length} × ${alike[0]?.title}: ${subjectNames(alike, 4)}</summary>${cards}</details>`;
})}</section>`;
}

export function coverageSection(report: Report): Markup {
  const { missing } = report.coverage;
  return html`<section id="coverage"><h2>${missing.length > 0 ? `Could not look at ${count(missing.length, "thing")}` : "What was looked at"}</h2>
<div class="panel"><p class="quiet">${lookedAt(report)}.</p>
${
  missing.length > 0 &&
  html`<ul class="gaps">${missing.map(
    (gap) =>
      html`<li><b>${gap.what}</b><p>${gap.because}</p>${gap.decideWith && command(gap.decideWith)}</li>
`,
  )}</ul>`
}</div></section>`;
}

export function stackSection(report: Report): Markup | undefined {
  const { components, relations } = report.stack;
  if (components.length === 0) return undefined;
  return html`<section id="stack"><h2>The stack as it was recognised</h2>
<details class="panel"${components.length <= 12 ? openAttribute : undefined}><summary>${count(components.length, "component")}</summary><div class="scroll"><table>
<thead><tr><th scope="col">component</th><th scope="col">kind</th><th scope="col">where</th><th scope="col">version</th></tr></thead>
<tbody>${components.map(
    (component) =>
      html`<tr><td><code>${component.id}</code></td><td>${component.kind}</td><td>${[component.host, component.namespace].filter(Boolean).join(", ")}</td><td>${component.version}</td></tr>
`,
  )}</tbody></table></div></details>
${
  relations.length > 0 &&
  html`<details class="panel links"><summary>${count(relations.length, "link")}</summary><div class="scroll"><table>
<thead><tr><th scope="col">from</th><th scope="col">does</th><th scope="col">to</th><th scope="col">state</th></tr></thead>
<tbody>${relations.map(
    (relation) =>
      html`<tr><td><code>${relation.from}</code></td><td>${relation.kind.replaceAll("-", " ")}</td><td><code>${relation.to}</code></td><td>${stateWords(relation.works)}${relation.label && `: ${relation.label}`}</td></tr>
`,
  )}</tbody></table></div></details>`
}</section>`;
}

const openAttribute: Markup = { markup: " open" };

function stateWords(works: boolean | undefined): string {
  if (works === undefined) return "not shown by the evidence";
  return works ? "works" : "broken";
}
