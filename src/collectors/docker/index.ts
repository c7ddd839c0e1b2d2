// The parsers of this folder: docker, podman and compose output.
import type { Parser } from "../parser.ts";
import { inspectJson } from "./inspect.ts";
import { psTable } from "./ps-table.ts";

export const dockerParsers: readonly Parser[] = [psTable, inspectJson];
