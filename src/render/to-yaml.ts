// Plain data as YAML: block style, keys in the order of the data, every text that could be read as something else in quotes.

/** A document with comment lines above it. */
export function yamlDocument(value: unknown, comment: readonly string[] = []): string {
  const out: string[] = comment.map((line) => (line === "" ? "#" : `# ${line}`));
  writeBlock(value, "", out, "");
  return `${out.join("\n")}\n`;
}

/** `head` is what stands on the line already (`key:` or `-`), without the value. */
function writeBlock(value: unknown, indent: string, out: string[], head: string): void {
  if (Array.isArray(value) && value.length > 0) {
    if (head !== "") out.push(head);
    for (const item of value) writeItem(item, indent, out);
    return;
  }
  if (isMapping(value)) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    if (entries.length > 0) {
      if (head !== "") out.push(head);
      for (const [key, one] of entries) writeEntry(key, one, indent, out);
      return;
    }
  }
  out.push(head === "" ? `${indent}${inline(value)}` : `${head} ${inline(value)}`);
}

function writeEntry(key: string, value: unknown, indent: string, out: string[]): void {
  const head = `${indent}${scalar(key)}:`;
  if (typeof value === "string" && isBlockText(value)) {
    out.push(`${head} |${value.endsWith("\n") ? "" : "-"}`);
    for (const line of value.replace(/\n$/, "").split("\n"))
      out.push(line === "" ? "" : `${indent}  ${line}`);
    return;
  }
  writeBlock(value, `${indent}  `, out, head);
}

/** The first key of a mapping stands on the line of its dash. */
function writeItem(item: unknown, indent: string, out: string[]): void {
  const from = out.length;
  writeBlock(item, `${indent}  `, out, "");
  const first = out[from] ?? "";
  out[from] = `${indent}- ${first.slice(indent.length + 2)}`;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inline(value: unknown): string {
  if (typeof value === "string") return scalar(value);
  if (Array.isArray(value)) return "[]";
  if (isMapping(value)) return "{}";
  return value === null || value === undefined ? "null" : String(value);
}

/** Several lines that a literal block gives back exactly. */
function isBlockText(text: string): boolean {
  return (
    text.includes("\n") &&
    !/^[\s\n]/.test(text) &&
    !/\n\n$|[ \t]\n|[ \t]$/.test(text) &&
    !/[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe]/.test(text)
  );
}

/** Texts that YAML 1.1 and 1.2 both read as this very text. */
const plain = /^[A-Za-z/_.][A-Za-z0-9/_.()[\]{}*+=$@%^~-]*(?:[ :][A-Za-z0-9/_.()=$@%^~+*-]+)*$/;
const special = /^(?:true|false|yes|no|on|off|y|n|null|~|nan|inf|[.]inf|[.]nan|[.])$/i;

export function scalar(text: string): string {
  const isPlain =
    text.length < 1000 &&
    plain.test(text) &&
    !special.test(text) &&
    !/^[.\d]|: |:$|^\.{3}|[[\]{}]/.test(text);
  return isPlain
    ? text
    : JSON.stringify(text).replace(/[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
