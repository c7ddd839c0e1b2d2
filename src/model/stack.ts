// The picture derived from facts: which components exist, where they run, how they relate.
import type { ComponentKind } from "./component.ts";
import type { ConfigDocument } from "./config.ts";
import type { DockerContainer } from "./docker.ts";
import type { Container, Pod, Service, Workload } from "./kubernetes.ts";
import type { Place } from "./place.ts";

export type Relation =
  | "scrapes"
  | "pushes-to"
  | "queries"
  | "alerts"
  | "mounts"
  | "selects"
  | "runs-on"
  | "resolves";

/** One component as found: a Loki in a pod, a Grafana in a container, a Prometheus known only from its log. */
export interface Component {
  /** Readable and unique: `monitoring/prometheus-0`, `mon/grafana`, or the bare kind when nothing names it. */
  readonly id: string;
  readonly kind: ComponentKind;
  readonly name: string;
  readonly namespace?: string;
  readonly host?: string;
  readonly image?: string;
  /** Version as far as image tag, log or statement tell it: `2.48.0`. */
  readonly version?: string;
  readonly versionAt?: Place;
  readonly at: Place;
  readonly pods: readonly Pod[];
  readonly workload?: Workload;
  /** The component's own container in `pods` or `workload`. */
  readonly container?: Container;
  readonly docker?: DockerContainer;
  readonly services: readonly Service[];
  readonly configs: readonly ConfigDocument[];
  /** Start arguments, wherever they were seen (pod spec, inspect, compose, process list), with their place. */
  readonly args: readonly { readonly text: string; readonly at: Place }[];
}

export interface StackRelation {
  readonly from: string;
  readonly to: string;
  readonly kind: Relation;
  /** False when the evidence shows that it does not work; undefined when nothing shows it either way. */
  readonly works?: boolean;
  readonly label?: string;
  readonly at?: Place;
}

export interface Stack {
  readonly components: readonly Component[];
  readonly relations: readonly StackRelation[];
}
