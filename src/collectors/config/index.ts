// Parsers of configuration files.
import type { Parser } from "../parser.ts";
import { configFile } from "./config-file.ts";

export const configParsers: readonly Parser[] = [configFile];
