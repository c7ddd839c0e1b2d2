// Kubernetes objects as YAML or JSON: manifests, `kubectl get -o yaml|json`, lists, dumps, `helm template` output.

import type { Segment } from "../../model/evidence.ts";
import { memberOf, textOf } from "../../model/json-value.ts";
import {
  configDocument,
  maxDocumentLength,
  type ParsedDocument,
  readDocuments,
} from "../config/yaml-document.ts";
import type { Emit, Parser } from "../parser.ts";
import { emitObject, type Reading } from "./emit-object.ts";
import { familyOf } from "./emit-row.ts";
import { type KubectlCommand, parseKubectl } from "./kubectl-command.ts";
import { headOf } from "./object-head.ts";
import { addUpSlices } from "./object-network.ts";
import { recoverDocument } from "./recover.ts";
import { emitStatusAnswer } from "./status-answer.ts";
import { isRecord, type TreeNode, treeOf } from "./tree.ts";

const yamlStart = /^apiVersion:[ \t]*["']?[A-Za-z][\w./-]*["']?[ \t]*(?:#.*)?$/m;
const yamlKind = /^kind:[ \t]*["']?[A-Z]\w*["']?[ \t]*(?:#.*)?$/m;
const yamlItem = /^- apiVersion:[ \t]*["']?[a-z]/m;

export const manifestParser: Parser = {
  id: "kubernetes-manifest",
  reads:
    "Kubernetes objects as YAML or JSON: manifests, kubectl get -o yaml|json, cluster-info dump, helm template",
  provides: [
    "kubernetes.objects",
    "kubernetes.pods",
    "kubernetes.workloads",
    "kubernetes.services",
    "kubernetes.endpoints",
    "kubernetes.claims",
    "kubernetes.volumes",
    "kubernetes.storageclasses",
    "kubernetes.nodes",
    "kubernetes.events",
    "kubernetes.configmaps",
    "config.documents",
  ],
  startsAt: (line, next) =>
    (/^apiVersion: ?["']?[a-z][\w./-]*["']?\s*$/.test(line) &&
      /^[A-Za-z]\w*:/.test(next ?? "") &&
      !/^(?:metadata|spec|status):/.test(next ?? "")) ||
    (line === "{" && /^\s+"(?:apiVersion|kind)":/.test(next ?? "")),
  readsFiles: true,
  recognise: ({ text }) => (isManifest(text) ? 1 : 0),
  parse: parseManifest,
};

/** Objects of Kubernetes name their API version and their kind. */
export function isManifest(text: string): boolean {
  const first = /\S\S?/.exec(text.slice(0, 10_000))?.[0] ?? "";
  if (/^[{[]/.test(first) && !/^\{[{%#]/.test(first)) {
    const head = `${text.slice(0, 100_000)}\n${text.slice(-2_000)}`;
    return /"kind"\s{0,9}:\s{0,9}"[A-Z]/.test(head) && /"apiVersion"\s{0,9}:\s{0,9}"[A-Za-z]/.test(head);
  }
  const head = text.slice(0, 2_000_000);
  return (yamlStart.test(head) && yamlKind.test(head)) || yamlItem.test(head);
}

function parseManifest(segment: Segment, emit: Emit): void {
  if (segment.text.length > maxDocumentLength) {
    emit.gap({
      what: segment.command ?? segment.source,
      because: "too-large",
      detail: `${Math.round(segment.text.length / 1e6)} MB of objects in one document`,
      at: { source: segment.source, line: segment.startLine },
      decideWith: "kubectl get pods -A -o wide",
    });
    return;
  }
  const command = parseKubectl(segment.command);
  const documents = readDocuments(segment);
  const isJson = documents[0]?.syntax === "json";
  const source = { segment, lines: isJson ? undefined : segment.text.split("\n") };
  const reading: Reading = { source, emit, slices: [] };
  for (const read of documents) {
    const { doc, rest } =
      read.parseError || read.template
        ? recoverDocument(read, segment, emit)
        : { doc: read, rest: undefined };
    if (doc) emitDocument(doc, reading, command);
    if (rest) emit.segment(rest);
  }
  for (const endpoints of addUpSlices(reading.slices)) emit.fact("kubernetes.endpoints", endpoints);
}

function emitDocument(doc: ParsedDocument, reading: Reading, command: KubectlCommand | undefined): void {
  const { segment } = reading.source;
  const found = emitRoot(treeOf(doc), reading, command);
  if (!found && doc.text.length < segment.text.length) {
    const { command: _command, ...rest } = segment;
    reading.emit.segment({ ...rest, startLine: doc.startLine, text: doc.text });
  } else if (!found && isComponentConfig(doc.value)) {
    reading.emit.fact("config.documents", configDocument(segment, doc, "unknown-yaml"));
  } else if (!found) reading.emit.gap(noObject(doc));
  if (found && doc.duplicateKeys.length > 0) {
    reading.emit.fact("config.documents", configDocument(segment, doc, "kubernetes-manifest"));
  }
}

/** Files of the kubelet, kubeadm and kube-proxy have apiVersion and kind, and are no objects of the API. */
function isComponentConfig(value: unknown): boolean {
  return /^[\w-]+\.config\.k8s\.io\//.test(textOf(memberOf(value, "apiVersion")) ?? "");
}

function noObject(doc: ParsedDocument) {
  return {
    what: "Kubernetes manifest",
    because: "unparseable" as const,
    detail: "the document has no object with apiVersion, kind and metadata.name",
    at: doc.at,
  };
}

/** Items of a PodList do not say that they are Pods. */
interface Listed {
  readonly kind?: string;
  readonly apiVersion?: string;
}

/** False when the document holds no object of Kubernetes. */
function emitRoot(root: TreeNode, reading: Reading, command: KubectlCommand | undefined): boolean {
  if (Array.isArray(root.value)) {
    return root
      .items()
      .map((item) => emitOne(item, {}, reading, command))
      .some(Boolean);
  }
  const kind = root.text("kind");
  const watched = root.get("object");
  if (kind === undefined && root.text("type") && watched) return emitOne(watched, {}, reading, command);
  if (kind === "Status") return emitStatusAnswer(root, command, reading.emit);
  if (kind?.endsWith("List") && isRecord(root.value) && "items" in root.value) {
    return emitList(root, kind, reading, command);
  }
  if (kind === "Template")
    for (const item of root.get("objects")?.items() ?? []) emitOne(item, {}, reading, command);
  return emitOne(root, {}, reading, command);
}

function emitList(
  root: TreeNode,
  kind: string,
  reading: Reading,
  command: KubectlCommand | undefined,
): boolean {
  const apiVersion = root.text("apiVersion");
  const listed: Listed =
    kind === "List" ? {} : { kind: kind.slice(0, -4), ...(apiVersion ? { apiVersion } : {}) };
  if (listed.kind) reading.emit.seen(familyOf(listed.kind));
  else for (const type of command?.types ?? []) reading.emit.seen(familyOf(type.kind));
  for (const item of root.get("items")?.items() ?? []) emitOne(item, listed, reading, command);
  return true;
}

function emitOne(
  node: TreeNode,
  listed: Listed,
  reading: Reading,
  command: KubectlCommand | undefined,
): boolean {
  const kind = node.text("kind");
  if (kind?.endsWith("List") && isRecord(node.value) && Array.isArray(node.value.items)) {
    for (const item of node.get("items")?.items() ?? []) emitOne(item, {}, reading, command);
    return true;
  }
  const head = headOf(node, listed, command);
  if (!head) return false;
  emitObject(node, head, reading);
  return true;
}
