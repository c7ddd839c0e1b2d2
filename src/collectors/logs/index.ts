// The parsers of this folder: logs and free text. They need to know which texts the rules look for.
import type { TextPattern } from "../../model/pattern.ts";
import type { Parser } from "../parser.ts";

/** Free text is what no other parser claims, so these answer `recognise` with a low number. */
export function logParsers(_texts: readonly TextPattern[]): readonly Parser[] {
  return [];
}
