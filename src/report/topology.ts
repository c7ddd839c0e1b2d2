// Who scrapes, pushes to, queries and alerts whom, as a picture's content: groups, nodes, edges, and the findings on them.
import type { Finding, Severity } from "../model/finding.ts";
import type { Report, ReportComponent, ReportRelation } from "../model/report.ts";
import type { Relation } from "../model/stack.ts";
import { linkKey, placeFindings } from "./placement.ts";
import { elsewhere, foldGroups, foldNodes } from "./topology/fold.ts";

export type LinkState = "works" | "broken" | "unknown";

export interface TopologyNode {
  readonly id: string;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly version?: string;
  /** Ids of the components this node stands for; several when alike ones are folded. */
  readonly members: readonly string[];
  /** Named by a relation, but not recognised as a component. */
  readonly external: boolean;
  /** Indexes into the report's findings, roots first. */
  readonly findings: readonly number[];
  /** The worst severity among them; notices and latent findings do not colour a node. */
  readonly severity?: Severity;
}

export interface TopologyEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: Relation;
  readonly state: LinkState;
  readonly label?: string;
  /** How many relations this edge stands for. */
  readonly count: number;
  readonly findings: readonly number[];
}

export interface TopologyGroup {
  readonly id: string;
  readonly label: string;
  /** How many hosts or namespaces of the same shape this group stands for. */
  readonly count: number;
}

export interface Topology {
  readonly groups: readonly TopologyGroup[];
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

const flows: ReadonlySet<Relation> = new Set<Relation>(["scrapes", "pushes-to", "queries", "alerts"]);
/** Below this many nodes every component is drawn by itself. */
const foldAbove = 24;

export function topologyOf(report: Report): Topology {
  const relations = report.stack.relations.filter(isDrawn);
  const known = new Map(report.stack.components.map((component) => [component.id, component]));
  const placed = placeFindings(report);
  const nodes = [
    ...[...known.values()].map((component) =>
      nodeOf(component, placed.onNode.get(component.id) ?? [], report),
    ),
    ...outsiders(relations, known).map(externalNode),
  ];
  const edges = relations.map(
    (relation): TopologyEdge => ({
      from: relation.from,
      to: relation.to,
      kind: relation.kind,
      state: stateOf(relation),
      ...(relation.label ? { label: relation.label } : {}),
      count: 1,
      findings: placed.onLink.get(linkKey(relation.from, relation.to)) ?? [],
    }),
  );
  const groups = [...new Set(nodes.map((node) => node.group))].map((id) => ({
    id,
    label: labelOf(id),
    count: 1,
  }));
  const whole = { groups, nodes, edges };
  return nodes.length > foldAbove ? foldGroups(foldNodes(whole)) : whole;
}

/** Flows always; other relations only where one between two components is broken, because then it matters. */
function isDrawn(relation: ReportRelation): boolean {
  return flows.has(relation.kind) || relation.works === false;
}

function stateOf(relation: ReportRelation): LinkState {
  if (relation.works === undefined) return "unknown";
  return relation.works ? "works" : "broken";
}

export function groupOf(component: ReportComponent): string {
  return component.host ?? component.namespace ?? "";
}

function labelOf(group: string): string {
  return group === elsewhere ? "not looked into" : group;
}

function nodeOf(component: ReportComponent, findings: readonly number[], report: Report): TopologyNode {
  const severity = worst(findings.flatMap((index) => report.findings[index] ?? []));
  return {
    id: component.id,
    group: groupOf(component),
    kind: component.kind,
    name: component.name,
    ...(component.version ? { version: component.version } : {}),
    members: [component.id],
    external: false,
    findings,
    ...(severity ? { severity } : {}),
  };
}

function externalNode(id: string): TopologyNode {
  return { id, group: elsewhere, kind: "", name: id, members: [id], external: true, findings: [] };
}

function outsiders(relations: readonly ReportRelation[], known: ReadonlyMap<string, unknown>): string[] {
  const ends = relations.flatMap((relation) => [relation.from, relation.to]);
  return [...new Set(ends)].filter((end) => !known.has(end));
}

const ranks: readonly Severity[] = ["critical", "warning", "notice"];

function worst(findings: readonly Finding[]): Severity | undefined {
  const active = findings.filter((finding) => finding.role === "root" || finding.role === "symptom");
  return ranks.find((severity) => active.some((finding) => finding.severity === severity));
}
