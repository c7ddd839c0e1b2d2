// What an Ansible file does to owners, modes and paths, one fact per path and run, in the order it happens.
import type { AnsibleFileTask } from "../../../model/ansible.ts";
import type { ConfigDocument } from "../../../model/config.ts";
import { booleanOf, textOf } from "../../../model/json-value.ts";
import type { Emit } from "../../parser.ts";
import { nearestLine } from "../yaml-document.ts";
import { pathChanges } from "./commands.ts";
import { type TaskRun, taskRuns } from "./tasks.ts";

/** Which argument of a module names the path it changes. */
const pathArguments: Readonly<Record<string, readonly string[]>> = {
  file: ["path", "dest", "name"],
  copy: ["dest"],
  template: ["dest"],
  synchronize: ["dest"],
  unarchive: ["dest"],
  get_url: ["dest"],
  assemble: ["dest"],
  git: ["dest"],
  lineinfile: ["path", "dest", "destfile", "name"],
  blockinfile: ["path", "dest", "destfile", "name"],
  replace: ["path", "dest", "destfile", "name"],
  ini_file: ["path", "dest"],
  mount: ["path", "name"],
  acl: ["path", "name"],
  tempfile: ["path"],
};
/** Files and roles that run at this point; named so that orders across files can be put together. */
const inclusions: Readonly<Record<string, readonly string[]>> = {
  role: ["name"],
  import_playbook: ["import_playbook", "_raw"],
  import_role: ["name"],
  include_role: ["name"],
  import_tasks: ["file", "_raw"],
  include_tasks: ["file", "_raw"],
  include: ["file", "_raw"],
};
const scripts = new Set(["command", "shell", "raw", "script"]);

export function emitAnsibleFiles(doc: ConfigDocument, emit: Emit): void {
  emit.seen("ansible.files");
  let order = 0;
  for (const run of taskRuns(doc.value)) {
    for (const fact of factsOf(doc, run)) emit.fact("ansible.files", { ...fact, order: order++ });
  }
}

type Draft = Omit<AnsibleFileTask, "order">;

function factsOf(doc: ConfigDocument, run: TaskRun): readonly Draft[] {
  if (scripts.has(run.module)) return fromScript(doc, run);
  const paths = pathArguments[run.module];
  if (paths) return fromModule(doc, run, paths);
  const included = inclusions[run.module];
  const name =
    included &&
    (included.map((key) => textOf(run.args[key])).find((text) => text !== undefined) ?? run.freeForm);
  return name === undefined ? [] : [{ ...common(doc, run), path: name }];
}

function common(doc: ConfigDocument, run: TaskRun): Omit<Draft, "path"> {
  return {
    at: placeOf(doc, run.itemPointer ?? run.modulePointer),
    module: run.module,
    ...(run.name === undefined ? {} : { name: run.name }),
    ...(run.hosts === undefined ? {} : { hosts: run.hosts }),
  };
}

function placeOf(doc: ConfigDocument, pointer: string) {
  return { source: doc.at.source, line: nearestLine(doc.lines, pointer, doc.at.line ?? 1) };
}

function fromModule(doc: ConfigDocument, run: TaskRun, paths: readonly string[]): readonly Draft[] {
  const path = paths.map((key) => textOf(run.args[key])).find((text) => text !== undefined);
  if (path === undefined) return [];
  // For synchronize, owner and group are switches, not names.
  const owned = run.module === "synchronize" ? {} : ownership(doc, run);
  const state = textOf(run.args.state);
  const recurse = booleanOf(run.args.recurse);
  return [
    {
      ...common(doc, run),
      path: trimSlash(path),
      ...owned,
      ...(state === undefined ? {} : { state }),
      ...(recurse === undefined ? {} : { recurse }),
      ...written(run),
    },
  ];
}

function ownership(doc: ConfigDocument, run: TaskRun) {
  const owner = textOf(run.args.owner);
  const group = textOf(run.args.group);
  const mode = modeText(run.args.mode);
  return {
    ...(owner === undefined ? {} : { owner, ownerAt: placeOf(doc, `${run.modulePointer}/owner`) }),
    ...(owner !== undefined && isWrittenThere(doc, run, owner)
      ? { argumentsPath: pathOfPointer(doc, run.modulePointer) }
      : {}),
    ...(group === undefined ? {} : { group }),
    ...(mode === undefined ? {} : { mode }),
  };
}

/** The owner stands in the document as it is used: not from a variable, not in `key=value` form. */
function isWrittenThere(doc: ConfigDocument, run: TaskRun, owner: string): boolean {
  const task = valueAt(doc.value, pathOfPointer(doc, run.modulePointer));
  return (
    run.itemPointer === undefined &&
    typeof task === "object" &&
    task !== null &&
    "owner" in task &&
    textOf(task.owner) === owner
  );
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<string | number, unknown>)[key] : undefined,
    value,
  );
}

/** Keys and list positions; which of the two a number is, the document tells. */
function pathOfPointer(doc: ConfigDocument, pointer: string): (string | number)[] {
  let at: unknown = doc.value;
  return pointer
    .split("/")
    .slice(1)
    .map((step) => {
      const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
      const found = Array.isArray(at) ? Number(key) : key;
      at = valueAt(at, [found]);
      return found;
    });
}

function written(run: TaskRun) {
  const content = textOf(run.args.line) ?? textOf(run.args.block) ?? textOf(run.args.content);
  const regexp = textOf(run.args.regexp) ?? textOf(run.args.regex);
  const insertAfter = textOf(run.args.insertafter);
  return {
    ...(content === undefined ? {} : { content: content.slice(0, 20_000) }),
    ...(regexp === undefined ? {} : { regexp }),
    ...(insertAfter === undefined ? {} : { insertAfter }),
  };
}

/** A number is what the YAML octal came to; Ansible takes it as it is, so an unquoted 755 really is 1363. */
function modeText(mode: unknown): string | undefined {
  return typeof mode === "number" ? `0${mode.toString(8)}` : textOf(mode);
}

function fromScript(doc: ConfigDocument, run: TaskRun): readonly Draft[] {
  const script = textOf(run.args.cmd) ?? textOf(run.args._raw_params) ?? run.freeForm;
  const argv = Array.isArray(run.args.argv)
    ? run.args.argv.map((word) => textOf(word) ?? "").join(" ")
    : undefined;
  const text = script ?? argv;
  if (text === undefined) return [];
  const base = common(doc, run);
  const first = base.at.line ?? 1;
  const literal = run.itemPointer === undefined && text.includes("\n");
  return pathChanges(text).map(({ line, path, ...change }) => ({
    ...base,
    at: { source: base.at.source, line: literal ? first + 1 + line : first },
    path: trimSlash(path),
    ...change,
  }));
}

function trimSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/{1,50}$/, "") : path;
}
