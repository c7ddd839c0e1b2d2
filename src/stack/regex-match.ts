// Matches RE2 patterns in time linear to the text (a Pike machine), so that a pattern from somebody's file can never hang us.

import type { RegexNode } from "./regex-reader.ts";
import { parseRegex } from "./regex-syntax.ts";

type Instruction =
  | { readonly op: "char"; readonly matches: (code: number) => boolean }
  | { readonly op: "assert"; readonly kind: string }
  | { readonly op: "save"; readonly slot: number }
  | { readonly op: "split"; readonly first: number; readonly second: number }
  | { readonly op: "jump"; readonly to: number }
  | { readonly op: "match" };

export interface CompiledRegex {
  /** Text of group 0, 1, …; undefined for groups that took no part. Null when the text does not match. */
  match(text: string): readonly (string | undefined)[] | null;
  readonly names: ReadonlyMap<string, number>;
}

const maxProgram = 50_000;

/** Compiles a pattern that must match the whole text, as Prometheus anchors it. Throws a RegexFault. */
export function compileAnchored(pattern: string): CompiledRegex {
  const syntax = parseRegex(pattern, true);
  return machine(syntax.node, syntax.names, true);
}

/** Compiles a pattern that may match anywhere, as in line filters and stages. Throws a RegexFault. */
export function compileSearch(pattern: string, dotAll = false): CompiledRegex {
  const syntax = parseRegex(pattern, dotAll);
  return machine(syntax.node, syntax.names, false);
}

function machine(node: RegexNode, names: ReadonlyMap<string, number>, anchored: boolean): CompiledRegex {
  const program: Instruction[] = [{ op: "save", slot: 0 }];
  emit(node, program);
  program.push({ op: "save", slot: 1 }, { op: "match" });
  return { names, match: (text) => run(program, text, anchored) };
}

function emit(node: RegexNode, program: Instruction[]): void {
  if (program.length > maxProgram) throw new Error("expression too large");
  if (node.is === "char") program.push({ op: "char", matches: node.matches });
  else if (node.is === "assert") program.push({ op: "assert", kind: node.kind });
  else if (node.is === "sequence") for (const inner of node.nodes) emit(inner, program);
  else if (node.is === "group") {
    program.push({ op: "save", slot: node.index * 2 });
    emit(node.node, program);
    program.push({ op: "save", slot: node.index * 2 + 1 });
  } else if (node.is === "either") emitEither(node.nodes, program);
  else if (node.is === "repeat") emitRepeat(node, program);
}

function emitEither(nodes: readonly RegexNode[], program: Instruction[]): void {
  const jumps: number[] = [];
  for (const [index, node] of nodes.entries()) {
    const split = program.length;
    const isLast = index === nodes.length - 1;
    if (!isLast) program.push({ op: "jump", to: 0 });
    emit(node, program);
    if (isLast) continue;
    jumps.push(program.length);
    program.push({ op: "jump", to: 0 });
    program[split] = { op: "split", first: split + 1, second: program.length };
  }
  for (const jump of jumps) program[jump] = { op: "jump", to: program.length };
}

function emitRepeat(node: RegexNode & { is: "repeat" }, program: Instruction[]): void {
  for (let count = 0; count < node.min; count++) emit(node.node, program);
  const branch = (at: number, body: number, after: number) => {
    program[at] = node.lazy
      ? { op: "split", first: after, second: body }
      : { op: "split", first: body, second: after };
  };
  if (node.max === Number.POSITIVE_INFINITY) {
    const loop = program.length;
    program.push({ op: "jump", to: 0 });
    emit(node.node, program);
    program.push({ op: "jump", to: loop });
    branch(loop, loop + 1, program.length);
    return;
  }
  const splits: number[] = [];
  for (let count = node.min; count < node.max; count++) {
    splits.push(program.length);
    program.push({ op: "jump", to: 0 });
    emit(node.node, program);
  }
  for (const split of splits) branch(split, split + 1, program.length);
}

/** Threads at one position, in order of preference, and the instructions already reached there. */
interface ThreadList {
  readonly threads: Thread[];
  readonly seen: Set<number>;
}

function newList(): ThreadList {
  return { threads: [], seen: new Set() };
}

interface Thread {
  readonly pc: number;
  readonly saved: readonly number[];
}

/** Threads in order of preference; the first that matches wins (leftmost-first, as in Go). */
function run(
  program: readonly Instruction[],
  text: string,
  anchored: boolean,
): readonly (string | undefined)[] | null {
  let list = newList();
  let best: readonly number[] | null = null;
  for (let at = 0; at <= text.length; ) {
    const next = newList();
    if ((at === 0 || !anchored) && best === null) addThread(program, list, { pc: 0, saved: [] }, text, at);
    if (list.threads.length === 0 && (anchored || best !== null)) break;
    const code = text.codePointAt(at);
    const width = code === undefined ? 1 : code > 0xffff ? 2 : 1;
    for (const thread of list.threads) {
      const instruction = program[thread.pc];
      if (instruction?.op === "match") {
        if (anchored && at < text.length) continue;
        best = thread.saved;
        break;
      }
      if (instruction?.op === "char" && code !== undefined && instruction.matches(code)) {
        addThread(program, next, { pc: thread.pc + 1, saved: thread.saved }, text, at + width);
      }
    }
    list = next;
    at += width;
  }
  return best === null ? null : captures(best, text);
}

function captures(saved: readonly number[], text: string): readonly (string | undefined)[] {
  const groups: (string | undefined)[] = [];
  for (let slot = 0; slot < saved.length; slot += 2) {
    const start = saved[slot];
    const end = saved[slot + 1];
    groups.push(start === undefined || end === undefined ? undefined : text.slice(start, end));
  }
  return groups;
}

/** Follows jumps, splits and assertions until an instruction consumes text; each instruction once per position. */
function addThread(
  program: readonly Instruction[],
  list: ThreadList,
  thread: Thread,
  text: string,
  at: number,
): void {
  const { threads, seen } = list;
  const pending: Thread[] = [thread];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    const { pc, saved } = current;
    const instruction = program[pc];
    if (!instruction || seen.has(pc)) continue;
    if (instruction.op === "char" || instruction.op === "match") {
      seen.add(pc);
      threads.push(current);
      continue;
    }
    seen.add(pc);
    if (instruction.op === "jump") pending.push({ pc: instruction.to, saved });
    else if (instruction.op === "split") {
      pending.push({ pc: instruction.second, saved }, { pc: instruction.first, saved });
    } else if (instruction.op === "save") {
      const copy = [...saved];
      copy[instruction.slot] = at;
      pending.push({ pc: pc + 1, saved: copy });
    } else if (holds(instruction.kind, text, at)) pending.push({ pc: pc + 1, saved });
  }
}

function holds(kind: string, text: string, at: number): boolean {
  if (kind === "start") return at === 0;
  if (kind === "end") return at === text.length;
  if (kind === "line-start") return at === 0 || text[at - 1] === "\n";
  if (kind === "line-end") return at === text.length || text[at] === "\n";
  const boundary = isWordAt(text, at - 1) !== isWordAt(text, at);
  return kind === "word" ? boundary : !boundary;
}

function isWordAt(text: string, at: number): boolean {
  return /\w/.test(text[at] ?? "");
}
