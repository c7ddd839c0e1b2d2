// The parsers of this folder: commands that show the state of a host.
import type { Parser } from "../parser.ts";

export const hostParsers: readonly Parser[] = [];
