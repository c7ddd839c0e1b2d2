// Configuration files, parsed, with a line for every key, wherever they were found: on disk, in a ConfigMap, in an API answer.
import type { EmbeddedIn } from "./evidence.ts";
import type { LineIndex } from "./kubernetes.ts";
import type { Place } from "./place.ts";

export const configKinds = [
  "prometheus",
  "prometheus-rules",
  "prometheus-file-sd",
  "prometheus-web",
  "alertmanager",
  "loki",
  "loki-rules",
  "promtail",
  "promtail-positions",
  "alloy",
  "grafana-ini",
  "grafana-datasources",
  "grafana-dashboard-providers",
  "grafana-dashboard",
  "grafana-alerting",
  "blackbox",
  "compose",
  "helm-values",
  "kubernetes-manifest",
  "ansible-playbook",
  "ansible-inventory",
  "docker-daemon",
  "containerd",
  "cni",
  "shell-script",
  "unknown-yaml",
  "unknown-json",
] as const;
export type ConfigKind = (typeof configKinds)[number];

export interface ParseError {
  readonly message: string;
  readonly at: Place;
  /** The line that does not parse, as it stands. */
  readonly excerpt: string;
}

/**
 * One configuration document. `value` is plain JSON data (undefined when it does not parse); `lines` maps JSON pointers
 * (`/server/grpc_listen_port`) to 1-based lines of `at.source`, so that a proof can point at the key.
 */
export interface ConfigDocument {
  readonly at: Place;
  readonly kind: ConfigKind;
  /** Path in the container or on the host, when known. */
  readonly path?: string;
  readonly host?: string;
  /** The pod that said what it runs. */
  readonly answeredBy?: { readonly namespace: string; readonly pod: string };
  readonly embeddedIn?: EmbeddedIn;
  /** "running": what a process said it has loaded (/config, /api/v1/status/config); "file": what stands on disk. */
  readonly origin: "file" | "running";
  readonly value: unknown;
  readonly text: string;
  /** Line of the source on which `text` begins (`at.line` is the first line with content). */
  readonly startLine?: number;
  readonly lines: LineIndex;
  readonly parseError?: ParseError;
  /** The file itself is an unrendered template (Helm, Jinja): `value` is undefined, and that is no error. */
  readonly template?: boolean;
  /** Only part of the configuration the component will read (a block of Helm values): what is missing here may be set elsewhere. */
  readonly fragment?: boolean;
  /** Stands between the sentences of a post: it can be read there, not edited. */
  readonly inPost?: true;
  /** Keys that stand twice in one mapping. */
  readonly duplicateKeys: readonly { readonly pointer: string; readonly at: Place }[];
}
