// What the validator found, in words: path, what stands there, why it is refused, what to write.
import { z } from "zod";
import type { $ZodIssue, $ZodIssueTooBig, $ZodIssueTooSmall } from "zod/v4/core";
import { isRecord, itemsOf, memberOf } from "../model/json-value.ts";
import { type Draft, nearest } from "./fault.ts";
import { schemaName, stackFileSchema } from "./schema.ts";

type Path = readonly PropertyKey[];

export function draftsOfIssue(issue: $ZodIssue, root: unknown, prefix: Path = []): readonly Draft[] {
  const path = [...prefix, ...issue.path];
  const found = valueAt(root, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey([...path, key], knownKeys(path)));
    case "invalid_key":
      return issue.issues.map((inner) => ({ ...ownWords(inner), path }));
    case "invalid_union":
      return unionWords(issue.errors, path, found, root);
    case "invalid_value":
      return [oneOf(path, found, issue.values.map(String))];
    case "invalid_type":
      return [found === undefined ? missing(path, issue.expected) : wrongType(path, found, issue.expected)];
    case "too_big":
    case "too_small":
      return [outOfBounds(path, found, issue)];
    default:
      return [{ ...ownWords(issue), path }];
  }
}

function ownWords(issue: $ZodIssue): Omit<Draft, "path"> {
  const params: unknown = issue.code === "custom" ? issue.params : undefined;
  const why = memberOf(params, "why");
  const write = memberOf(params, "write");
  return {
    says: issue.message,
    ...(typeof why === "string" ? { why } : {}),
    ...(typeof write === "string" ? { write } : {}),
  };
}

function unknownKey(path: Path, known: readonly string[]): Draft {
  const key = String(path.at(-1));
  const near = nearest(key, known);
  return {
    path,
    says: `no key is called "${key}" here${near === undefined ? "" : `; did you mean ${near}?`}`,
    why: "a misspelt key would otherwise be ignored",
    write: near ?? `one of: ${known.join(", ")}`,
  };
}

function oneOf(path: Path, found: unknown, values: readonly string[]): Draft {
  if (path.at(-1) === "schema" && path.length === 1)
    return {
      path,
      says: found === undefined ? "is missing" : `${shown(found)} is a form this version does not read`,
      why: "it tells later versions how to read this file",
      write: `schema: ${schemaName}`,
    };
  if (found === undefined) return { path, says: "is missing", write: values.join(" or ") };
  const near = nearest(String(found), values);
  return {
    path,
    says: `${shown(found)} is none of the possible values${near === undefined ? "" : `; did you mean ${near}?`}`,
    write: values.join(" or "),
  };
}

function missing(path: Path, expected: string): Draft {
  const says = "is missing";
  if (path.at(-1) === "address")
    return { path, says, why: "others must be able to reach the host", write: "address: 10.0.0.11" };
  if (path.length === 1 && path[0] === "hosts")
    return {
      path,
      says,
      why: "a stack runs somewhere",
      write: "hosts:\n  monitoring:\n    address: 10.0.0.11\n    roles: [server, agent]",
    };
  return { path, says, write: `${String(path.at(-1))}: ${kindWords[expected] ?? expected}` };
}

/** A number or a length beyond its bounds. */
function outOfBounds(path: Path, found: unknown, issue: $ZodIssueTooBig | $ZodIssueTooSmall): Draft {
  const isBig = issue.code === "too_big";
  const bound = isBig ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
  if (typeof found === "number")
    return { path, says: `${found} is too ${isBig ? "large" : "small"}`, write: `a number, ${bound}` };
  if (isBig) return { path, says: "is too long", write: bound };
  return {
    path,
    says: "is empty",
    why: "what is to be left out has no key",
    write: `${bound} of it, or not the key`,
  };
}

const kindWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

/** What a bare number is mostly meant in, where a unit has to stand: quoted alone it would be refused again. */
const units: Readonly<Record<string, string>> = {
  time: "d",
  size: "GB",
  scrape_interval: "s",
  scrape_timeout: "s",
  evaluation_interval: "s",
};

function wrongType(path: Path, found: unknown, expected: string): Draft {
  const wanted = kindWords[expected] ?? expected;
  if (mayBeSecret(path) && expected === "string")
    return {
      path,
      says: `what stands here is ${kindOf(found)}, not ${wanted}`,
      write: '"${env:NAME}" or file:/path',
    };
  const asText = expected === "string" && typeof found !== "object";
  const unit = typeof found === "number" ? units[String(path.at(-1))] : undefined;
  const text = unit === undefined ? JSON.stringify(String(found)) : `${found}${unit}`;
  return {
    path,
    says: `${shown(found)} is ${kindOf(found)}, not ${wanted}`,
    ...(asText ? { write: text } : {}),
  };
}

/** A union: the branch of the right type tells best what is wrong. */
function unionWords(
  branches: readonly (readonly $ZodIssue[])[],
  path: Path,
  found: unknown,
  root: unknown,
): readonly Draft[] {
  const fitting = branches.find((branch) => branch.length > 0 && !branch.some((issue) => isOtherType(issue)));
  if (fitting) return fitting.flatMap((issue) => draftsOfIssue(issue, root, path));
  if (found === undefined) return [{ path, says: "is missing" }];
  const wanted = branches.flatMap(([issue]) =>
    issue?.code === "invalid_type" ? [kindWords[issue.expected] ?? issue.expected] : [],
  );
  const value = mayBeSecret(path) ? "what stands here" : shown(found);
  return [
    {
      path,
      says: `${value} is ${kindOf(found)}, which cannot stand here`,
      ...(wanted.length > 0 ? { write: [...new Set(wanted)].join(", or ") } : {}),
    },
  ];
}

/** Such a value is not repeated in a message: those are kept in the logs of pipelines. */
function mayBeSecret(path: Path): boolean {
  return path.some((key) => /password|token|^(?:slack|teams|pagerduty|webhook)$/.test(String(key)));
}

function isOtherType(issue: $ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  return issue.code === "invalid_type" || (issue.code === "invalid_value" && typeof issue.input === "object");
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (isRecord(value)) return "a mapping";
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof key === "symbol" ? undefined : memberOf(value, key)),
    root,
  );
}

let jsonSchema: unknown;

/** The keys a mapping may have, from the schema itself. */
function knownKeys(path: Path): readonly string[] {
  jsonSchema ??= z.toJSONSchema(stackFileSchema, { io: "input" });
  const nodes = path.reduce<readonly unknown[]>(
    (at, key) => at.flatMap((node) => below(node, key)),
    [jsonSchema],
  );
  const keys = nodes.flatMap((node) =>
    branches(node).flatMap((one) => Object.keys(recordOf(memberOf(one, "properties")))),
  );
  return [...new Set(keys)];
}

function branches(node: unknown): readonly unknown[] {
  return [node, ...itemsOf(memberOf(node, "anyOf"))];
}

function below(node: unknown, key: PropertyKey): readonly unknown[] {
  return branches(node).flatMap((one) => {
    if (typeof key === "number") return [memberOf(one, "items")];
    const own = memberOf(memberOf(one, "properties"), String(key));
    return [own ?? memberOf(one, "additionalProperties")];
  });
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
