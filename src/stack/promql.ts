// What a PromQL expression uses, and what is wrong with it. Also notices LogQL that stands where PromQL is expected.
import type { SyntaxNode, Tree } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { looksLikeLogql } from "./logql-signs.ts";
import { bracketError, type QueryError, tokenAt } from "./query-error.ts";
import { withoutVariables } from "./query-variables.ts";

export interface LabelMatcher {
  readonly name: string;
  readonly op: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

export interface MetricSelector {
  /** Undefined for selectors without a name such as `{job="x"}`. */
  readonly metric?: string;
  readonly matchers: readonly LabelMatcher[];
  readonly offset: number;
  /** `5m` of `x[5m]`. */
  readonly range?: string;
}

export interface PromqlReading {
  readonly error?: QueryError;
  readonly selectors: readonly MetricSelector[];
  readonly functions: readonly string[];
  /** Labels of by, without, on, ignoring and group_left. */
  readonly labels: readonly string[];
  /** The text is a log query, or a metric query over logs: LogQL. */
  readonly isLogql: boolean;
  /** Grafana variables stand in it, so errors near them are not reported. */
  readonly hasVariables: boolean;
}

const longest = 100_000;
const empty = { selectors: [], functions: [], labels: [], isLogql: false, hasVariables: false };

/** Half a dozen rules read the same expressions. Bounded, since a folder may hold any number of dashboards. */
const known = new Map<string, PromqlReading>();
const mostKnown = 2_000;

export function readPromql(source: string): PromqlReading {
  const before = known.get(source);
  if (before) return before;
  const reading = readAnew(source);
  if (known.size >= mostKnown) known.clear();
  known.set(source, reading);
  return reading;
}

function readAnew(source: string): PromqlReading {
  if (source.trim() === "")
    return { ...empty, error: { message: "no expression found in input", offset: 0 } };
  if (source.length > longest) return empty;
  const { text, hasVariables } = withoutVariables(source);
  const tree = parser.parse(text);
  const isLogql = looksLikeLogql(text);
  const error = hasVariables && !isLogql ? undefined : (errorOf(tree, text) ?? typeError(tree, text));
  return { ...(error === undefined ? {} : { error }), ...usesOf(tree, text), isLogql, hasVariables };
}

function errorOf(tree: Tree, text: string): QueryError | undefined {
  const node = firstError(tree);
  if (!node) return undefined;
  const brackets = bracketError(text);
  if (brackets) return brackets;
  const called = unknownFunction(tree, text);
  if (called) return called === "known" ? undefined : called;
  const inside = node.parent?.name;
  if (inside === "UnquotedLabelMatcher" || inside === "QuotedLabelMatcher") {
    return {
      message: `unexpected ${tokenAt(text, node.from)} in label matching, expected string`,
      offset: node.from,
    };
  }
  if (inside === "LabelMatchers") {
    return {
      message: `unexpected ${tokenAt(text, node.to)} in label matching, expected "," or "}"`,
      offset: node.to,
    };
  }
  if (text.slice(node.from).trim() === "") return { message: "unexpected end of input", offset: node.from };
  return { message: `unexpected ${tokenAt(text, node.from)}`, offset: node.from };
}

function firstError(tree: Tree): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  tree.iterate({
    enter(node) {
      if (found) return false;
      if (node.type.isError) found = node.node;
      return undefined;
    },
  });
  return found;
}

/** Names that were functions once, or are by flag, though this grammar does not list them. */
const formerFunctions = new Set([
  "holt_winters",
  "mad_over_time",
  "sort_by_label",
  "sort_by_label_desc",
  "ts_of_min_over_time",
  "ts_of_max_over_time",
  "ts_of_last_over_time",
  "ts_of_first_over_time",
  "first_over_time",
  "limitk",
  "limit_ratio",
  "count_scalar",
  "drop_common_labels",
]);

/** `foo(…)`: an identifier directly in front of a parenthesis that is no function. */
function unknownFunction(tree: Tree, text: string): QueryError | "known" | undefined {
  const node = firstError(tree);
  if (!node || text[node.from] !== "(") return undefined;
  const name = /([A-Za-z_]\w*)\s*$/.exec(text.slice(Math.max(0, node.from - 100), node.from))?.[1];
  if (name === undefined) return undefined;
  if (formerFunctions.has(name)) return "known";
  return { message: `unknown function with name "${name}"`, offset: node.from - name.length };
}

const rangeFunctions =
  /^(?:rate|irate|increase|delta|idelta|deriv|predict_linear|holt_winters|double_exponential_smoothing|changes|resets|\w+_over_time)$/;

/** Errors of types that users meet: a range where none may be, none where one must be, a selector without conditions. */
function typeError(tree: Tree, text: string): QueryError | undefined {
  const top = tree.topNode.firstChild;
  let error: QueryError | undefined;
  tree.iterate({
    enter(ref) {
      if (error) return false;
      if (ref.name === "FunctionCall") error = rangeError(ref.node, text);
      else if (ref.name === "AggregateExpr") error = aggregateError(ref.node, text);
      else if (ref.name === "VectorSelector") error = emptySelector(ref.node, text);
      else if (ref.name === "BinaryExpr") error = operandError(ref.node);
      return undefined;
    },
  });
  if (!error && top && isRange(top)) return undefined;
  return error;
}

function isRange(node: SyntaxNode): boolean {
  if (node.name === "MatrixSelector" || node.name === "SubqueryExpr") return true;
  const wraps = /^(?:ParenExpr|OffsetExpr|StepInvariantExpr|AnchoredExpr|SmoothedExpr)$/.test(node.name);
  return wraps && node.firstChild !== null && isRange(node.firstChild);
}

function rangeError(call: SyntaxNode, text: string): QueryError | undefined {
  const name = nameOfCall(call, text);
  const body = call.getChild("FunctionCallBody");
  if (!body || !rangeFunctions.test(name)) return undefined;
  const args = childrenOf(body);
  const wanted = name === "quantile_over_time" ? args[1] : args[0];
  if (!wanted || isRange(wanted)) return undefined;
  const type =
    wanted.name === "NumberDurationLiteral"
      ? "scalar"
      : wanted.name === "StringLiteral"
        ? "string"
        : "instant vector";
  return {
    message: `expected type range vector in call to function "${name}", got ${type}`,
    offset: wanted.from,
  };
}

function aggregateError(node: SyntaxNode, text: string): QueryError | undefined {
  const body = node.getChild("FunctionCallBody");
  const last = body ? childrenOf(body).at(-1) : undefined;
  if (!last || !isRange(last)) return undefined;
  const name = node.getChild("AggregateOp");
  const op = name ? text.slice(name.from, name.to) : "aggregation";
  return {
    message: `expected type instant vector in aggregation expression, got range vector (${op})`,
    offset: last.from,
  };
}

function operandError(node: SyntaxNode): QueryError | undefined {
  const operand = childrenOf(node).find(isRange);
  return (
    operand && {
      message: "binary expression must contain only scalar and instant vector types",
      offset: operand.from,
    }
  );
}

function emptySelector(node: SyntaxNode, text: string): QueryError | undefined {
  const selector = selectorOf(node, text);
  if (selector.metric !== undefined || !text.slice(node.from, node.to).includes("{")) return undefined;
  if (selector.matchers.some((matcher) => !matchesEmptyValue(matcher))) return undefined;
  return { message: "vector selector must contain at least one non-empty matcher", offset: node.from };
}

function matchesEmptyValue({ op, value }: LabelMatcher): boolean {
  if (op === "=") return value === "";
  if (op === "!=") return value !== "";
  const empties = /^(?:\.\*|\(\.\*\)|\.\*\??|)$/.test(value);
  return op === "=~" ? empties : !empties;
}

function usesOf(tree: Tree, text: string): Pick<PromqlReading, "selectors" | "functions" | "labels"> {
  const selectors: MetricSelector[] = [];
  const functions = new Set<string>();
  const labels = new Set<string>();
  tree.iterate({
    enter(ref) {
      if (ref.name === "VectorSelector") selectors.push(selectorOf(ref.node, text));
      else if (ref.name === "FunctionCall") functions.add(nameOfCall(ref.node, text));
      else if (ref.name === "AggregateOp") functions.add(text.slice(ref.from, ref.to));
      else if (ref.name === "GroupingLabels")
        for (const label of childrenOf(ref.node)) labels.add(text.slice(label.from, label.to));
    },
  });
  return { selectors, functions: [...functions], labels: [...labels] };
}

function nameOfCall(call: SyntaxNode, text: string): string {
  const name = call.getChild("FunctionIdentifier");
  return name ? text.slice(name.from, name.to) : "";
}

function selectorOf(node: SyntaxNode, text: string): MetricSelector {
  const identifier = node.getChild("Identifier");
  const matchers: LabelMatcher[] = [];
  let metric = identifier ? text.slice(identifier.from, identifier.to) : undefined;
  for (const child of childrenOf(node.getChild("LabelMatchers"))) {
    if (child.name === "QuotedLabelName") metric ??= unquote(text.slice(child.from, child.to));
    const matcher = matcherOf(child, text);
    if (matcher) matchers.push(matcher);
  }
  const named = matchers.find((matcher) => matcher.name === "__name__" && matcher.op === "=");
  metric ??= named?.value;
  const range = node.parent?.name === "MatrixSelector" ? node.parent.getChild("DurationExpr") : null;
  return {
    ...(metric === undefined ? {} : { metric }),
    matchers,
    offset: node.from,
    ...(range ? { range: text.slice(range.from, range.to) } : {}),
  };
}

function matcherOf(node: SyntaxNode, text: string): LabelMatcher | undefined {
  if (node.name !== "UnquotedLabelMatcher" && node.name !== "QuotedLabelMatcher") return undefined;
  const [name, op, value] = childrenOf(node);
  if (!name || !op || !value || value.type.isError) return undefined;
  return {
    name: unquote(text.slice(name.from, name.to)),
    op: text.slice(op.from, op.to) as LabelMatcher["op"],
    value: unquote(text.slice(value.from, value.to)),
  };
}

function childrenOf(node: SyntaxNode | null): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) {
    if (child.name !== "LineComment") children.push(child);
  }
  return children;
}

const simpleEscapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** Text of a string literal; a name without quotes stays as it is. */
export function unquote(literal: string): string {
  const quote = literal[0];
  if (quote !== '"' && quote !== "'" && quote !== "`") return literal;
  const inner = literal.slice(1, literal.endsWith(quote) && literal.length > 1 ? -1 : undefined);
  return quote === "`"
    ? inner
    : inner.replace(/\\(.)/g, (_whole, char: string) => simpleEscapes[char] ?? char);
}
