// What a LogQL query uses, and what is wrong with it. Also notices PromQL that stands where LogQL is expected.
import { parser } from "@grafana/lezer-logql";
import type { SyntaxNode, Tree } from "@lezer/common";
import { looksLikeLogql } from "./logql-signs.ts";
import { type LabelMatcher, readPromql, unquote } from "./promql.ts";
import { bracketError, type QueryError, tokenAt } from "./query-error.ts";
import { withoutVariables } from "./query-variables.ts";
import { checkRe2, matchesEmpty } from "./regex.ts";

export interface StreamSelector {
  readonly matchers: readonly LabelMatcher[];
  readonly offset: number;
}

export interface LogqlReading {
  readonly error?: QueryError;
  readonly selectors: readonly StreamSelector[];
  readonly functions: readonly string[];
  /** Labels of by, without and of filters behind a parser. */
  readonly labels: readonly string[];
  /** Regular expressions of line filters, matchers and the regexp parser. */
  readonly regexes: readonly { readonly pattern: string; readonly offset: number }[];
  readonly isPromql: boolean;
  readonly hasVariables: boolean;
}

const longest = 100_000;
const empty = { selectors: [], functions: [], labels: [], regexes: [], isPromql: false, hasVariables: false };

export function readLogql(source: string): LogqlReading {
  if (source.trim() === "")
    return { ...empty, error: { message: "syntax error: unexpected $end", offset: 0 } };
  if (source.length > longest) return empty;
  const { text, hasVariables } = withoutVariables(source);
  const tree = parser.parse(text);
  const uses = usesOf(tree, text);
  const syntax = syntaxError(tree, text);
  const isPromql = syntax !== undefined && !looksLikeLogql(text) && isPlainPromql(source);
  const error =
    hasVariables && !isPromql
      ? undefined
      : (syntax ?? selectorError(uses.selectors) ?? regexError(uses.regexes));
  return { ...(error === undefined ? {} : { error }), ...uses, isPromql, hasVariables };
}

function isPlainPromql(source: string): boolean {
  const reading = readPromql(source);
  return reading.error === undefined && reading.selectors.some((selector) => selector.metric !== undefined);
}

function syntaxError(tree: Tree, text: string): QueryError | undefined {
  let found: SyntaxNode | undefined;
  tree.iterate({
    enter(node) {
      if (found) return false;
      if (node.type.isError && !isAccepted(node.node, text)) found = node.node;
      return undefined;
    },
  });
  if (!found) return undefined;
  const brackets = bracketError(text);
  if (brackets) return brackets;
  const end = text.slice(found.from).trim() === "";
  return {
    message: end ? "syntax error: unexpected $end" : `syntax error: unexpected ${tokenAt(text, found.from)}`,
    offset: found.from,
  };
}

/** Syntax of newer Loki versions that this grammar does not know. */
function isAccepted(node: SyntaxNode, text: string): boolean {
  const near = text.slice(Math.max(0, node.from - 40), node.to + 40);
  return (
    /\{\s*\}/.test(text.slice(node.from - 1, node.to)) ||
    /\|>|!>|\bvariants\s*\(|\bapprox_topk\s*\(|\b__error__|\bor\s*["`]/.test(near)
  );
}

/** Loki refuses queries that would read every stream. */
function selectorError(selectors: readonly StreamSelector[]): QueryError | undefined {
  const open = selectors.find((selector) => !selector.matchers.some(isSelective));
  return (
    open && {
      message:
        'queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will',
      offset: open.offset,
    }
  );
}

function isSelective({ op, value }: LabelMatcher): boolean {
  if (op === "=") return value !== "";
  return op === "=~" && matchesEmpty(value) === false;
}

function regexError(regexes: LogqlReading["regexes"]): QueryError | undefined {
  for (const { pattern, offset } of regexes) {
    const { message } = checkRe2(pattern);
    if (message !== undefined) return { message, offset };
  }
  return undefined;
}

function usesOf(
  tree: Tree,
  text: string,
): Pick<LogqlReading, "selectors" | "functions" | "labels" | "regexes"> {
  const selectors: StreamSelector[] = [];
  const functions = new Set<string>();
  const labels = new Set<string>();
  const regexes: { pattern: string; offset: number }[] = [];
  const slice = (node: { from: number; to: number }) => text.slice(node.from, node.to);
  tree.iterate({
    enter(ref) {
      if (ref.name === "Selector") {
        const matchers = matchersOf(ref.node, text);
        selectors.push({ matchers, offset: ref.from });
      } else if (ref.name === "RangeOp" || ref.name === "VectorOp") functions.add(slice(ref));
      else if (ref.name === "Labels" && ref.node.parent?.name === "Grouping")
        collectLabels(slice(ref), labels);
      else if (ref.name === "LabelFilter") collectFilter(slice(ref), labels);
      else if (ref.name === "Matcher") collectRegex(matcherOf(ref.node, text), ref.from, regexes);
      else if (ref.name === "LineFilter") collectLineRegex(slice(ref), ref.from, regexes);
    },
  });
  return { selectors, functions: [...functions], labels: [...labels], regexes };
}

function collectLabels(list: string, labels: Set<string>): void {
  for (const label of list.split(",")) if (label.trim() !== "") labels.add(label.trim());
}

function collectFilter(filter: string, labels: Set<string>): void {
  const name = /^\s*([A-Za-z_]\w*)/.exec(filter)?.[1];
  if (name !== undefined) labels.add(name);
}

function collectRegex(
  matcher: LabelMatcher | undefined,
  offset: number,
  regexes: { pattern: string; offset: number }[],
): void {
  if (matcher && (matcher.op === "=~" || matcher.op === "!~"))
    regexes.push({ pattern: matcher.value, offset });
}

function collectLineRegex(
  filter: string,
  offset: number,
  regexes: { pattern: string; offset: number }[],
): void {
  const match = /^(?:\|~|!~)\s*("(?:[^"\\]|\\.)*"|`[^`]*`)/.exec(filter);
  if (match?.[1] !== undefined) regexes.push({ pattern: unquote(match[1]), offset });
}

function matchersOf(selector: SyntaxNode, text: string): readonly LabelMatcher[] {
  const matchers: LabelMatcher[] = [];
  const visit = (node: SyntaxNode, depth: number): void => {
    const matcher = node.name === "Matcher" ? matcherOf(node, text) : undefined;
    if (matcher) matchers.push(matcher);
    else if (depth < 200)
      for (let child = node.firstChild; child; child = child.nextSibling) visit(child, depth + 1);
  };
  visit(selector, 0);
  return matchers;
}

function matcherOf(node: SyntaxNode, text: string): LabelMatcher | undefined {
  const match = /^\s*([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*(["`][\s\S]*)$/.exec(text.slice(node.from, node.to));
  if (!match) return undefined;
  const [, name = "", op = "=", value = ""] = match;
  return { name, op: op as LabelMatcher["op"], value: unquote(value.trim()) };
}
