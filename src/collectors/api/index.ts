// The parsers of this folder: answers of the components' HTTP APIs.
import type { Parser } from "../parser.ts";

export const apiParsers: readonly Parser[] = [];
