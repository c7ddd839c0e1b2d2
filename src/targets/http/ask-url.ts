// A GET from the machine watchmend runs on, bounded in time and bytes, with what came back or why nothing did.
import type { WebAnswer } from "../../model/canary.ts";
import type { ReadSession } from "../../model/target.ts";

/** Redirects are not followed: a login page is no answer, and headers may hold secrets. Never throws. */
export async function askUrl(
  url: string,
  headers: Readonly<Record<string, string>>,
  { limits, signal }: ReadSession,
): Promise<WebAnswer> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(limits.itemTimeoutMs)]);
  try {
    const response = await fetch(url, { headers, redirect: "manual", signal: stop });
    const body = await textOf(response, limits.itemBytes);
    return body === undefined
      ? { body: "", failed: "the answer is too large" }
      : { status: response.status, body };
  } catch (error) {
    return { body: "", failed: reasonOf(error, signal.aborted) };
  }
}

async function textOf({ body }: Response, most: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** What fetch calls "fetch failed" says why one level below. */
function reasonOf(error: unknown, isInterrupted: boolean): string {
  if (isInterrupted) return "interrupted by Ctrl-C";
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  return error.cause instanceof Error ? error.cause.message : error.message;
}
