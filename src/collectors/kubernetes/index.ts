// The parsers of this folder: kubectl output, manifests and API answers of Kubernetes.
import type { Parser } from "../parser.ts";

export const kubernetesParsers: readonly Parser[] = [];
