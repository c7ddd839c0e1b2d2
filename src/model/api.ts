// What the components' own HTTP APIs answered: Prometheus targets and rules, Loki's ring and readiness, Grafana's data sources.
import type { ComponentKind } from "./component.ts";
import type { Place } from "./place.ts";

export interface ScrapeTarget {
  readonly at: Place;
  readonly host?: string;
  readonly job: string;
  readonly instance?: string;
  readonly scrapeUrl?: string;
  readonly health: "up" | "down" | "unknown";
  readonly lastError?: string;
  readonly errorAt?: Place;
  readonly labels: Readonly<Record<string, string>>;
  readonly discoveredLabels?: Readonly<Record<string, string>>;
  readonly dropped?: boolean;
  readonly scrapePool?: string;
  /** How long the last scrape took. */
  readonly lastScrapeMs?: number;
  /** Milliseconds since 1970 of the last scrape. */
  readonly scrapedAtMs?: number;
}

/** An answer of a readiness or health endpoint. */
export interface HealthAnswer {
  readonly at: Place;
  readonly host?: string;
  readonly component?: ComponentKind;
  readonly url?: string;
  readonly httpStatus?: number;
  readonly body: string;
  readonly healthy: boolean;
}

export interface RingMember {
  readonly at: Place;
  readonly id: string;
  readonly state: string;
  readonly address?: string;
}

export interface GrafanaDatasource {
  readonly at: Place;
  readonly origin: "api" | "provisioned";
  readonly name: string;
  readonly type: string;
  readonly uid?: string;
  readonly url?: string;
  readonly urlAt?: Place;
  readonly access?: string;
  readonly isDefault?: boolean;
  readonly orgId?: number;
  readonly health?: string;
}

export interface GrafanaDashboard {
  readonly at: Place;
  readonly host?: string;
  readonly title: string;
  readonly uid?: string;
  readonly folder?: string;
}

/** A rule as Prometheus (or Loki's ruler) reports that it has loaded it. */
export interface LoadedRule {
  readonly at: Place;
  readonly group: string;
  readonly name: string;
  readonly query: string;
  readonly health?: string;
  readonly lastError?: string;
  readonly file?: string;
}

/** A sample of pasted exposition text or of a query answer. */
export interface Sample {
  readonly at: Place;
  readonly host?: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** The question it answers, where the command tells it. */
  readonly query?: string;
}

/** A label name that a Loki knows, from `/loki/api/v1/labels`; `values` only where `/label/<name>/values` was asked. */
export interface LokiLabel {
  readonly at: Place;
  readonly host?: string;
  readonly name: string;
  readonly values?: readonly string[];
}

/** Start flags as `/api/v1/status/flags` shows them. */
export interface RunningFlag {
  readonly at: Place;
  readonly component: ComponentKind;
  readonly name: string;
  readonly value: string;
}
