// `docker inspect --format '…'`: the template says which fields the output shows, so the output becomes a partial object again.
import type { Segment } from "../../model/evidence.ts";
import { commandsOf } from "../command.ts";
import { optionValue } from "../command-options.ts";
import { hostOf, type Line, leaveAsText, linesOf, placeOf } from "../lines.ts";
import { type JsonMember, type JsonNode, readLooseJson } from "../loose-json.ts";
import type { Emit, Parser } from "../parser.ts";
import { inspectNames } from "./inspect.ts";
import { containerOfNode } from "./inspect-container.ts";

interface Field {
  readonly path: readonly string[];
  readonly isJson: boolean;
}

/** Literal text and fields of a template, in turn. Undefined for templates with loops or conditions. */
interface Template {
  readonly literals: readonly string[];
  readonly fields: readonly Field[];
}

export const inspectFormat: Parser = {
  id: "docker-inspect-format",
  reads: "docker inspect --format '{{…}}' of common fields",
  provides: ["docker.containers"],
  recognise: (segment) => (formatOf(segment) && segment.text.trim() !== "" ? 0.94 : 0),
  parse(segment, emit) {
    const template = parseTemplate(formatOf(segment) ?? "");
    if (!template) {
      emitUnread(segment, emit);
      return;
    }
    emit.seen("docker.containers");
    const names = inspectNames(segment);
    const [only, ...more] = template.fields;
    if (only?.isJson && more.length === 0 && template.literals.join("").trim() === "") {
      emitWhole(only, names, segment, emit);
      return;
    }
    const lines = linesOf(segment, 20_000).filter((line) => line.text.trim() !== "");
    lines.forEach((line, i) => {
      const name = names.length === 1 ? names[0] : names[i];
      if (!emitLine(line, template, name, segment, emit)) leaveAsText(segment, line, emit);
    });
  },
};

/** `{{json .Mounts}}`, maybe laid out by jq: one JSON value per container. */
function emitWhole(field: Field, names: readonly string[], segment: Segment, emit: Emit): void {
  readLooseJson(segment.text).documents.forEach((document, i) => {
    const root: Branch = new Map();
    plant(root, field.path, document);
    const node = nodeOf(root, document.line);
    const name = (names.length === 1 ? names[0] : names[i]) ?? segment.hints?.container;
    const container = containerOfNode(node, (line) => placeOf(segment, line), hostOf(segment), name);
    if (container) emit.fact("docker.containers", container);
    else
      emit.gap({
        what: "docker inspect --format",
        because: "unparseable",
        detail: "the output does not say which container it is about",
        at: placeOf(segment, document.line),
      });
  });
}

/** Loops and conditions: only the words are looked at. */
function emitUnread(segment: Segment, emit: Emit): void {
  for (const line of linesOf(segment, 20_000)) leaveAsText(segment, line, emit);
  const names = inspectNames(segment);
  emit.gap({
    what: "docker inspect --format",
    because: "unparseable",
    detail:
      "the template holds loops or conditions that are not read: only texts in the output were looked at",
    at: placeOf(segment, 0),
    decideWith: `docker inspect ${names.slice(0, 3).join(" ") || "CONTAINER"}`,
    onlySharpens: true,
  });
}

function formatOf(segment: Segment): string | undefined {
  const command = commandsOf(segment).find(
    ({ program, args }) =>
      /^(?:docker|podman|nerdctl)$/.test(program) && args.includes("inspect") && !args.includes("network"),
  );
  const format = command && optionValue(command.args, "-f", "--format");
  return format?.includes("{{") ? format.slice(0, 2_000) : undefined;
}

export function parseTemplate(format: string): Template | undefined {
  const unrolled = unrollNetworks(format).replace(/\\n|\\t/g, " ");
  const literals: string[] = [];
  const fields: Field[] = [];
  let end = 0;
  for (const match of unrolled.matchAll(/\{\{-?\s*(.*?)\s*-?\}\}/g)) {
    const field = /^(json\s+)?\.([A-Za-z][\w.]*)?(?:\s*\|\s*json)?$/.exec(match[1] ?? "");
    if (!field) return undefined;
    literals.push(unrolled.slice(end, match.index));
    end = match.index + match[0].length;
    const isJson = field[1] !== undefined || /json/.test(match[1] ?? "");
    fields.push({ path: (field[2] ?? "").split(".").filter((part) => part !== ""), isJson });
  }
  literals.push(unrolled.slice(end));
  return fields.length > 0 ? { literals, fields } : undefined;
}

/** `{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}` shows what `.NetworkSettings.IPAddress` used to show. */
function unrollNetworks(format: string): string {
  return format.replace(
    /\{\{-?\s*range\s+(?:\$\w+,\s*\$\w+\s*:=\s*)?\.NetworkSettings\.Networks\s*-?\}\}\s*\{\{-?\s*\.IPAddress\s*-?\}\}(.*?)\{\{-?\s*end\s*-?\}\}/g,
    "{{.NetworkSettings.IPAddress}}$1",
  );
}

function emitLine(
  line: Line,
  template: Template,
  name: string | undefined,
  segment: Segment,
  emit: Emit,
): boolean {
  const values = valuesOf(line.text.trim(), template);
  if (!values) return false;
  const root: Branch = new Map();
  template.fields.forEach((field, i) => {
    plant(root, field.path, valueNode(values[i] ?? "", field, line.index));
  });
  const node = nodeOf(root, line.index);
  const container = containerOfNode(
    node,
    (at) => placeOf(segment, at),
    hostOf(segment),
    name ?? segment.hints?.container,
  );
  if (!container) return false;
  emit.fact("docker.containers", container);
  return true;
}

/** Cuts the line at the template's literals. */
function valuesOf(text: string, template: Template): string[] | undefined {
  const values: string[] = [];
  let position = 0;
  const first = (template.literals[0] ?? "").trimStart();
  if (!text.startsWith(first)) return undefined;
  position = first.length;
  for (let i = 0; i < template.fields.length; i += 1) {
    const isLast = i === template.fields.length - 1;
    const literal = template.literals[i + 1] ?? "";
    const next = isLast ? literal.trimEnd() : literal;
    if (next === "" && !isLast) return undefined;
    const end = next === "" ? text.length : isLast ? text.lastIndexOf(next) : text.indexOf(next, position);
    if (end < position) return undefined;
    values.push(text.slice(position, end).trim());
    position = end + next.length;
  }
  return values;
}

function valueNode(value: string, field: Field, line: number): JsonNode | undefined {
  if (value === "<no value>" || value === "<nil>") return undefined;
  if (field.isJson || /^(?:true|false|\d{1,15})$/.test(value)) {
    const [node] = readLooseJson(value).documents;
    return node && moved(node, line);
  }
  // Go prints a list of strings as [a b c]
  if (/^\[.*\]$/.test(value)) {
    const items = value
      .slice(1, -1)
      .split(" ")
      .filter((word) => word !== "");
    return { kind: "array", line, items: items.map((item) => ({ kind: "string", line, value: item })) };
  }
  return { kind: "string", line, value };
}

type Branch = Map<string, Branch | JsonNode>;

function plant(root: Branch, path: readonly string[], node: JsonNode | undefined): void {
  if (!node) return;
  if (path.length === 0 && node.kind === "object") {
    for (const [key, member] of node.members) root.set(key, member.node);
    return;
  }
  let branch = root;
  for (const key of path.slice(0, -1)) {
    const next = branch.get(key);
    if (next instanceof Map) branch = next;
    else {
      const fresh: Branch = new Map();
      branch.set(key, fresh);
      branch = fresh;
    }
  }
  branch.set(path.at(-1) ?? "", node);
}

function nodeOf(branch: Branch, line: number): JsonNode {
  const members = new Map<string, JsonMember>();
  for (const [key, value] of branch)
    members.set(key, { line, node: value instanceof Map ? nodeOf(value, line) : value });
  return { kind: "object", line, members };
}

/** All nodes of one output line stand on that line. */
function moved(node: JsonNode, line: number): JsonNode {
  if (node.kind === "array") return { ...node, line, items: node.items.map((item) => moved(item, line)) };
  if (node.kind !== "object") return { ...node, line };
  const members = new Map(
    [...node.members].map(([key, member]) => [key, { line, node: moved(member.node, line) }]),
  );
  return { ...node, line, members };
}
