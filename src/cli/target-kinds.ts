// The kinds of live systems there are: one entry each. `open` gives no target when the options ask for none of its kind.
import type { Target } from "../model/target.ts";
import { type LiveOptions, limitsOf } from "./live-options.ts";

export interface TargetKind {
  /** The options that ask for it, as usage errors name them. */
  readonly options: string;
  /** Throws a UserError when what is asked for cannot be read at all: a tool is missing, a name is unknown. */
  open(options: LiveOptions, signal: AbortSignal): Promise<readonly Target[]>;
}

const cluster: TargetKind = {
  options: "--context",
  async open(options, signal) {
    const { context, kubeconfig, namespace: namespaces, inCluster } = options;
    if ([context, kubeconfig, namespaces, inCluster].every((option) => option === undefined)) return [];
    const { openCluster } = await import("../targets/kubernetes/open.ts");
    const { parallel } = limitsOf(options);
    const choice = {
      parallel,
      ...(context === undefined ? {} : { context }),
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(namespaces === undefined ? {} : { namespaces }),
      ...(inCluster === undefined ? {} : { inCluster }),
    };
    return [await openCluster(choice, signal)];
  },
};

const hosts: TargetKind = {
  options: "--host",
  async open(options, signal) {
    if (options.host === undefined && options.modelHosts === undefined) return [];
    const { hostTargets } = await import("./host-targets.ts");
    return hostTargets.open(options, signal);
  },
};

/** Loaded when first needed, so that `--from` and `--help` do not pay for it. */
export const targetKinds: readonly TargetKind[] = [cluster, hosts];
