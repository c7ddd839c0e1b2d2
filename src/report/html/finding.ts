// One finding as a card: what it is, its proof, what follows, rivals, the fix.
import type { Finding, Fix, Rival } from "../../model/finding.ts";
import type { Proof } from "../../model/place.ts";
import { decisivePart } from "../decisive.ts";
import { type PlanLine, planLines } from "../plan-diff.ts";
import type { Cause, CauseGroup, Effects } from "../story.ts";
import { dedent } from "../text/rows.ts";
import { elideAround } from "../text/width.ts";
import { count } from "../verdict.ts";
import { html, type Markup, prose } from "./markup.ts";

/** Where each finding has its place on the page, and which node of the picture it belongs to. */
export interface Anchors {
  readonly of: (finding: Finding) => string;
  readonly nodeOf: (finding: Finding) => string | undefined;
}

const excerptColumns = 1600;
const linesPerProof = 40;
const proofsOpen = 4;
const proofsShown = 60;

export function causeCards(group: CauseGroup, anchors: Anchors): Markup {
  const { first, others } = group;
  return html`${causeCard(first, anchors)}
${
  others.length > 0 &&
  html`<details class="more"><summary>The same on ${others.length} more: ${others
    .slice(0, 6)
    .map(({ finding }) => finding.subject.id)
    .join(", ")}${others.length > 6 ? " …" : ""}</summary>
${others.map((cause) => causeCard(cause, anchors))}
</details>`
}`;
}

function causeCard(cause: Cause, anchors: Anchors): Markup {
  const { finding } = cause;
  return card(
    finding,
    anchors,
    html`${proofs(finding)}
${settle(finding)}
${follows(cause, anchors)}
${rivals(finding.rivals)}
${fixSection(finding.fix)}`,
  );
}

/** Latent findings, symptoms without a cause, notices. */
export function plainCard(finding: Finding, anchors: Anchors): Markup {
  return card(
    finding,
    anchors,
    html`${proofs(finding)}
${settle(finding)}
${rivals(finding.rivals)}
${fixSection(finding.fix)}`,
  );
}

function card(finding: Finding, anchors: Anchors, body: Markup): Markup {
  const node = anchors.nodeOf(finding);
  return html`<article class="card ${finding.severity} ${finding.role}" id="${anchors.of(finding)}" data-severity="${finding.severity}" tabindex="-1">
<header>
<p class="tags"><span class="pill ${finding.severity}">${finding.severity}</span><span class="pill plain">${roleWord(finding)}</span><span class="pill plain">${finding.certainty}</span><span class="pill plain">${finding.layer}</span></p>
<h3>${finding.title}</h3>
<p class="subject"><code>${finding.subject.id}</code> <span class="rule">${finding.rule}</span>${node && html` <a class="where" href="#${node}">show in the picture</a>`}</p>
</header>
<p class="says">${prose(finding.says)}</p>
${body}
</article>
`;
}

function roleWord(finding: Finding): string {
  return finding.role === "root" ? "root cause" : finding.role;
}

function proofs(finding: Finding): Markup | undefined {
  if (finding.proof.length === 0) return undefined;
  const rest = finding.proof.length - proofsShown;
  const folded = finding.proof.slice(proofsOpen, proofsShown);
  return html`<section class="proofs"><h4>Proof</h4>
${finding.proof.slice(0, proofsOpen).map((proof) => proofFigure(proof, finding))}
${folded.length > 0 && html`<details class="more"><summary>${count(folded.length, "more place")}</summary>${folded.map((proof) => proofFigure(proof, finding))}</details>`}
${rest > 0 && html`<p class="quiet">and ${count(rest, "more place")}</p>`}
</section>`;
}

function proofFigure(proof: Proof, finding: Finding): Markup {
  const lines = dedent(proof.excerpt.replace(/\n+$/, "").split("\n"));
  const rest = lines.length - linesPerProof;
  return html`<figure class="proof"><figcaption><code>${proof.source}${proof.line === undefined ? "" : `:${proof.line}`}</code>${proof.pointer && html` <span class="pointer">${proof.pointer}</span>`}</figcaption>
<pre tabindex="0">${lines.slice(0, linesPerProof).map((line, index) => codeLine(line, lineNumber(proof, index), finding, proof.pointer))}${rest > 0 && html`<span class="line"><i></i><span>… ${count(rest, "more line")}</span></span>`}</pre></figure>`;
}

function lineNumber(proof: Proof, index: number): string {
  return proof.line === undefined ? "" : String(proof.line + index);
}

function codeLine(line: string, number: string, finding: Finding, pointer: string | undefined): Markup {
  const { text, mark } = elideAround(line, decisivePart(line, finding, pointer), excerptColumns, " … ");
  const quoted = mark
    ? html`${text.slice(0, mark.start)}<mark>${text.slice(mark.start, mark.end)}</mark>${text.slice(mark.end)}`
    : html`${text}`;
  return html`<span class="line"><i>${number}</i><span>${quoted}</span></span>`;
}

function settle(finding: Finding): Markup | undefined {
  if (finding.certainty === "proven" || !finding.decideWith) return undefined;
  return html`<section><h4>Only ${finding.certainty}; this would settle it</h4>${command(finding.decideWith)}</section>`;
}

/** A command with a button to copy it; the button appears when the script runs. */
export function command(text: string): Markup {
  return html`<div class="command"><pre tabindex="0"><code>${text.trim()}</code></pre></div>`;
}

function follows(cause: Cause, anchors: Anchors): Markup | undefined {
  if (cause.effects.length === 0 && cause.alsoExplains.length === 0) return undefined;
  return html`<section class="follows"><h4>What follows from it</h4>
${cause.effects.length > 0 && effectTree(cause.effects, anchors)}
${
  cause.alsoExplains.length > 0 &&
  html`<p class="quiet">Would also bring about ${cause.alsoExplains.map((finding, index) => html`${index > 0 && ", "}<a href="#${anchors.of(finding)}">${finding.subject.id}</a>`)}.</p>`
}
</section>`;
}

function effectTree(effects: readonly Effects[], anchors: Anchors): Markup {
  return html`<ul class="tree">${effects.map((effect) => html`<li>${effectItem(effect, anchors)}${effect.next.length > 0 && effectTree(effect.next, anchors)}</li>`)}</ul>`;
}

function effectItem(effect: Effects, anchors: Anchors): Markup | undefined {
  const [finding] = effect.findings;
  if (!finding) return undefined;
  const because =
    effect.mechanisms.length > 0 &&
    html`<p class="because">because ${prose(effect.mechanisms.slice(0, 3).join("; "))}</p>`;
  if (effect.findings.length === 1) {
    return html`${because}${symptom(finding, anchors, html`<b>${finding.title}</b> <code>${finding.subject.id}</code>`)}`;
  }
  return html`${because}<details class="folded"><summary><span class="dot ${finding.severity}"></span><b>${effect.findings.length} × ${finding.title}</b></summary>
<ul class="list">${effect.findings.map((one) => html`<li>${symptom(one, anchors, html`<code>${one.subject.id}</code>`)}</li>`)}</ul></details>`;
}

function symptom(finding: Finding, anchors: Anchors, head: Markup): Markup {
  return html`<details class="symptom" id="${anchors.of(finding)}"><summary><span class="dot ${finding.severity}" title="${finding.severity}"></span>${head}<span class="says">${prose(finding.says)}</span></summary>
${proofs(finding)}${settle(finding)}${rivals(finding.rivals)}${fixSection(finding.fix)}</details>`;
}

const states: Readonly<Record<Rival["state"], string>> = {
  refuted: "ruled out",
  untestable: "cannot be told",
  possible: "also possible",
};

function rivals(all: readonly Rival[]): Markup | undefined {
  if (all.length === 0) return undefined;
  return html`<section class="rivals"><h4>What else it could have been</h4><ul class="list">
${all.map(
  (
    rival,
  ) => html`<li class="${rival.state}"><span class="pill ${rival.state}">${states[rival.state]}</span> <b>${rival.rule}</b> <span>${prose(rival.because)}</span>${rival.state !== "refuted" && rival.decideWith && command(rival.decideWith)}</li>
`,
)}</ul></section>`;
}

function fixSection(fix: Fix | undefined): Markup | undefined {
  if (!fix) return undefined;
  return html`<section class="fix"><h4>Fix <span class="pill risk ${fix.risk}">${fix.risk}</span></h4>
<p>${prose(fix.summary)}</p>
${fix.steps.length > 0 && stepBlocks(planLines(fix.steps))}</section>`;
}

/** Runs of change lines become one diff, runs of command lines one command to copy. */
function stepBlocks(lines: readonly PlanLine[]): Markup[] {
  const blocks: { kind: "title" | "diff" | "command"; lines: PlanLine[] }[] = [];
  for (const line of lines) {
    const kind = line.sign === "#" ? "title" : line.sign === "$" || line.sign === ">" ? "command" : "diff";
    const last = blocks.at(-1);
    if (last && last.kind === kind && line.sign !== "$" && kind !== "title") last.lines.push(line);
    else blocks.push({ kind, lines: [line] });
  }
  return blocks.map((block) => {
    if (block.kind === "title") return html`<p class="step">${block.lines[0]?.text}</p>`;
    if (block.kind === "command") return command(block.lines.map((line) => line.text).join("\n"));
    return html`<pre class="diff" tabindex="0">${block.lines.map(diffLine)}</pre>`;
  });
}

const classOfSign = { "+": "add", "-": "remove", "~": "alter", "!": "restart", "@": "at" } as const;

function diffLine(line: PlanLine): Markup {
  const name = line.sign in classOfSign ? classOfSign[line.sign as keyof typeof classOfSign] : "same";
  return html`<span class="line ${name}"><i>${line.sign === "!" ? "-/+" : line.sign === "@" ? "@@" : line.sign}</i><span>${line.text}</span></span>`;
}
