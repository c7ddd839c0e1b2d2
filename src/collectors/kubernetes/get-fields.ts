// `kubectl get -o custom-columns=…`, `-o jsonpath=…`, `-o name`: chosen fields become the row a table would have shown; the rest is a gap.
import type { Segment } from "../../model/evidence.ts";
import type { ContainerState } from "../../model/kubernetes.ts";
import { commandsOf, type RanCommand } from "../command.ts";
import { optionValue } from "../command-options.ts";
import { leaveAsText, linesOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { emitRow, familyOf } from "./emit-row.ts";
import { type FieldTemplate, fieldTemplate, valuesOf } from "./field-template.ts";
import { type KubectlCommand, parseKubectl } from "./kubectl-command.ts";
import { isClusterScoped } from "./object-head.ts";
import { parsePrefixedName, type ResourceType } from "./resource-names.ts";
import { podFromRow } from "./rows-workloads.ts";

const forms = /^(?:custom-columns|jsonpath|jsonpath-as-json|go-template|template|name)\b/;
/** What a line goes through without losing its form. */
const harmless = /^(?:grep|egrep|sort|head|tail|less|cat|uniq|column)$/;

/** Field of the API to the column of the table that shows it. */
const columns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "": {
    "metadata.name": "NAME",
    "metadata.namespace": "NAMESPACE",
    "spec.replicas": "DESIRED",
    "status.readyReplicas": "READY",
    "status.currentReplicas": "CURRENT",
    "status.desiredNumberScheduled": "DESIRED",
    "status.numberReady": "READY",
    "spec.nodeName": "NODE",
    "spec.type": "TYPE",
    "spec.clusterIP": "CLUSTERIP",
    "spec.storageClassName": "STORAGECLASS",
    "status.phase": "STATUS",
  },
  Pod: {
    "status.podIP": "IP",
    "status.containerStatuses[].restartCount": "RESTARTS",
    "status.containerStatuses[].state.waiting.reason": "WAITING",
    "status.containerStatuses[].lastState.terminated.reason": "ENDED",
    "status.containerStatuses[].lastState.terminated.exitCode": "EXITCODE",
  },
  PersistentVolumeClaim: { "spec.volumeName": "VOLUME", "status.capacity.storage": "CAPACITY" },
  PersistentVolume: {
    "spec.persistentVolumeReclaimPolicy": "RECLAIMPOLICY",
    "spec.capacity.storage": "CAPACITY",
  },
  StorageClass: { provisioner: "PROVISIONER" },
};

/** Of these the state is what the phase says. */
const phased = /^(?:Pod|PersistentVolumeClaim|PersistentVolume|Namespace)$/;

export const getFieldsParser: Parser = {
  id: "kubectl-get-fields",
  reads: "kubectl get -o custom-columns=…, -o jsonpath=…, -o name (fields a table shows as well)",
  provides: [
    "kubernetes.pods",
    "kubernetes.workloads",
    "kubernetes.services",
    "kubernetes.claims",
    "kubernetes.volumes",
    "kubernetes.storageclasses",
    "kubernetes.nodes",
    "kubernetes.objects",
  ],
  recognise: (segment) => (outputOf(segment) && /\S/.test(segment.text) && !isAnswer(segment) ? 1 : 0),
  parse: parseFields,
};

/** kubectl's own messages are read by their own parser, and whole documents by that of manifests. */
function isAnswer({ text }: Segment): boolean {
  return /^\s*(?:Error from server|error:|No resources found|Unable to connect|The connection to|apiVersion:|\{\s*"(?:apiVersion|kind|data)"|(?:level|ts)=)/.test(
    text.slice(0, 400),
  );
}

function ranGet(segment: Segment): RanCommand | undefined {
  if (!/\bget\b/.test(segment.command?.slice(0, 400) ?? "")) return undefined;
  return commandsOf(segment).find(
    ({ program, args }) => /^(?:kubectl(?:\.exe)?|oc|k|kc)$/.test(program) && args.includes("get"),
  );
}

/** What was asked for, without the template: its blanks and slashes are no names of objects. */
function askedOf(segment: Segment): KubectlCommand | undefined {
  const words = ranGet(segment)?.args.filter((word) => !/[{}]|^custom-columns=|^-o|^--output/.test(word));
  return words && parseKubectl(`kubectl ${words.join(" ")}`);
}

function outputOf(segment: Segment): string | undefined {
  const ran = ranGet(segment);
  if (!ran) return undefined;
  const short = ran.args.find((word) => /^-o=?(?:custom|jsonpath|go-template|name)/.test(word));
  const output = short?.replace(/^-o=?/, "") ?? optionValue(ran.args, "-o", "--output");
  if (!output || !forms.test(output)) return undefined;
  const isPiped = ran.filters.some((filter) => !harmless.test(filter));
  // A ConfigMap's file or a list of images asked for as text is read as what it is.
  return isPiped || /\.data\b|\bdata\[/.test(output) ? undefined : output;
}

function parseFields(segment: Segment, emit: Emit): void {
  const output = outputOf(segment) ?? "";
  const command = askedOf(segment);
  const type = command?.types.length === 1 ? command.types[0] : undefined;
  const template = output === "name" ? namesOnly : fieldTemplate(output);
  const understood =
    template && (type || output === "name") && known(template, type)
      ? emitAll(segment, template, type, command, emit)
      : false;
  if (understood) return;
  for (const line of linesOf(segment)) leaveAsText(segment, line, emit);
  emit.gap({
    what: `kubectl get -o ${output.split("=")[0]}`,
    because: "unparseable",
    detail: "fields chosen by a template that is not read: only texts in them were looked at",
    at: { source: segment.source, line: segment.startLine },
    decideWith: decideWith(command),
    onlySharpens: true,
  });
}

const namesOnly: FieldTemplate = { paths: ["metadata.name"] };

function decideWith(command: KubectlCommand | undefined): string {
  const kinds = command?.types.map(({ kind }) => kind.toLowerCase()).join(",") || "all";
  const where = command?.allNamespaces ? " -A" : command?.namespace ? ` -n ${command.namespace}` : "";
  return `kubectl get ${[kinds, ...(command?.names ?? [])].join(" ")}${where} -o yaml`;
}

function columnOf(path: string, type: ResourceType | undefined): string | undefined {
  if (path === "status.phase" && !phased.test(type?.kind ?? "")) return undefined;
  return columns[type?.kind ?? ""]?.[path] ?? columns[""]?.[path];
}

/** Something besides names must be understood, or names be all that was asked for. */
function known(template: FieldTemplate, type: ResourceType | undefined): boolean {
  const found = template.paths.map((path) => columnOf(path, type));
  return found.every((column) => column === "NAME" || column === "NAMESPACE")
    ? true
    : found.some((column) => column !== undefined && column !== "NAME" && column !== "NAMESPACE");
}

function emitAll(
  segment: Segment,
  template: FieldTemplate,
  type: ResourceType | undefined,
  command: KubectlCommand | undefined,
  emit: Emit,
): boolean {
  const lines = linesOf(segment).filter((line) => line.text.trim() !== "");
  const heads = template.heads?.join(" ");
  const body = lines.filter(({ text }) => text.trim().split(/\s+/).join(" ") !== heads);
  const rows = body.flatMap((line) => {
    const values = template.isList ? line.text.trim().split(/\s+/) : valuesOf(line.text, template);
    if (!values) return [];
    return template.isList ? values.map((value) => ({ line, values: [value] })) : [{ line, values }];
  });
  if (body.length > 0 && rows.length === 0) return false;
  const paths = template.paths.map((path) => columnOf(path, type));
  if (type) emit.seen(familyOf(type.kind));
  for (const { line, values } of rows) {
    const cells: Record<string, string> = {};
    for (const [i, column] of paths.entries()) {
      const value = values[i] ?? "";
      if (column !== undefined && value !== "" && value !== "<none>") cells[column] = value;
    }
    const named = parsePrefixedName(
      cells.NAME ?? (command?.names.length === 1 ? (command.names[0] ?? "") : ""),
    );
    const kind = named.type ?? type;
    if (!kind || named.name === "") return false;
    emitOne(segment.source, segment.startLine + line.index, kind, named.name, cells, command, emit);
  }
  const lost = template.paths.filter((path) => columnOf(path, type) === undefined);
  if (lost.length > 0) {
    for (const { line } of rows) leaveAsText(segment, line, emit);
    emit.gap({
      what: `${type?.kind ?? "objects"}: ${lost.slice(0, 4).join(", ")}`,
      because: "unparseable",
      detail: "fields chosen on the command line that no table shows: only texts in them were looked at",
      at: { source: segment.source, line: segment.startLine },
      decideWith: decideWith(command),
      onlySharpens: true,
    });
  }
  return true;
}

function emitOne(
  source: string,
  line: number,
  type: ResourceType,
  name: string,
  shown: Readonly<Record<string, string>>,
  command: KubectlCommand | undefined,
  emit: Emit,
): void {
  const at = { source, line };
  const { WAITING: waiting, ENDED: ended, EXITCODE: exitCode, ...cells } = shown;
  const namespace = cells.NAMESPACE ?? (command?.allNamespaces ? undefined : command?.namespace);
  const row = {
    at,
    type,
    name,
    cells: waiting === undefined ? cells : { ...cells, STATUS: waiting },
    columns: new Set(Object.keys(cells)),
    ...(namespace === undefined || isClusterScoped(type.kind) ? {} : { namespace }),
  };
  if (type.kind !== "Pod" || (ended === undefined && exitCode === undefined)) {
    emitRow(row, emit);
    return;
  }
  const lastState: ContainerState = {
    at,
    state: "terminated",
    ...(ended === undefined ? {} : { reason: ended }),
    ...(/^\d{1,3}$/.test(exitCode ?? "") ? { exitCode: Number(exitCode) } : {}),
  };
  emit.fact("kubernetes.pods", {
    ...podFromRow(row),
    spec: { at, containers: [{ at, name: "?", init: false, lastState }], volumes: [] },
  });
}
