// The parsers of this folder: docker, podman and compose output.
import type { Parser } from "../parser.ts";

export const dockerParsers: readonly Parser[] = [];
