// The report as one HTML file that needs nothing else: no network, no foreign markup, readable on a phone and on paper.
import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import { type Anchors, causeCards } from "./html/finding.ts";
import { html } from "./html/markup.ts";
import { page } from "./html/page.ts";
import { picture } from "./html/picture.ts";
import {
  banner,
  coverageSection,
  latentSection,
  noticeSection,
  stackSection,
  unexplainedSection,
} from "./html/sections.ts";
import { tellStory } from "./story.ts";
import { type Topology, topologyOf } from "./topology.ts";
import { verdictLine } from "./verdict.ts";

export function renderHtml(report: Report): string {
  const story = tellStory(report);
  const topology = topologyOf(report);
  const anchors = anchorsOf(report, topology);
  const drawn = picture(topology, { finding: (index) => `f${index}`, node: (index) => `n${index}` });
  const body = html`<a class="skip" href="#main">To the findings</a>
${banner(report, story, anchors)}
<main id="main">
${drawn && html`<section id="picture"><h2>Who talks to whom</h2><div class="panel">${drawn}</div></section>`}
${
  story.causes.length > 0 &&
  html`<section id="causes"><h2>${story.causes.length > 1 ? "Root causes" : "Root cause"}</h2>
${story.causes.map((group) => causeCards(group, anchors))}</section>`
}
${unexplainedSection(story.unexplained, anchors)}
${latentSection(report, story.latent, anchors)}
${noticeSection(story.notices, anchors)}
${coverageSection(report)}
${stackSection(report)}
</main>
<footer>Written by watchmend ${report.tool.version}. The same report for machines: <code>watchmend diagnose --format json</code></footer>
`;
  return page(verdictLine(report), body);
}

/** Ids of findings are foreign text, so anchors are made from positions. */
function anchorsOf(report: Report, topology: Topology): Anchors {
  const indexes = new Map(report.findings.map((finding, index) => [finding, index]));
  const nodes = new Map<number, number>();
  for (const [position, node] of topology.nodes.entries()) {
    for (const finding of node.findings) if (!nodes.has(finding)) nodes.set(finding, position);
  }
  return {
    of: (finding: Finding) => `f${indexes.get(finding) ?? ""}`,
    nodeOf: (finding: Finding) => {
      const node = nodes.get(indexes.get(finding) ?? -1);
      return node === undefined ? undefined : `n${node}`;
    },
  };
}
