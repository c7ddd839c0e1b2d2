// What is wrong with a watchmend.yaml: where, what, why, and what to write instead.

export interface Fault {
  /** 1-based line of the file. */
  readonly line: number;
  /** `hosts.jenkins1.address`. */
  readonly path: string;
  readonly says: string;
  readonly why?: string;
  readonly write?: string;
}

/** A fault before its line is known. */
export interface Draft extends Omit<Fault, "line" | "path"> {
  readonly path: readonly PropertyKey[];
  /** What stands in the file when nothing of `path` does: a default that clashes is told at what it clashes with. */
  readonly near?: readonly PropertyKey[];
}

export function faultText(source: string, fault: Fault): string {
  const where = `${source}:${fault.line}: ${fault.path === "" ? "" : `${fault.path}: `}`;
  const why = fault.why === undefined ? "" : `; ${fault.why}`;
  const write =
    fault.write === undefined ? "" : `\n    write: ${fault.write.replaceAll("\n", "\n           ")}`;
  return `${where}${fault.says}${why}${write}`;
}

export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : `${i === 0 ? "" : "."}${String(key)}`))
    .join("");
}

/** The known word that is nearest to what was written; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = normal(word);
  const scored = known
    .map((candidate) => ({ candidate, distance: distance(plain, normal(candidate)) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  const best = scored[0];
  return best && best.distance <= Math.max(1, Math.floor(plain.length / 3)) ? best.candidate : undefined;
}

function normal(word: string): string {
  return word
    .slice(0, 60)
    .toLowerCase()
    .replace(/[-_\s]/g, "");
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  let above: readonly number[] = [];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? (above[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost, swapped));
    }
    above = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
