// Options to a cluster that can be read.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ClusterDoor } from "../../model/door.ts";
import type { Target } from "../../model/target.ts";
import { inClusterDoor, isInCluster } from "./in-cluster-door.ts";
import { chosenContext } from "./kubectl.ts";
import { kubectlDoor } from "./kubectl-door.ts";
import { kubernetesTarget } from "./target.ts";

export interface ClusterChoice {
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly namespaces?: readonly string[];
  readonly inCluster?: boolean;
  readonly parallel: number;
}

/** Throws a UserError when kubectl, its kubeconfig or the context is not there. */
export async function openCluster(choice: ClusterChoice, signal: AbortSignal): Promise<Target> {
  const { namespaces } = choice;
  return kubernetesTarget(
    await openClusterDoor(choice, signal),
    namespaces === undefined ? {} : { namespaces },
  );
}

/** The door alone, for what changes the cluster. */
export async function openClusterDoor(choice: ClusterChoice, signal: AbortSignal): Promise<ClusterDoor> {
  const { context, kubeconfig, parallel } = choice;
  if (choice.inCluster || prefersServiceAccount(choice)) return inClusterDoor(parallel);
  const chosen = {
    ...(context === undefined ? {} : { context }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  };
  const name = await chosenContext(chosen, signal);
  return kubectlDoor(name, { ...chosen, context: name }, parallel);
}

/** In a pod where nothing names another cluster. */
function prefersServiceAccount({ context, kubeconfig }: ClusterChoice): boolean {
  if (context !== undefined || kubeconfig !== undefined) return false;
  const ownConfig = process.env.KUBECONFIG !== undefined || existsSync(join(homedir(), ".kube", "config"));
  return !ownConfig && isInCluster();
}
