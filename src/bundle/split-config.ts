// Finds the files somebody pasted between his sentences and log lines, with nothing but blank lines around them.

/** Longer texts are no posts. */
const mostLines = 2_000;
const longestLook = 400;

const yamlKey = /^\s*(?:- )?(?:"[^"]{1,80}"|'[^']{1,80}'|[A-Za-z_][\w./-]{0,60}):(?: \S.*)?$/;
const yamlItem = /^\s*- \S/;
const yamlNest = /^\s*(?:- )?[\w."'/-]{1,80}:\s*(?:[|>][+-]?)?$/;
const comment = /^\s*#/;
const block = /^\s*(?:[\w.]+(?: "[^"]{0,80}")* \{.*|[\w.]+\s*=\s*\S.*|[\])}]+,?|\/\/.*|"[^"]*",?|\{.*\},?)$/;
const logLike =
  /(?:^|\s)(?:level|lvl|ts|caller|msg)=|^\S{0,40}\s?\d{4}-\d\d-\d\d[T ]|^[A-Z][a-z]{2} [ \d]\d \d\d:/;

/** A run of lines `[from, to)`. Comments and single keys are neither: they go with what stands around them. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly kind: "config" | "text" | "neither";
}

/** Where `[from, to)` falls apart into text and configuration; empty where it holds only one of the two. */
export function configEdges(lines: readonly string[], from: number, to: number): readonly number[] {
  if (to - from > mostLines) return [];
  const blocks = blocksOf(lines, from, to);
  const telling = blocks.filter(({ kind }) => kind !== "neither");
  if (!telling.some(({ kind }) => kind === "config") || !telling.some(({ kind }) => kind === "text"))
    return [];
  return telling.flatMap((current, i) => {
    const before = telling[i - 1];
    if (!before) return [];
    const isEdge = before.kind !== current.kind || isService(lines, current);
    return isEdge ? [current.from] : [];
  });
}

function blocksOf(lines: readonly string[], from: number, to: number): Block[] {
  const blocks: Block[] = [];
  for (let i = from; i < to; i++) {
    if (isBlank(lines[i])) continue;
    let end = i;
    while (end < to && !isBlank(lines[end])) end++;
    const own = lines.slice(i, end).map((line) => line.slice(0, longestLook));
    // What is indented below a file's last line belongs to it, whatever it says: a script, a rule's text.
    const goesOn = blocks.at(-1)?.kind === "config" && own.every((line) => /^\s|^[-#}\])]/.test(line));
    const kind = goesOn || isConfig(own) ? "config" : own.some(isText) ? "text" : "neither";
    blocks.push({ from: i, to: end, kind });
    i = end;
  }
  return blocks;
}

function isBlank(line: string | undefined): boolean {
  return (line ?? "").trim() === "";
}

/** At the margin, and no key, item, comment or bracket. */
function isText(line: string): boolean {
  if (/^[\s#\-})\]]/.test(line)) return logLike.test(line);
  return (
    logLike.test(line) ||
    (!yamlKey.test(line) && !block.test(line)) ||
    /^[^:]{1,60}: (?:\S+\s+){4}\S/.test(line)
  );
}

/** Every line a key, an item or deeper than one, and something nested; or the blocks of Alloy and Terraform. */
function isConfig(own: readonly string[]): boolean {
  const filled = own.filter((line) => !comment.test(line));
  if (filled.length < 2 || filled.some((line) => logLike.test(line))) return false;
  const margin = Math.min(...filled.map(indent));
  const isYaml =
    filled.every(
      (line) =>
        yamlKey.test(line) || yamlItem.test(line) || (indent(line) > margin && !/^\s*\d+[\s:]/.test(line)),
    ) &&
    filled.some((line, i) => yamlNest.test(line) && isBelow(filled[i + 1], line)) &&
    filled.filter((line) => yamlKey.test(line) || yamlItem.test(line)).length * 2 >= filled.length;
  return (
    isYaml ||
    (filled.some((line) => /^\w[\w.]+(?: "[^"]*")? \{\s*$/.test(line)) &&
      filled.every((line) => block.test(line)))
  );
}

function isBelow(next: string | undefined, line: string): boolean {
  if (next === undefined) return false;
  return indent(next) > indent(line) || (/^\s*- /.test(next) && indent(next) === indent(line));
}

function indent(line: string): number {
  return line.search(/\S/);
}

/** One service of a compose file, cut out with its indent: no part of the file above it. */
function isService(lines: readonly string[], { from, to }: Block): boolean {
  const [first = "", ...rest] = lines.slice(from, to);
  return (
    /^\s+[\w.-]+:\s*$/.test(first) && rest.some((line) => /^\s+(?:image|build|container_name): /.test(line))
  );
}
