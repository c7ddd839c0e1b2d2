// All parsers. Each folder keeps its own list; a new parser is added there.
import type { TextPattern } from "../model/pattern.ts";
import { apiParsers } from "./api/index.ts";
import { configParsers } from "./config/index.ts";
import { dockerParsers } from "./docker/index.ts";
import { hostParsers } from "./host/index.ts";
import { kubernetesParsers } from "./kubernetes/index.ts";
import { withTextFilter } from "./logs/emitted.ts";
import { logParsers } from "./logs/index.ts";
import type { Parser } from "./parser.ts";

/** `texts`: the patterns of all rules, so that logs keep the lines a rule wants to see. */
export function parsersFor(texts: readonly TextPattern[]): readonly Parser[] {
  const structured = [
    ...kubernetesParsers,
    ...dockerParsers,
    ...hostParsers,
    ...configParsers,
    ...apiParsers,
  ];
  return [...structured.map((parser) => withTextFilter(parser, texts)), ...logParsers(texts)];
}
