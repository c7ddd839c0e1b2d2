// The topology as text for the terminal: every link with its state, grouped by host or namespace.

import type { Report } from "../model/report.ts";
import type { Relation } from "../model/stack.ts";
import type { TextOptions } from "./options.ts";
import { createInk, type Ink } from "./text/ink.ts";
import { columns, elideEnd, padEnd } from "./text/width.ts";
import {
  type LinkState,
  type Topology,
  type TopologyEdge,
  type TopologyNode,
  topologyOf,
} from "./topology.ts";

export function renderTopology(report: Report, options: TextOptions = {}): string {
  const ink = createInk(options);
  return `${topologyLines(topologyOf(report), ink).join("\n")}\n`;
}

const arrows: Readonly<Record<LinkState, string>> = { works: "-->", broken: "--x", unknown: "..>" };

function topologyLines(topology: Topology, ink: Ink): string[] {
  if (topology.nodes.length === 0) return ["no components were recognised"];
  const names = shortNames(topology);
  const groups = topology.groups.flatMap((group) => [
    ink.bold(group.label ? ink.text(group.label) : "(host or namespace not known)"),
    ...topology.nodes
      .filter((node) => node.group === group.id)
      .flatMap((node) => nodeLines(node, topology, names, ink)),
    "",
  ]);
  return [...groups, ink.dim("--> works   --x broken   ..> not shown by the evidence")];
}

function nodeLines(
  node: TopologyNode,
  topology: Topology,
  names: ReadonlyMap<string, string>,
  ink: Ink,
): string[] {
  const many = node.members.length > 1 ? `${node.members.length} ${ink.glyphs.times} ` : "";
  const title = `${many}${ink.text(many ? node.kind : node.name)}`;
  const kind = node.kind && node.kind !== node.name && !many ? ` (${node.kind})` : "";
  const version = node.version ? ` ${ink.text(node.version)}` : "";
  const paint = node.severity
    ? (text: string) => ink.severity(node.severity ?? "notice", text)
    : (text: string) => text;
  const line = `  ${paint(elideEnd(`${title}${version}${kind}`, ink.width - 2, ink.glyphs.ellipsis))}`;
  return [
    line,
    ...topology.edges.filter((edge) => edge.from === node.id).map((edge) => edgeLine(edge, names, ink)),
  ];
}

const words: Readonly<Partial<Record<Relation, string>>> = { "pushes-to": "pushes to" };

function edgeLine(edge: TopologyEdge, names: ReadonlyMap<string, string>, ink: Ink): string {
  const word = padEnd(words[edge.kind] ?? edge.kind, 9);
  const paint = { works: ink.green, broken: ink.red, unknown: ink.dim }[edge.state];
  const to = ink.text(names.get(edge.to) ?? edge.to);
  const label = edge.state === "broken" && edge.label ? `  ${ink.text(edge.label)}` : "";
  const room = ink.width - 4 - columns(word) - 5;
  const shown = elideEnd(to, room, ink.glyphs.ellipsis);
  const rest = elideEnd(label, Math.max(0, room - columns(shown)), ink.glyphs.ellipsis);
  return `    ${word} ${paint(arrows[edge.state])} ${shown}${columns(rest) > 3 ? paint(rest) : ""}`;
}

/** The bare name where it is the only one, with its group otherwise; a folded node says how many it stands for. */
function shortNames(topology: Topology): Map<string, string> {
  const uses = new Map<string, number>();
  for (const node of topology.nodes) uses.set(node.name, (uses.get(node.name) ?? 0) + 1);
  return new Map(
    topology.nodes.map((node) => {
      const name = uses.get(node.name) === 1 || node.external ? node.name : node.id;
      const others = node.members.length - 1;
      return [node.id, others > 0 ? `${name} and ${others} like it` : name];
    }),
  );
}
