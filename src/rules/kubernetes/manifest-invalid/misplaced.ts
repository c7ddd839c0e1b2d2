// Keys of a workload that stand one level too high or too low: YAML accepts it, the API server refuses or ignores them.

import { isRecord, itemsOf } from "../../../model/json-value.ts";
import type { KubernetesObject } from "../../../model/kubernetes.ts";
import type { Place } from "../../../model/place.ts";
import { placeOf, valueAt } from "../../../stack/config-value.ts";
import type { Path } from "../../../stack/setting.ts";

/** Fields that only a container has. */
const containerOnly = [
  "args",
  "command",
  "image",
  "imagePullPolicy",
  "ports",
  "env",
  "envFrom",
  "volumeMounts",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
  "workingDir",
] as const;
/** Fields that only the pod has. */
const podOnly = [
  "containers",
  "initContainers",
  "volumes",
  "nodeSelector",
  "tolerations",
  "affinity",
  "serviceAccountName",
  "hostNetwork",
  "hostPID",
  "terminationGracePeriodSeconds",
  "dnsPolicy",
] as const;

export interface Misplaced {
  readonly at: Place;
  readonly key: string;
  readonly path: string;
  readonly belongs: string;
}

const kinds = new Set(["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"]);

export function misplacedKeys(object: KubernetesObject): readonly Misplaced[] {
  if (!kinds.has(object.kind) || object.origin !== "manifest") return [];
  const pod: Path = ["spec", "template", "spec"];
  return [
    ...extra(object, [], [...containerOnly, ...podOnly]),
    ...extra(object, ["spec"], [...containerOnly, ...podOnly]),
    ...extra(object, ["spec", "template"], [...containerOnly, ...podOnly]),
    ...extra(object, pod, containerOnly),
    ...["containers", "initContainers"].flatMap((list) =>
      itemsOf(valueAt(object.value, ...pod, list)).flatMap((_item, i) =>
        extra(object, [...pod, list, i], podOnly),
      ),
    ),
  ];
}

function extra(object: KubernetesObject, path: Path, keys: readonly string[]): readonly Misplaced[] {
  const value = valueAt(object.value, ...path);
  if (!isRecord(value)) return [];
  return keys
    .filter((key) => key in value)
    .map((key) => ({
      at: placeOf(object, ...path, key),
      key,
      path: [...path, key].map(String).join("."),
      belongs: (podOnly as readonly string[]).includes(key)
        ? "spec.template.spec"
        : "spec.template.spec.containers[]",
    }));
}
