// Ansible inventories, YAML and INI: hosts with their groups and variables.
import type { ConfigDocument } from "../../../model/config.ts";
import { isRecord, type JsonRecord, memberOf, pointerStep, textRecord } from "../../../model/json-value.ts";
import type { Place } from "../../../model/place.ts";
import type { Emit } from "../../parser.ts";
import { nearestLine } from "../yaml-document.ts";

interface HostDraft {
  readonly at: Place;
  readonly groups: Set<string>;
  readonly vars: Record<string, string>;
}

type Hosts = Map<string, HostDraft>;
const deepest = 10;
const maxHosts = 10_000;

export function emitYamlInventory(doc: ConfigDocument, emit: Emit): void {
  const hosts: Hosts = new Map();
  if (isRecord(doc.value)) {
    const everywhere = textRecord(memberOf(doc.value.all, "vars"));
    for (const [name, group] of Object.entries(doc.value))
      readGroup(doc, hosts, name, group, `/${pointerStep(name)}`, [], everywhere, 0);
  }
  emitHosts(hosts, emit);
}

function readGroup(
  doc: ConfigDocument,
  hosts: Hosts,
  name: string,
  group: unknown,
  pointer: string,
  above: readonly string[],
  inherited: Readonly<Record<string, string>>,
  depth: number,
): void {
  if (!isRecord(group) || depth > deepest) return;
  const groups = name === "all" ? above : [...above, name];
  const vars = { ...inherited, ...textRecord(group.vars) };
  for (const [pattern, own] of Object.entries(asRecord(group.hosts))) {
    const line = nearestLine(doc.lines, `${pointer}/hosts/${pointerStep(pattern)}`, doc.at.line ?? 1);
    addHosts(hosts, pattern, { source: doc.at.source, line }, groups, { ...vars, ...textRecord(own) });
  }
  for (const [child, inner] of Object.entries(asRecord(group.children))) {
    readGroup(doc, hosts, child, inner, `${pointer}/children/${pointerStep(child)}`, groups, vars, depth + 1);
  }
}

function asRecord(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

function addHosts(
  hosts: Hosts,
  pattern: string,
  at: Place,
  groups: readonly string[],
  vars: Readonly<Record<string, string>>,
): void {
  for (const name of expandRange(pattern)) {
    if (hosts.size >= maxHosts) return;
    const known = hosts.get(name);
    if (!known) hosts.set(name, { at, groups: new Set(groups), vars: { ...vars } });
    else {
      for (const group of groups) known.groups.add(group);
      Object.assign(known.vars, vars);
    }
  }
}

/** `web[01:03].example.org` stands for three hosts. */
function expandRange(pattern: string): readonly string[] {
  const match = /^([^[\]]{0,200})\[(\d{1,6}|[a-z]):(\d{1,6}|[a-z])\]([^[\]]{0,200})$/.exec(pattern);
  if (!match) return [pattern];
  const [, head = "", from = "", to = "", tail = ""] = match;
  const isDigit = /^\d/.test(from);
  const first = isDigit ? Number(from) : from.charCodeAt(0);
  const last = isDigit ? Number(to) : to.charCodeAt(0);
  const names: string[] = [];
  for (let at = first; at <= last && names.length < 1_000; at++) {
    names.push(head + (isDigit ? String(at).padStart(from.length, "0") : String.fromCharCode(at)) + tail);
  }
  return names;
}

function emitHosts(hosts: Hosts, emit: Emit): void {
  emit.seen("ansible.hosts");
  for (const [name, { at, groups, vars }] of hosts)
    emit.fact("ansible.hosts", { at, name, groups: [...groups], vars });
}

const section = /^\[([^\]:]{1,200})(?::(vars|children))?\]\s*(?:[#;].*)?$/;

/** `[group]` with one host a line, `[group:vars]`, `[group:children]`. */
export function emitIniInventory(source: string, startLine: number, text: string, emit: Emit): void {
  const hosts: Hosts = new Map();
  const groupVars = new Map<string, Record<string, string>>();
  const parents = new Map<string, string[]>();
  let group: string | undefined;
  let part: string | undefined;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || /^[#;]/.test(line) || line.length > 4_000) continue;
    const header = section.exec(line);
    if (header) {
      group = header[1];
      part = header[2];
    } else if (part === "vars") setVar(groupVars, group ?? "all", line);
    else if (part === "children") parents.set(line, [...(parents.get(line) ?? []), group ?? "all"]);
    else addHostLine(hosts, line, { source, line: startLine + index }, group);
  }
  for (const [, host] of hosts) inherit(host, parents, groupVars);
  emitHosts(hosts, emit);
}

function setVar(groupVars: Map<string, Record<string, string>>, group: string, line: string): void {
  const at = line.indexOf("=");
  if (at < 1) return;
  const vars = groupVars.get(group) ?? {};
  vars[line.slice(0, at).trim()] = unquote(line.slice(at + 1).trim());
  groupVars.set(group, vars);
}

function addHostLine(hosts: Hosts, line: string, at: Place, group: string | undefined): void {
  const [pattern = "", ...words] = line.replace(/\s#.*$/, "").match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  const vars: Record<string, string> = {};
  for (const word of words) {
    const equals = word.indexOf("=");
    if (equals > 0) vars[word.slice(0, equals)] = unquote(word.slice(equals + 1));
  }
  addHosts(hosts, pattern, at, group === undefined || group === "all" ? [] : [group], vars);
}

function inherit(
  host: HostDraft,
  parents: Map<string, string[]>,
  groupVars: Map<string, Record<string, string>>,
): void {
  const queue = [...host.groups];
  for (let at = 0; at < queue.length && queue.length < 1_000; at++) {
    for (const parent of parents.get(queue[at] ?? "") ?? []) if (!queue.includes(parent)) queue.push(parent);
  }
  for (const group of queue) host.groups.add(group);
  for (const group of [...queue, "all"]) {
    for (const [key, value] of Object.entries(groupVars.get(group) ?? {}))
      if (!(key in host.vars)) host.vars[key] = value;
  }
}

function unquote(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
