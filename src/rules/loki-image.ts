// What single releases of the image grafana/loki do wrong.
import type { Component } from "../model/stack.ts";

/** 3.6.0 copied /loki without an owner. A fresh named volume takes that over; a bind mount or a claim has its own owner. */
export function imageOwnsAsRoot(component: Component): boolean {
  if (!/^v?3\.6\.0$/.test(component.version ?? "") || component.pods.length > 0 || component.workload)
    return false;
  const mounts = component.docker?.mounts ?? component.docker?.declared?.mounts ?? [];
  return !mounts.some(({ type, target, source }) => {
    const isBind = type === "bind" || (type === undefined && (source ?? "").startsWith("/"));
    return isBind && /^\/loki(?:\/|$)/.test(target);
  });
}
