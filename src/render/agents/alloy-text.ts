// Alloy's configuration language, written from data: blocks, attributes, references.

export type AlloyValue =
  | string
  | number
  | boolean
  | { readonly ref: string }
  | readonly AlloyValue[]
  | { readonly map: Readonly<Record<string, AlloyValue>> };

export interface AlloyBlock {
  /** `loki.write` */
  readonly name: string;
  readonly label?: string;
  readonly body: readonly (AlloyBlock | AlloyAttribute)[];
}

export interface AlloyAttribute {
  readonly key: string;
  readonly value: AlloyValue;
}

export const ref = (text: string): AlloyValue => ({ ref: text });
export const map = (values: Readonly<Record<string, AlloyValue>>): AlloyValue => ({ map: values });

/** The mapping's entries as attributes; undefined ones are left out. */
export function attributes(
  values: Readonly<Record<string, AlloyValue | undefined>>,
): readonly AlloyAttribute[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
}

export function alloyText(blocks: readonly AlloyBlock[], comment: readonly string[]): string {
  const head = comment.map((line) => `// ${line}`).join("\n");
  return `${head}\n\n${blocks.map((block) => blockText(block, "")).join("\n\n")}\n`;
}

function blockText(block: AlloyBlock, indent: string): string {
  const head = `${indent}${block.name}${block.label === undefined ? "" : ` ${JSON.stringify(block.label)}`} {`;
  if (block.body.length === 0) return `${head} }`;
  return `${head}\n${bodyLines(block.body, `${indent}\t`).join("\n")}\n${indent}}`;
}

/** As `alloy fmt` writes it: equals signs of neighbouring attributes stand below each other, blocks stand apart. */
function bodyLines(body: AlloyBlock["body"], indent: string): readonly string[] {
  const lines: string[] = [];
  let from = 0;
  while (from < body.length) {
    const part = body[from];
    if (part === undefined) break;
    if ("name" in part) {
      if (from > 0) lines.push("");
      lines.push(blockText(part, indent));
      from++;
      continue;
    }
    let to = from;
    const run: (readonly [key: string, text: string])[] = [];
    for (let next = body[to]; next !== undefined && "key" in next; next = body[to]) {
      const text = valueText(next.value, indent);
      run.push([next.key, text]);
      to++;
      // A value of several lines ends the column.
      if (text.includes("\n")) break;
    }
    const width = Math.max(...run.map(([key]) => key.length));
    for (const [key, text] of run) lines.push(`${indent}${key.padEnd(width)} = ${text}`);
    from = to;
  }
  return lines;
}

function valueText(value: AlloyValue, indent: string): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  if (isList(value)) {
    const parts = value.map((one) => valueText(one, `${indent}\t`));
    const short = `[${parts.join(", ")}]`;
    if (short.length < 100 && !short.includes("\n")) return short;
    return `[\n${parts.map((part) => `${indent}\t${part},`).join("\n")}\n${indent}]`;
  }
  if ("ref" in value) return value.ref;
  const entries = Object.entries(value.map);
  if (entries.length === 0) return "{}";
  const keys = entries.map(([key]) => (/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key)));
  const width = Math.max(...keys.map((key) => key.length));
  const lines = entries.map(
    ([, one], i) => `${indent}\t${(keys[i] ?? "").padEnd(width)} = ${valueText(one, `${indent}\t`)},`,
  );
  return `{\n${lines.join("\n")}\n${indent}}`;
}

function isList(value: AlloyValue): value is readonly AlloyValue[] {
  return Array.isArray(value);
}
