// Walks the plays and tasks of an Ansible file in the order they run, with the variables each task sees.
import {
  isRecord,
  itemsOf,
  type JsonRecord,
  memberOf,
  pointerStep,
  textOf,
} from "../../../model/json-value.ts";
import { render, resolve, type Scope } from "./jinja.ts";

export interface TaskRun {
  /** JSON pointer of the task. */
  readonly pointer: string;
  /** Pointer of the loop's item this run is for. */
  readonly itemPointer?: string;
  readonly name?: string;
  /** Without the collection: `file`, `docker_container`. */
  readonly module: string;
  readonly modulePointer: string;
  readonly args: JsonRecord;
  /** Text of a free-form module (`command: chown …`), else undefined. */
  readonly freeForm?: string;
  readonly hosts?: string;
  readonly scope: Scope;
}

const keywords = new Set(
  `action any_errors_fatal args async become become_exe become_flags become_method become_user block rescue always changed_when check_mode collections
  connection debugger delay delegate_facts delegate_to diff environment failed_when ignore_errors ignore_unreachable listen local_action loop loop_control
  module_defaults name no_log notify poll port register remote_user retries run_once tags throttle timeout until vars when`.split(
    /\s+/,
  ),
);
const sections = ["pre_tasks", "roles", "tasks", "post_tasks", "handlers"] as const;
const maxRuns = 5_000;
const maxItems = 300;
const deepest = 12;

/** Every run of every task of a playbook, task file or handler file. */
export function taskRuns(value: unknown): readonly TaskRun[] {
  const runs: TaskRun[] = [];
  for (const [index, entry] of itemsOf(value).entries()) {
    if (!isRecord(entry)) continue;
    if ("hosts" in entry || sections.some((section) => section in entry)) playRuns(entry, `/${index}`, runs);
    else taskList([entry], "", { vars: {} }, runs, 0, index);
  }
  return runs;
}

interface Around {
  readonly hosts?: string;
  readonly vars: Scope;
}

function playRuns(play: JsonRecord, pointer: string, runs: TaskRun[]): void {
  const hosts = hostsText(play.hosts);
  const vars = isRecord(play.vars) ? play.vars : {};
  const around = { ...(hosts === undefined ? {} : { hosts }), vars };
  for (const section of sections) {
    const at = `${pointer}/${section}`;
    if (section === "roles") roleRuns(play.roles, at, around, runs);
    else taskList(itemsOf(play[section]), at, around, runs, 0);
  }
}

function hostsText(hosts: unknown): string | undefined {
  return Array.isArray(hosts) ? hosts.map((host) => textOf(host) ?? "").join(",") : textOf(hosts);
}

function roleRuns(roles: unknown, pointer: string, around: Around, runs: TaskRun[]): void {
  for (const [index, role] of itemsOf(roles).entries()) {
    const name = isRecord(role) ? (textOf(role.role) ?? textOf(role.name)) : textOf(role);
    if (name === undefined) continue;
    const at = `${pointer}/${index}`;
    runs.push(
      run({ pointer: at, modulePointer: at, module: "role", args: { name }, around, scope: around.vars }),
    );
  }
}

function taskList(
  tasks: readonly unknown[],
  pointer: string,
  around: Around,
  runs: TaskRun[],
  depth: number,
  first = 0,
): void {
  if (depth > deepest) return;
  for (const [index, task] of tasks.entries()) {
    if (!isRecord(task) || runs.length > maxRuns) continue;
    const at = `${pointer}/${first + index}`;
    const vars = { ...around.vars, ...(isRecord(task.vars) ? task.vars : {}) };
    const inner = { ...around, vars };
    for (const block of ["block", "rescue", "always"]) {
      if (Array.isArray(task[block])) taskList(task[block], `${at}/${block}`, inner, runs, depth + 1);
    }
    if (!("block" in task)) taskRunsOf(task, at, inner, runs);
  }
}

function taskRunsOf(task: JsonRecord, pointer: string, around: Around, runs: TaskRun[]): void {
  const key = Object.keys(task).find((name) => !keywords.has(name) && !name.startsWith("with_"));
  const called = key === undefined ? actionOf(task) : { key, value: task[key] };
  if (!called) return;
  const module = shortName(called.name ?? called.key);
  const free = typeof called.value === "string" ? called.value : undefined;
  const args = {
    ...(isRecord(called.value) ? called.value : {}),
    ...(free === undefined ? {} : assignments(free)),
    ...(isRecord(task.args) ? task.args : {}),
  };
  const name = textOf(task.name);
  const base = { pointer, modulePointer: `${pointer}/${pointerStep(called.key)}`, module, around };
  for (const { scope, itemPointer } of loopScopes(task, pointer, around.vars)) {
    runs.push(
      run({
        ...base,
        ...(name === undefined ? {} : { name: render(name, scope) }),
        args: renderArgs(args, scope),
        ...(free === undefined ? {} : { freeForm: render(free, scope) }),
        ...(itemPointer === undefined ? {} : { itemPointer }),
        scope,
      }),
    );
  }
}

function run(parts: Omit<TaskRun, "hosts"> & { around: Around }): TaskRun {
  const { around, ...rest } = parts;
  return { ...rest, ...(around.hosts === undefined ? {} : { hosts: around.hosts }) };
}

/** The old forms `action: file path=… ` and `local_action: …`. */
function actionOf(task: JsonRecord): { key: string; name?: string; value: unknown } | undefined {
  for (const key of ["action", "local_action"]) {
    const value = task[key];
    if (typeof value === "string") {
      const [name = "", ...rest] = value.split(/\s+/);
      return { key, name, value: rest.join(" ") };
    }
    const module = textOf(memberOf(value, "module"));
    if (module !== undefined) return { key, name: module, value };
  }
  return undefined;
}

function shortName(module: string): string {
  return module.slice(module.lastIndexOf(".") + 1);
}

/** `path=/srv owner=root mode=0755` of the one-line form. */
function assignments(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, key, double, single, plain] of text
    .slice(0, 4_000)
    .matchAll(/(?:^|\s)([a-z_]{1,40})=(?:"([^"]*)"|'([^']*)'|((?:\{\{[^{}]{0,300}\}\}|[^\s{]|\{)+))/g)) {
    if (key !== undefined) found[key] = double ?? single ?? plain ?? "";
  }
  return found;
}

function renderArgs(args: JsonRecord, scope: Scope): JsonRecord {
  const rendered: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(args)) rendered[key] = renderValue(value, scope, 0);
  return rendered;
}

function renderValue(value: unknown, scope: Scope, depth: number): unknown {
  if (depth > 5) return value;
  if (Array.isArray(value)) return value.map((item) => renderValue(item, scope, depth + 1));
  if (!isRecord(value)) return resolve(value, scope);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, renderValue(inner, scope, depth + 1)]),
  );
}

function loopScopes(
  task: JsonRecord,
  pointer: string,
  vars: Scope,
): readonly { scope: Scope; itemPointer?: string }[] {
  const key = ["loop", "with_items", "with_list", "with_flattened", "with_dict"].find((name) => name in task);
  if (key === undefined) return [{ scope: vars }];
  const loopVar = textOf(memberOf(task.loop_control, "loop_var")) ?? "item";
  const written = task[key];
  const list = resolve(written, vars);
  if (key === "with_dict" && isRecord(list)) {
    return Object.entries(list).map(([name, value]) => ({
      scope: { ...vars, [loopVar]: { key: name, value } },
    }));
  }
  if (!Array.isArray(list)) return [{ scope: vars }];
  const scopes = list.slice(0, maxItems).map((item: unknown, index) => ({
    scope: { ...vars, [loopVar]: isRecord(item) ? renderArgs(item, vars) : resolve(item, vars) },
    ...(Array.isArray(written) ? { itemPointer: `${pointer}/${key}/${index}` } : {}),
  }));
  return scopes;
}
