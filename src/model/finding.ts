// One problem on one subject with its proof, and the causal role it plays.
import type { ComponentKind } from "./component.ts";
import type { Place, Proof } from "./place.ts";
import type { Step } from "./plan.ts";

export type Severity = "critical" | "warning" | "notice";
export type Certainty = "proven" | "likely" | "possible";
export type Role = "root" | "symptom" | "latent" | "notice";
export type Layer =
  | "config"
  | "rules"
  | "version"
  | "permissions"
  | "storage"
  | "memory"
  | "probe"
  | "image"
  | "scheduling"
  | "admission"
  | "rbac"
  | "auth"
  | "tls"
  | "network"
  | "dns"
  | "firewall"
  | "discovery"
  | "ingestion"
  | "limits"
  | "clock"
  | "state"
  | "delivery"
  | "query"
  | "dashboards"
  | "node"
  | "runtime";

/** What a finding or a verdict can be about. */
export const subjectKinds = [
  "component",
  "host",
  "link",
  "volume",
  "pod",
  "service",
  "node",
  "file",
  "object",
  "network",
  "cluster",
] as const;

export interface Subject {
  readonly kind: (typeof subjectKinds)[number];
  /** Stable and readable: `monitoring/prometheus-0`, `mon/grafana`, `grafana → loki`, `/etc/prometheus/alerts.yml`. */
  readonly id: string;
}

/** Another explanation of the same text, and what became of it. */
export interface Rival {
  /** Rule id, or a short name where no rule exists (`runasgroup-missing`). */
  readonly rule: string;
  readonly state: "refuted" | "untestable" | "possible";
  readonly because: string;
  readonly decideWith?: string;
}

/** A place to quote; the engine fills `excerpt` with the line that stands there when the rule gives none. */
export type ProofDraft = Place & { readonly pointer?: string; readonly excerpt?: string };

/** What a rule returns. The engine adds id, role, links and excerpts. */
export interface FindingDraft {
  readonly subject: Subject;
  /** Id of the stack component concerned; found from subject and proof when left out. */
  readonly component?: string;
  /** One sentence with the concrete names, numbers and addresses of this case. */
  readonly says: string;
  readonly proof: readonly ProofDraft[];
  readonly certainty: Certainty;
  /** Overrides the rule's severity for this case. */
  readonly severity?: Severity;
  /** Ids of further components this finding is about, e.g. the server a dial error names. Used to link causes. */
  readonly concerns?: readonly string[];
  readonly rivals?: readonly Rival[];
  /** The command that would turn `likely` or `possible` into proof. */
  readonly decideWith?: string;
  /** Milliseconds since 1970 of the newest proof, where known. */
  readonly timeMs?: number;
  /** Present when the fault is provable from files but nothing at run time shows its effect yet. */
  readonly notYetStruck?: boolean;
}

export interface Fix {
  readonly summary: string;
  readonly risk: "safe" | "disruptive" | "destructive";
  readonly steps: readonly Step[];
}

/** A finding of the report, `watchmend.report/v1`. */
export interface Finding {
  readonly id: string;
  readonly rule: string;
  readonly role: Role;
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly component: ComponentKind;
  readonly layer: Layer;
  readonly subject: Subject;
  readonly title: string;
  readonly says: string;
  readonly proof: readonly Proof[];
  readonly explains: readonly string[];
  readonly explainedBy: readonly string[];
  readonly rivals: readonly Rival[];
  /** The command that would turn `likely` or `possible` into proof. */
  readonly decideWith?: string;
  readonly fix?: Fix;
}
