// A line of ours that travels the way the host's logs travel, and comes back or does not.
import type { Place } from "./place.ts";
import type { ReadSession } from "./target.ts";

/** Ways into the host's agent, as its configuration tells them. */
export interface CanaryWays {
  readonly journal: boolean;
  /** Containers whose output the agent reads; the line is written to the output of one of them. */
  readonly containers: readonly string[];
  /** Files on the host that do not exist yet and that the agent would read. */
  readonly files: readonly string[];
}

export interface WrittenWay {
  /** `journal`, `container alloy`, `file /var/log/app/watchmend-canary.log` */
  readonly way: string;
  /** Why it could not be written; undefined when it was. */
  readonly failed?: string;
}

/** An answer over HTTP, or why there was none. */
export interface WebAnswer {
  readonly status?: number;
  readonly body: string;
  readonly failed?: string;
}

/** What a host lends for a canary. */
export interface CanaryPerch {
  readonly host: string;
  write(line: string, ways: CanaryWays, session: ReadSession): Promise<readonly WrittenWay[]>;
  /** Takes away the files that hold the line. */
  clear(line: string, ways: CanaryWays, session: ReadSession): Promise<void>;
  /** Status and body of a GET from the host. The headers may hold secrets: no process list on the host shows them. */
  ask(url: string, headers: Readonly<Record<string, string>>, session: ReadSession): Promise<WebAnswer>;
  /** Body of a GET from the host; undefined when there was none. */
  fetch(
    url: string,
    headers: Readonly<Record<string, string>>,
    session: ReadSession,
    /** Folder of that host with what opens the door (`ReadyDoor.keys`). */
    keys?: string,
  ): Promise<string | undefined>;
}

export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** A pod that says one line and ends. */
export interface CanaryPod {
  readonly apiVersion: "v1";
  readonly kind: "Pod";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** What a cluster lends for a canary. */
export interface ClusterPerch {
  /** As the target is called: `cluster kind-dev`. */
  readonly name: string;
  /** GET of a pod's port through the API server, which passes no login on. */
  ask(
    at: PodPort,
    path: string,
    session: ReadSession,
    headers?: Readonly<Record<string, string>>,
  ): Promise<WebAnswer>;
  /** Makes the pod; why not, where that was refused. */
  plant(pod: CanaryPod, session: ReadSession): Promise<string | undefined>;
  /** Deletes a pod of ours, without force. */
  remove(pod: { readonly name: string; readonly namespace: string }, session: ReadSession): Promise<void>;
}

/** The fact: one host's line and what became of it. */
export interface CanaryFlight {
  readonly at: Place;
  readonly host: string;
  readonly outcome: "arrived" | "lost" | "not-written" | "not-asked";
  /** Ways the line was written. */
  readonly ways: readonly string[];
  readonly because?: string;
  /** Milliseconds from writing to finding it. */
  readonly afterMs?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export const canarySchema = "watchmend.canary/v1";

/** The fact: what was asked for through one data source of Grafana, and what came back. */
export interface DatasourceFlow {
  readonly at: Place;
  /** Id of the Grafana. */
  readonly grafana: string;
  readonly uid: string;
  readonly name: string;
  readonly type: "prometheus" | "loki";
  readonly outcome: "fresh" | "nothing" | "not-asked";
  /** What came: `14 targets, the oldest sample 12 s old`, or why nothing did. */
  readonly says: string;
}

export const datasourceFlowSchema = "watchmend.datasource-flow/v1";

/** How many seconds ago each target's newest sample was taken, by Prometheus' own clock; pushed ones count, too. */
export const freshnessQuery = "time() - timestamp(up)";

/** As it stands in a URL; brackets are encoded, because they end a URL in running text. */
export const freshnessPath = `/api/v1/query?query=${encodeURIComponent(freshnessQuery).replaceAll("(", "%28").replaceAll(")", "%29")}`;
