// Draws the topology as SVG: nodes link to their finding, broken links are red and crossed, unknown ones grey and dashed.

import { elideEnd } from "../text/width.ts";
import { type Drawing, type DrawnEdge, type DrawnNode, layoutTopology } from "../topology/layout.ts";
import { round } from "../topology/path.ts";
import type { LinkState, Topology, TopologyEdge } from "../topology.ts";
import { html, type Markup } from "./markup.ts";

export interface PictureLinks {
  /** Anchor of a finding by its index in the report. */
  readonly finding: (index: number) => string;
  /** Anchor of a node of the picture. */
  readonly node: (index: number) => string;
}

export function picture(topology: Topology, links: PictureLinks): Markup | undefined {
  if (topology.nodes.length === 0) return undefined;
  const drawing = layoutTopology(topology);
  if (!drawing) {
    return html`<p class="quiet">${topology.nodes.length} components and ${topology.edges.length} links are too many for a picture; the table below has them all.</p>`;
  }
  return html`<div class="canvas" tabindex="0" role="region" aria-label="Topology">${svg(drawing, topology, links)}</div>
${legend()}`;
}

function svg(drawing: Drawing, topology: Topology, links: PictureLinks): Markup {
  const alive = new Set(
    topology.edges.flatMap((edge) => (edge.state === "works" ? [edge.from, edge.to] : [])),
  );
  return html`<svg class="topology" viewBox="0 0 ${drawing.width} ${drawing.height}" width="${drawing.width}" height="${drawing.height}" role="img" aria-label="${summary(topology)}">
<defs>${(["works", "broken", "unknown"] as const).map(arrowHead)}</defs>
${drawing.groups.map(
  ({
    group,
    x,
    y,
    width,
    height,
  }) => html`<g class="group"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10"/><text x="${x + 14}" y="${y + 19}"><title>${group.label}</title>${elideEnd(group.label, Math.max(8, Math.floor(width / 7.4) - 3), "…")}</text></g>
`,
)}
${drawing.edges.map((edge) => linkShape(edge, topology, links, lineBody(edge)))}
${drawing.edges.map((edge) => {
  const body = labelBody(edge);
  return body && linkShape(edge, topology, links, body);
})}
${drawing.nodes.map((node, index) => nodeShape(node, index, links, alive.has(node.node.id)))}
</svg>`;
}

function arrowHead(state: LinkState): Markup {
  return html`<marker id="head-${state}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="head ${state}" d="M0 0L10 5L0 10z"/></marker>`;
}

function nodeShape(drawn: DrawnNode, index: number, links: PictureLinks, isAlive: boolean): Markup {
  const { node, x, y, width, height } = drawn;
  const [finding] = node.findings;
  const middle = y + height / 2;
  const shape = html`<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="7"/><rect class="edge" x="${x}" y="${y}" width="5" height="${height}" rx="2.5"/><text class="name" x="${x + 16}" y="${drawn.detail ? middle - 4 : middle + 5}">${drawn.title}</text>${drawn.detail && html`<text class="detail" x="${x + 16}" y="${middle + 14}">${drawn.detail}</text>`}${
    node.findings.length > 0 &&
    html`<circle class="badge" cx="${x + width - 4}" cy="${y + 4}" r="11"/><text class="badge${node.findings.length > 99 && " small"}" x="${x + width - 4}" y="${y + 8}">${node.findings.length > 99 ? "99+" : node.findings.length}</text>`
  }`;
  const body = html`<title>${node.members.slice(0, 12).join(", ")}${node.members.length > 12 ? ` and ${node.members.length - 12} more` : ""}${node.findings.length > 0 ? `: ${node.findings.length} findings` : ""}</title>${shape}`;
  const classes = `node ${node.severity ?? (isAlive ? "alive" : "calm")}${node.external ? " external" : ""}`;
  const inner = finding === undefined ? body : html`<a href="#${links.finding(finding)}">${body}</a>`;
  return html`<g class="${classes}" id="${links.node(index)}">${inner}</g>
`;
}

function linkShape(drawn: DrawnEdge, topology: Topology, links: PictureLinks, body: Markup): Markup {
  const { edge } = drawn;
  const [finding] = edge.findings;
  const from = topology.nodes.findIndex((node) => node.id === edge.from);
  const to = topology.nodes.findIndex((node) => node.id === edge.to);
  return html`<g class="link ${edge.state}" data-from="${links.node(from)}" data-to="${links.node(to)}">${finding === undefined ? body : html`<a href="#${links.finding(finding)}">${body}</a>`}</g>
`;
}

function lineBody({ edge, path, middle, label }: DrawnEdge): Markup {
  return html`<title>${edgeTitle(edge)}</title><path class="reach" d="${path}"/><path class="line" d="${path}" marker-end="url(#head-${edge.state})"/>${
    edge.state === "broken" &&
    !label &&
    html`<path class="cross" d="M${middle.x - 4} ${middle.y - 4}l8 8m0 -8l-8 8"/>`
  }`;
}

function labelBody({ edge, middle, label }: DrawnEdge): Markup | undefined {
  if (!label) return undefined;
  return html`<title>${edgeTitle(edge)}</title><rect class="plate" x="${round(middle.x - label.width / 2 - 4)}" y="${round(middle.y - 9)}" width="${label.width + 8}" height="17" rx="4"/><text x="${middle.x}" y="${round(middle.y + 4)}">${label.text}</text>`;
}

function edgeTitle(edge: TopologyEdge): string {
  const states = { works: "works", broken: "broken", unknown: "not shown by the evidence" };
  const label = edge.label ? ` (${edge.label})` : "";
  const many = edge.count > 1 ? `, ${edge.count} links` : "";
  return `${edge.from} ${edge.kind.replaceAll("-", " ")} ${edge.to}: ${states[edge.state]}${label}${many}`;
}

function summary(topology: Topology): string {
  const of = (state: LinkState) =>
    topology.edges.filter((edge) => edge.state === state).reduce((sum, edge) => sum + edge.count, 0);
  const members = topology.nodes.reduce((sum, node) => sum + (node.external ? 0 : node.members.length), 0);
  return `${members} components; ${of("works")} links work, ${of("broken")} are broken, ${of("unknown")} are not shown by the evidence`;
}

function legend(): Markup {
  const sample = (state: LinkState, word: string) =>
    html`<li><svg width="44" height="12" aria-hidden="true"><g class="link ${state}"><path class="line" d="M2 6H40"/></g></svg>${word}</li>`;
  return html`<ul class="legend">${sample("works", "works")}${sample("broken", "broken")}${sample("unknown", "not shown by the evidence")}</ul>`;
}
