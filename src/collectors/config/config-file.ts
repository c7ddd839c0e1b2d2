// YAML and JSON configuration files of the stack, told apart by their keys: prometheus.yml, rules, loki.yaml, dashboards,
// compose, Helm values, playbooks, …. Broken files are recognised by the text that is left.
import type { ConfigDocument, ConfigKind } from "../../model/config.ts";
import type { Segment } from "../../model/evidence.ts";
import type { Emit, Parser } from "../parser.ts";
import { emitAnsibleContainers } from "./ansible/containers.ts";
import { emitAnsibleFiles } from "./ansible/files.ts";
import { emitYamlInventory } from "./ansible/inventory.ts";
import { emitProvisionedDatasources } from "./grafana-datasources.ts";
import { type KindGuess, kindOf } from "./kinds/kind-of.ts";
import { isLokiRules, isRunningLoki } from "./loki-signs.ts";
import { type Shape, shapeOfText, shapeOfValue } from "./shape.ts";
import { onOneLine } from "./sub-document.ts";
import { partsOfValues } from "./values-parts.ts";
import { configDocument, nearestLine, type ParsedDocument, readDocuments } from "./yaml-document.ts";

const shapes = new WeakMap<Segment, Shape>();

export const configFile: Parser = {
  id: "config-file",
  reads:
    "YAML and JSON configuration of Prometheus, Alertmanager, Loki, Promtail, Grafana, blackbox, Docker, CNI, Helm values, Ansible",
  provides: [
    "config.documents",
    "grafana.datasources",
    "ansible.files",
    "ansible.hosts",
    "docker.containers",
  ],
  readsFiles: true,
  recognise(segment) {
    if (!startsLikeDocument(segment.text)) return isNoConfiguration(segment) ? 0.1 : 0;
    const guess = kindOf(shapeOfSegment(segment));
    if (guess) return guess.score;
    return hasConfigName(segment) && shapeOfSegment(segment).paths.size > 0 ? 0.15 : 0;
  },
  parse(segment, emit) {
    const withPath = segment.path === undefined ? namedByCommand(segment) : segment;
    for (const doc of readDocuments(segment)) readOne(withPath, doc, emit);
  },
};

function shapeOfSegment(segment: Segment): Shape {
  const known = shapes.get(segment) ?? shapeOfText(segment.text);
  shapes.set(segment, known);
  return known;
}

/** The first line with content is a key, a list item, a document marker, a bracket or a template statement. */
function startsLikeDocument(text: string): boolean {
  const head = text.slice(0, 20_000);
  const first = head.split("\n", 400).find((line) => line.trim() !== "" && !/^\s*(?:#|%YAML)/.test(line));
  if (first === undefined || first.length > 20_000) return false;
  return /^\s{0,100}(?:[[{]|---(?:\s|$)|-(?:\s|$)|(?:"[^"]{1,200}"|'[^']{1,200}'|[A-Za-z_$./][\w.\-/$]{0,120})\s{0,20}:(?:\s|$)|\ufeff)/.test(
    first,
  );
}

const ownName =
  /(?:^|[/:])(?:prometheus|alertmanager|loki(?:[-_](?:local-)?config)?|local-config|promtail(?:[-_]config)?|data-?sources?)\.ya?ml$/i;

/** A file of a component's name that holds one bare text: a path, an error page, a file name in place of its content. */
function isNoConfiguration(segment: Segment): boolean {
  const name = segment.embeddedIn?.key ?? segment.path ?? segment.source;
  if (!ownName.test(name) || segment.command !== undefined) return false;
  const text = segment.text.slice(0, 4_000).trim();
  if (/^<(?:!doctype|html|\?xml)/i.test(text)) return true;
  return text !== "" && text.length < 300 && !text.includes("\n") && /^["']?[\w./~@-]/.test(text);
}

function hasConfigName(segment: Segment): boolean {
  return /\.(?:ya?ml|json)(?:\.(?:j2|tpl|bak|orig))?$/i.test(
    segment.path ?? segment.embeddedIn?.key ?? segment.source,
  );
}

/** `cat /etc/prometheus/prometheus.yml` says where the file stands. */
function namedByCommand(segment: Segment): Segment {
  const path = /(?:^|\s)cat\s+(?:-\w+\s+)*["']?(\/[^\s"';|&]+)["']?\s*$/.exec(
    segment.command?.slice(0, 2_000) ?? "",
  )?.[1];
  return path === undefined ? segment : { ...segment, path };
}

function readOne(segment: Segment, parsed: ParsedDocument, emit: Emit): void {
  const guess = guessOf(segment, parsed);
  const kind = guess?.kind ?? (parsed.syntax === "json" ? "unknown-json" : "unknown-yaml");
  const origin = kind === "loki" && isRunningLoki(segment, parsed.value) ? "running" : "file";
  emitDocument(configDocument(segment, parsed, kind, origin), segment, emit);
}

function guessOf(segment: Segment, parsed: ParsedDocument): KindGuess | undefined {
  const shape = parsed.value === undefined ? shapeOfText(parsed.text) : shapeOfValue(parsed.value);
  const guess = kindOf(shape) ?? emptyList(segment, parsed);
  return guess?.kind === "prometheus-rules" && isLokiRules(segment, parsed)
    ? { ...guess, kind: "loki-rules" }
    : guess;
}

/** `[]` says nothing by itself; as a file below a folder of targets it is an empty target list. */
function emptyList(segment: Segment, parsed: ParsedDocument): KindGuess | undefined {
  const isEmpty = Array.isArray(parsed.value) && parsed.value.length === 0;
  const isTargets = /(?:file_sd|targets)[^/]*(?:\/|\.)/.test(segment.path ?? segment.source);
  return isEmpty && isTargets ? { kind: "prometheus-file-sd", score: 0.5 } : undefined;
}

function emitDocument(doc: ConfigDocument, segment: Segment, emit: Emit): void {
  emit.fact("config.documents", doc);
  if (doc.template) {
    emit.gap({
      what: doc.path ?? doc.at.source,
      because: "unparseable",
      detail: `an unrendered template of kind ${doc.kind}; only the rendered file can be judged`,
      at: doc.at,
      decideWith: "helm template RELEASE CHART -f values.yaml (or run the playbook with --check --diff)",
    });
  }
  if (doc.value !== undefined) followers[doc.kind]?.(doc, segment, emit);
}

type Follower = (doc: ConfigDocument, segment: Segment, emit: Emit) => void;

/** What else is to be read from a document of a kind. */
const followers: Partial<Readonly<Record<ConfigKind, Follower>>> = {
  "grafana-datasources": (doc, _segment, emit) => emitProvisionedDatasources(doc, emit),
  "ansible-playbook": (doc, _segment, emit) => {
    emitAnsibleFiles(doc, emit);
    emitAnsibleContainers(doc, emit);
  },
  "ansible-inventory": (doc, _segment, emit) => emitYamlInventory(doc, emit),
  "helm-values": emitValuesParts,
};

function emitValuesParts(doc: ConfigDocument, segment: Segment, emit: Emit): void {
  const { documents, texts } = partsOfValues(doc);
  for (const part of documents) emitDocument(part, segment, emit);
  for (const { pointer, key, text } of texts) {
    const line = nearestLine(doc.lines, pointer, doc.at.line ?? 1);
    const embeddedIn = { kind: "HelmValues", name: doc.path ?? doc.at.source, key };
    const isLiteral = sourceLine(doc, line + 1).trim() === (text.split("\n", 1)[0] ?? "").trim();
    const child = { ...segment, startLine: line + 1, text, embeddedIn };
    if (isLiteral) emit.segment(child);
    else readFolded({ ...child, startLine: line }, emit);
  }
}

function sourceLine(doc: ConfigDocument, line: number): string {
  const first = doc.startLine ?? doc.at.line ?? 1;
  return doc.text.split("\n", line - first + 1)[line - first] ?? "";
}

/** A text whose lines are not lines of the source (quoted or folded): everything stands on the line of its key. */
function readFolded(child: Segment, emit: Emit): void {
  for (const parsed of readDocuments(child)) {
    const guess = guessOf(child, parsed);
    if (!guess) continue;
    const placed = onOneLine(parsed, child.source, child.startLine);
    emitDocument(configDocument(child, placed, guess.kind), child, emit);
  }
}
