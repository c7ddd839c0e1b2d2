// Path patterns as people know them: `*` within a folder, `**` across folders, `?`, `[a-z]`, `{a,b}`.

/** Does the whole path match? Never slow: segments are matched one by one, without backtracking regular expressions. */
export function matchesGlob(path: string, pattern: string): boolean {
  return expand(pattern).some((one) => matchSegments(path.split("/"), one.split("/")));
}

const mostAlternatives = 64;

/** `a.{yml,yaml}` as `a.yml` and `a.yaml`; more alternatives than anybody writes are taken literally. */
function expand(pattern: string): string[] {
  const done: string[] = [];
  const todo = [pattern];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const group = /\{([^{}]*)\}/.exec(next);
    if (!group || done.length + todo.length > mostAlternatives) {
      done.push(next);
      continue;
    }
    const [before, after] = [next.slice(0, group.index), next.slice(group.index + group[0].length)];
    todo.push(...(group[1] ?? "").split(",").map((choice) => before + choice + after));
  }
  return done;
}

/** Dynamic programming over segments, so that many `**` cost no more than one. */
function matchSegments(path: readonly string[], pattern: readonly string[]): boolean {
  let reached = new Set([0]);
  for (const part of pattern) {
    if (part === "**") {
      reached = from(reached, path.length);
      continue;
    }
    const next = new Set<number>();
    for (const at of reached) if (at < path.length && matchesName(path[at] ?? "", part)) next.add(at + 1);
    reached = next;
  }
  return reached.has(path.length);
}

/** Every position from the first one reached: what a star can take. */
function from(reached: ReadonlySet<number>, end: number): Set<number> {
  const first = Math.min(...reached, end + 1);
  return new Set(Array.from({ length: Math.max(0, end - first + 1) }, (_, i) => first + i));
}

/** One name against one pattern with `*`, `?` and `[…]`. */
export function matchesName(name: string, pattern: string): boolean {
  let reached = new Set([0]);
  for (let i = 0; i < pattern.length && reached.size > 0; i++) {
    const sign = pattern[i];
    if (sign === "*") {
      reached = from(reached, name.length);
      continue;
    }
    const next = new Set<number>();
    const set = sign === "[" ? /^\[(!|\^)?(\]?[^\]]*)\]/.exec(pattern.slice(i)) : null;
    for (const at of reached) {
      if (at < name.length && fits(name[at] ?? "", sign ?? "", set)) next.add(at + 1);
    }
    if (set) i += set[0].length - 1;
    reached = next;
  }
  return reached.has(name.length);
}

function fits(char: string, sign: string, set: RegExpExecArray | null): boolean {
  if (set) return inSet(char, set[2] ?? "") !== (set[1] !== undefined);
  return sign === "?" || sign === char;
}

function inSet(char: string, set: string): boolean {
  for (let i = 0; i < set.length; i++) {
    const [from = "", dash, to] = [set[i], set[i + 1], set[i + 2]];
    if (dash === "-" && to !== undefined) {
      if (from <= char && char <= to) return true;
      i += 2;
    } else if (char === from) return true;
  }
  return false;
}
