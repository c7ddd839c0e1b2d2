// What every Kubernetes object has: kind, name, namespace, and whether it was read from a cluster.
import type { Origin } from "../../model/kubernetes.ts";
import type { Place } from "../../model/place.ts";
import type { KubectlCommand } from "./kubectl-command.ts";
import { isRecord, type TreeNode } from "./tree.ts";

export interface ObjectHead {
  readonly at: Place;
  readonly origin: Origin;
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Kinds whose namespace is never the command's. */
const clusterScoped =
  /^(?:Node|NodeMetrics|PersistentVolume|StorageClass|Namespace|CustomResourceDefinition|APIService|Cluster\w+|\w+WebhookConfiguration|PriorityClass|IngressClass|CSIDriver|CSINode|VolumeAttachment|PodSecurityPolicy|SecurityContextConstraints)$/;

export function isClusterScoped(kind: string): boolean {
  return clusterScoped.test(kind);
}

/** Undefined when this is no object with a name. `listed` is what the List around it says about its items. */
export function headOf(
  node: TreeNode,
  listed: { readonly kind?: string; readonly apiVersion?: string } = {},
  command?: KubectlCommand,
): ObjectHead | undefined {
  const kind = node.text("kind") ?? listed.kind;
  const apiVersion = node.text("apiVersion") ?? listed.apiVersion;
  const metadata = node.get("metadata");
  const name = metadata?.text("name") ?? metadata?.text("generateName");
  if (kind === undefined || apiVersion === undefined || name === undefined) return undefined;
  const annotations = shortAnnotations(metadata?.record("annotations"));
  const namespace =
    metadata?.text("namespace") ??
    (isClusterScoped(kind) || command?.verb !== "get" ? undefined : command.namespace);
  return {
    at: node.at,
    origin: isLive(node, metadata) || command?.verb === "get" ? "live" : "manifest",
    kind,
    apiVersion,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function isLive(node: TreeNode, metadata: TreeNode | undefined): boolean {
  const fields = metadata?.value;
  if (isRecord(fields) && ("uid" in fields || "resourceVersion" in fields)) return true;
  const status = node.value;
  if (!isRecord(status) || !isRecord(status.status)) return false;
  return Object.keys(status.status).length > 0;
}

/** kubectl keeps a copy of the whole manifest in an annotation; it says nothing that the object does not. */
function shortAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> | undefined {
  if (!annotations || !("kubectl.kubernetes.io/last-applied-configuration" in annotations))
    return annotations;
  const { "kubectl.kubernetes.io/last-applied-configuration": _copy, ...rest } = annotations;
  return rest;
}

/** Milliseconds since 1970 of an API time stamp. */
export function parseTime(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
