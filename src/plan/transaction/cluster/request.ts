// Requests to the API server whose answers are objects; what it refuses is told in its own words.
import type { ApiRequest, ClusterDoor } from "../../../model/door.ts";
import { isRecord, type JsonRecord } from "../../../model/json-value.ts";
import { Refused } from "../../edit/refusal.ts";

const timeoutMs = 30_000;
const maxBytes = 32 * 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly object: JsonRecord;
}

/** Throws only when no answer came. */
export async function ask(
  door: ClusterDoor,
  request: Pick<ApiRequest, "method" | "path" | "contentType"> & {
    readonly json?: unknown;
    readonly signal?: AbortSignal;
  },
): Promise<Answer> {
  const { json, signal, ...rest } = request;
  const answer = await door.request({
    ...rest,
    ...(json === undefined
      ? {}
      : { body: JSON.stringify(json), contentType: rest.contentType ?? "application/json" }),
    ...(signal ? { signal } : {}),
    timeoutMs,
    maxBytes,
  });
  if (answer.status === undefined)
    throw new Error(`cluster ${door.context} did not answer: ${answer.failure?.detail ?? "no reason given"}`);
  return { status: answer.status, object: parsed(answer.body) };
}

function parsed(body: Uint8Array): JsonRecord {
  const text = Buffer.from(body).toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return { message: text.trim().slice(0, 300) };
  }
}

export function isFine({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

export function refusalOf({ status, object }: Answer): string {
  const message =
    typeof object.message === "string" && object.message !== "" ? object.message : `status ${status}`;
  return message.slice(0, 500);
}

/** The object; undefined where there is none; throws where it may not be seen. */
export async function getObject(door: ClusterDoor, path: string): Promise<JsonRecord | undefined> {
  const answer = await ask(door, { method: "GET", path });
  if (answer.status === 404) return undefined;
  if (!isFine(answer)) throw new Refused("unreadable", refusalOf(answer));
  return answer.object;
}

export async function listObjects(door: ClusterDoor, path: string): Promise<readonly JsonRecord[]> {
  const object = await getObject(door, path);
  return Array.isArray(object?.items) ? object.items.filter(isRecord) : [];
}
