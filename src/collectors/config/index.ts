// The parsers of this folder: configuration files of the components.
import type { Parser } from "../parser.ts";

export const configParsers: readonly Parser[] = [];
