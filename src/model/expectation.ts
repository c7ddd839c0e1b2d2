// What must be there: from the model, from a file, or, where nobody said, what was discovered.

export interface ExpectedTarget {
  readonly job: string;
  /** `host:port` as Prometheus shows it. */
  readonly instance: string;
  /** Not scraped: an agent sends its samples. */
  readonly way?: "push";
}

export interface Expectation {
  readonly from: "model" | "file" | "discovered";
  readonly source?: string;
  /** Components that must exist, by kind, on this host or anywhere. */
  readonly parts: readonly { readonly kind: string; readonly host?: string }[];
  readonly targets: readonly ExpectedTarget[];
  /** Hosts whose metrics must arrive. */
  readonly measured: readonly string[];
  /** Hosts whose logs must arrive. */
  readonly logging: readonly string[];
  /** Labels of streams that Loki must have, as `job=builds`. */
  readonly logSources: readonly string[];
  /** Names of hosts, targets (`host:port`) or containers that may be away, with the reason. */
  readonly absences: readonly { readonly name: string; readonly because: string }[];
  /** Names or uids of data sources Grafana must have. */
  readonly datasources: readonly string[];
  /** Titles or uids of dashboards Grafana must have. */
  readonly dashboards: readonly string[];
}
