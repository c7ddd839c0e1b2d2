// The parsers of this folder: kubectl output, manifests and API answers of Kubernetes.
import type { Parser } from "../parser.ts";
import { getTableParser } from "./get-table.ts";
import { headerlessParser } from "./headerless.ts";
import { manifestParser } from "./manifest.ts";

export const kubernetesParsers: readonly Parser[] = [manifestParser, getTableParser, headerlessParser];
