// Makes an unrendered Helm or Jinja template readable as YAML: expressions become plain text, statements blank lines.

const longest = 1_000_000;

/** As many lines as before. Undefined when the text is too large to be a template. */
export function withoutExpressions(text: string): string | undefined {
  if (text.length > longest) return undefined;
  return blankComments(text).split("\n").map(readableLine).join("\n");
}

/** Comments of the template language, also over several lines. */
function blankComments(text: string): string {
  return replaceBetween(replaceBetween(text, /\{\{-?\s{0,20}\/\*/g, "*/"), /\{#/g, "#}");
}

function replaceBetween(text: string, open: RegExp, close: string): string {
  let result = "";
  let at = 0;
  for (const match of text.matchAll(open)) {
    if (match.index < at) continue;
    const end = text.indexOf(close, match.index);
    if (end < 0) break;
    const after = close === "*/" ? text.indexOf("}}", end) + 2 : end + close.length;
    if (after < end) break;
    result += text.slice(at, match.index) + text.slice(match.index, after).replace(/[^\n]/g, "");
    at = after;
  }
  return result + text.slice(at);
}

const statement =
  /^\s*(?:\{%.*%\}|\{\{-?\s*(?:if|else|end|range|with|define|block|template|include|toYaml|tpl|fail|\$)\b.*\}\}|\{\{-.*\}\})\s*$/;
const bareKey = /^(\s*(?:- )?)([^:"'#]*\{\{.*?\}\}[^:"']*):(\s.*|)$/;
const value = /^(\s*(?:- )?(?:[\w./-]+|"[^"]*"|'[^']*')\s*:\s+|\s*- )(.*\S)\s*$/;

/**
 * Does a condition, a loop or an inclusion decide what stands in the object? Then neither its labels, ports and mounts
 * nor whether it exists is known before it is rendered.
 */
export function hasOpenStructure(text: string): boolean {
  return text.split("\n").some((line) => line.length <= 2_000 && structure.test(line));
}

const structure =
  /\{%-?\s*(?:if|for|include|macro|import)\b|\{\{-?\s*(?:if|else|range|with|include|template|block|toYaml|tpl)\b/;

function readableLine(line: string): string {
  if (line.length > 2_000 || !(line.includes("{{") || line.includes("{%"))) return line;
  if (statement.test(line) || /^\s*\{\{.*\}\}\s*$/.test(line)) return "";
  const match = value.exec(line);
  const inner = match?.[2];
  if (match?.[1] && inner && !/^[|>]/.test(inner)) {
    const unquoted = /^"(.*)"$/.exec(inner)?.[1] ?? /^'(.*)'$/.exec(inner)?.[1] ?? inner;
    return inner.includes("{{") ? `${match[1]}'${unquoted.replaceAll("'", "''")}'` : line;
  }
  const keyed = bareKey.exec(line);
  return keyed ? `${keyed[1]}'${keyed[2]?.replaceAll("'", "''")}':${keyed[3]}` : line;
}
