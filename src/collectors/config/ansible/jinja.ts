// Substitutes the Jinja expressions in Ansible files that need no evaluation: `{{ var }}`, `{{ item.path }}`, `| default('x')`.
import { isRecord, memberOf, textOf } from "../../../model/json-value.ts";

/** Names a task can see. */
export type Scope = Readonly<Record<string, unknown>>;

const expression = /\{\{-?([^{}]{1,500})-?\}\}/g;
const maxRounds = 4;

/** Text with every simple expression replaced; what cannot be known stays as it is written. */
export function render(text: string, scope: Scope): string {
  let current = text;
  for (let round = 0; round < maxRounds && current.includes("{{"); round++) {
    const next = current.replace(
      expression,
      (whole, inner: string) => textOf(evaluate(inner, scope)) ?? whole,
    );
    if (next === current || next.length > 20_000) break;
    current = next;
  }
  return current;
}

/** A value as it stands, or what a lone expression (`"{{ folders }}"`) refers to. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (typeof value !== "string") return value;
  const lone = /^\s{0,20}\{\{-?([^{}]{1,500})-?\}\}\s{0,20}$/.exec(value);
  if (!lone) return render(value, scope);
  const found = evaluate(lone[1] ?? "", scope);
  if (found === undefined) return value;
  return typeof found === "string" ? render(found, scope) : found;
}

function evaluate(inner: string, scope: Scope): unknown {
  const [head = "", ...filters] = inner.split("|").map((part) => part.trim());
  return filters.reduce<unknown>(applyFilter, lookUp(head, scope));
}

const step = /^(?:\.([A-Za-z_]\w{0,100})|\[\s{0,5}(?:'([^']{1,200})'|"([^"]{1,200})"|(\d{1,6}))\s{0,5}\])/;

function lookUp(path: string, scope: Scope): unknown {
  const literal = /^(?:'([^']*)'|"([^"]*)"|(-?\d{1,15}))$/.exec(path);
  if (literal) return literal[1] ?? literal[2] ?? Number(literal[3]);
  const name = /^[A-Za-z_]\w{0,100}/.exec(path)?.[0];
  if (name === undefined) return undefined;
  let value = memberOf(scope, name);
  let rest = path.slice(name.length);
  while (rest !== "") {
    const match = step.exec(rest);
    if (!match) return undefined;
    const [whole, plain, single, double, index] = match;
    value = memberOf(value, index === undefined ? (plain ?? single ?? double ?? "") : Number(index));
    rest = rest.slice(whole.length);
  }
  return value;
}

function applyFilter(value: unknown, filter: string): unknown {
  const fallback = /^(?:default|d)\(\s*(?:'([^']*)'|"([^"]*)"|(-?\d{1,15}))\s*(?:,[^)]{0,50})?\)$/.exec(
    filter,
  );
  if (fallback)
    return value === undefined || value === null
      ? (fallback[1] ?? fallback[2] ?? Number(fallback[3]))
      : value;
  if (filter === "dict2items" && isRecord(value))
    return Object.entries(value).map(([key, inner]) => ({ key, value: inner }));
  if (/^(?:string|int|quote|trim|list|bool)$/.test(filter)) return value;
  const text = textOf(value);
  if (text === undefined) return undefined;
  if (filter === "dirname") return text.slice(0, Math.max(text.lastIndexOf("/"), 0));
  if (filter === "basename") return text.slice(text.lastIndexOf("/") + 1);
  if (filter === "lower") return text.toLowerCase();
  if (filter === "upper") return text.toUpperCase();
  return undefined;
}
