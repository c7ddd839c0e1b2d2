// The lock on a namespace: a Lease that says who changes things there, renewed while the run lives.
import type { ClusterDoor } from "../../../model/door.ts";
import { valueAt } from "../../../model/json-value.ts";
import { Refused } from "../../edit/refusal.ts";
import { isAlive } from "../actor.ts";
import { actorForm } from "../entry.ts";
import type { Holder, LockRequest } from "../host-lock.ts";
import { LockHeld, staleAfterSeconds } from "../lock-refusal.ts";
import { ask, isFine, refusalOf } from "./request.ts";

export interface LeaseLock {
  touch(): Promise<void>;
  release(): Promise<void>;
}

const name = "watchmend";
const ownerKey = "watchmend.dev/owner";

/** Throws `LockHeld` when somebody else has it; a Lease whose holder is dead on this machine is taken over. */
export async function takeLease(
  door: ClusterDoor,
  namespace: string,
  token: string,
  request: LockRequest,
): Promise<LeaseLock> {
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  const now = new Date().toISOString().replace("Z", "000Z");
  const lease = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name, namespace, annotations: { [ownerKey]: JSON.stringify(request) } },
    spec: {
      holderIdentity: token,
      acquireTime: now,
      renewTime: now,
      leaseDurationSeconds: staleAfterSeconds,
    },
  };
  const made = await ask(door, { method: "POST", path: leases, json: lease });
  if (!isFine(made)) {
    if (made.status !== 409)
      throw new Refused(
        "unreadable",
        `the lock in namespace ${namespace} cannot be taken: ${refusalOf(made)}`,
      );
    await takeOver(door, leases, namespace, lease, request);
  }
  return heldLease(door, `${leases}/${name}`, token);
}

interface LeaseObject {
  readonly metadata: object;
  readonly spec: object;
}

async function takeOver(
  door: ClusterDoor,
  leases: string,
  namespace: string,
  lease: LeaseObject,
  request: LockRequest,
): Promise<void> {
  const there = await ask(door, { method: "GET", path: `${leases}/${name}` });
  if (there.status === 404)
    throw new Refused("unreadable", `the lock in ${namespace} was just given back: try again`);
  if (!isFine(there)) throw new Refused("unreadable", refusalOf(there));
  const holder = holderOf(namespace, there.object);
  const isDead = holder.actor ? isAlive(holder.actor) === false : holder.silentSeconds > staleAfterSeconds;
  const isOurs =
    holder.transaction === request.transaction &&
    holder.actor?.pid === request.actor.pid &&
    holder.actor.machine === request.actor.machine;
  const breakWith = `kubectl -n ${namespace} delete lease ${name}`;
  if (!isDead && !isOurs) throw new LockHeld(`namespace ${namespace}`, holder, breakWith);
  const resourceVersion = valueAt(there.object, "metadata", "resourceVersion");
  const mine = { ...lease, metadata: { ...lease.metadata, resourceVersion } };
  const put = await ask(door, { method: "PUT", path: `${leases}/${name}`, json: mine });
  if (!isFine(put)) throw new LockHeld(`namespace ${namespace}`, holder, breakWith);
}

function holderOf(namespace: string, object: unknown): Holder {
  const since = (field: string): number | undefined => {
    const time = Date.parse(String(valueAt(object, "spec", field)));
    return Number.isFinite(time) ? Math.max(0, Math.round((Date.now() - time) / 1000)) : undefined;
  };
  const base = { place: `lease ${namespace}/${name}`, silentSeconds: since("renewTime") ?? 0 };
  const age = since("acquireTime");
  let owner: unknown;
  try {
    owner = JSON.parse(String(valueAt(object, "metadata", "annotations", ownerKey)));
  } catch {
    return base;
  }
  const actor = actorForm.safeParse(valueAt(owner, "actor"));
  const why = valueAt(owner, "why");
  const transaction = valueAt(owner, "transaction");
  return {
    ...base,
    ...(actor.success ? { actor: actor.data } : {}),
    ...(typeof why === "string" ? { why } : {}),
    ...(typeof transaction === "string" ? { transaction } : {}),
    ...(age === undefined ? {} : { ageSeconds: age }),
  };
}

function heldLease(door: ClusterDoor, path: string, token: string): LeaseLock {
  return {
    async touch() {
      const renewTime = new Date().toISOString().replace("Z", "000Z");
      await ask(door, {
        method: "PATCH",
        path,
        contentType: "application/json-patch+json",
        json: [
          { op: "test", path: "/spec/holderIdentity", value: token },
          { op: "replace", path: "/spec/renewTime", value: renewTime },
        ],
      });
    },
    async release() {
      const { object } = await ask(door, { method: "GET", path });
      if (valueAt(object, "spec", "holderIdentity") !== token) return;
      const resourceVersion = valueAt(object, "metadata", "resourceVersion");
      await ask(door, { method: "DELETE", path, json: { preconditions: { resourceVersion } } });
    },
  };
}
