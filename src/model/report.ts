// The report, `watchmend.report/v1`: what every output format is made from.
import type { Finding } from "./finding.ts";
import type { Relation } from "./stack.ts";

export type Verdict = "healthy" | "problems" | "unknown";

export interface ReportComponent {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly host?: string;
  readonly version?: string;
}

export interface ReportRelation {
  readonly from: string;
  readonly to: string;
  readonly kind: Relation;
  readonly works?: boolean;
  readonly label?: string;
}

export interface Report {
  readonly schema: "watchmend.report/v1";
  readonly tool: { readonly version: string };
  readonly verdict: Verdict;
  readonly coverage: {
    readonly rules: {
      readonly evaluated: number;
      readonly inconclusive: number;
      readonly notApplicable: number;
    };
    readonly missing: readonly {
      readonly what: string;
      readonly because: string;
      readonly decideWith?: string;
    }[];
  };
  readonly stack: {
    readonly components: readonly ReportComponent[];
    readonly relations: readonly ReportRelation[];
  };
  readonly findings: readonly Finding[];
  /** One entry per cause link, with the mechanism in words. */
  readonly links: readonly { readonly from: string; readonly to: string; readonly mechanism: string }[];
}
