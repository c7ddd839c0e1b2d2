// What a cluster lends for a canary: pods' ports through the API server, and a short-lived pod where --canary allows it.
import type { ClusterPerch, WebAnswer } from "../../model/canary.ts";
import type { ApiAnswer, ClusterDoor } from "../../model/door.ts";
import { messageOf, statusMessage } from "./why-not.ts";

export function clusterPerch(name: string, door: ClusterDoor): ClusterPerch {
  return {
    name,
    async ask({ namespace, pod, port }, path, { limits, signal }, headers) {
      const answer = await door.request({
        method: "GET",
        path: `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy${path}`,
        timeoutMs: limits.itemTimeoutMs,
        maxBytes: limits.itemBytes,
        signal,
        ...(headers && Object.keys(headers).length > 0 ? { headers } : {}),
      });
      return webAnswer(answer);
    },
    async plant(pod, { limits, signal }) {
      const { name: own, namespace } = pod.metadata;
      const answer = await door.request({
        method: "POST",
        path: `/api/v1/namespaces/${namespace}/pods`,
        body: JSON.stringify(pod),
        timeoutMs: limits.itemTimeoutMs,
        signal,
      });
      if (answer.failure) return `the pod ${own} could not be made: ${answer.failure.detail}`;
      if (answer.status === 200 || answer.status === 201) return undefined;
      const rights = answer.status === 403 ? "; watchmend rbac --canary prints the right that is needed" : "";
      return `the pod ${own} was refused: ${messageOf(answer)}${rights}`;
    },
    async remove({ name: own, namespace }, { limits, signal }) {
      await door.request({
        method: "DELETE",
        path: `/api/v1/namespaces/${namespace}/pods/${own}`,
        timeoutMs: limits.itemTimeoutMs,
        signal,
      });
    },
  };
}

/** A Status object is the API server's own word: the pod was not reached. */
function webAnswer({ status, body, failure, truncated, ...rest }: ApiAnswer): WebAnswer {
  if (failure) return { body: "", failed: failure.detail };
  if (truncated) return { body: "", failed: "the answer is too large" };
  const text = Buffer.from(body).toString("utf8");
  const isOwn =
    status !== undefined &&
    status >= 400 &&
    (statusMessage(text) !== undefined || /^error trying to reach service/i.test(text));
  if (isOwn) return { body: "", failed: `the API server says: ${messageOf({ status, body, ...rest })}` };
  return { ...(status === undefined ? {} : { status }), body: text };
}
