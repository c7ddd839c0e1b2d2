// The slow way to the API server, one kubectl per request: for systems where `kubectl proxy` cannot listen on a unix socket.
import type { ApiAnswer, ApiRequest } from "../../model/door.ts";
import { type KubectlChoice, kubectlOptions, runKubectl } from "./kubectl.ts";

const defaultBytes = 64 * 1024 * 1024;

/** Reads and creates; kubectl has no raw form of other changes with a body and a content type. */
export async function rawRequest(choice: KubectlChoice, asked: ApiRequest): Promise<ApiAnswer> {
  const { method, path, body, signal, timeoutMs } = asked;
  const verbs: Partial<Record<ApiRequest["method"], readonly string[]>> = {
    GET: ["get", "--raw", path],
    POST: ["create", "--raw", path, "-f", "-"],
    PUT: ["replace", "--raw", path, "-f", "-"],
    DELETE: ["delete", "--raw", path],
  };
  if (asked.headers) return failed("other", "kubectl proxy did not start, and kubectl cannot send headers");
  const verb = verbs[method];
  if (!verb) return failed("other", `kubectl proxy did not start, and kubectl cannot send a raw ${method}`);
  const maxBytes = asked.maxBytes ?? defaultBytes;
  const { code, stdout, stderr, notFound } = await runKubectl([...kubectlOptions(choice), ...verb], {
    timeoutMs,
    maxBytes: maxBytes + 1,
    ...(signal ? { signal } : {}),
    ...(body === undefined ? {} : { stdin: body }),
  });
  if (notFound) return failed("other", "kubectl is not installed or not in PATH");
  if (stdout.length > maxBytes) return { status: 200, body: stdout.subarray(0, maxBytes), truncated: true };
  if (code === 0) return { status: 200, body: stdout };
  if (code === undefined && stderr === "")
    return failed("timed-out", `no complete answer within ${timeoutMs / 1_000} s`);
  return answerOfError(stderr);
}

/** `Error from server (Forbidden): pods is forbidden: …` as the answer it stands for. */
function answerOfError(stderr: string): ApiAnswer {
  const match = /Error from server(?: \((\w+)\))?: (.{0,2000})/s.exec(stderr);
  if (match) {
    const [, reason = "", message = ""] = match;
    const status = statusOf[reason] ?? 500;
    return {
      status,
      body: Buffer.from(JSON.stringify({ kind: "Status", status: "Failure", message, reason, code: status })),
    };
  }
  if (/must be logged in|provide credentials|Unauthorized/i.test(stderr))
    return { status: 401, body: Buffer.from(stderr.slice(0, 2_000)) };
  return failed(
    /refused/.test(stderr) ? "refused" : /timeout|deadline/i.test(stderr) ? "timed-out" : "other",
    stderr,
  );
}

const statusOf: Readonly<Record<string, number>> = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  Conflict: 409,
  Expired: 410,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
  ServerTimeout: 504,
};

function failed(kind: NonNullable<ApiAnswer["failure"]>["kind"], detail: string): ApiAnswer {
  return { body: new Uint8Array(), failure: { kind, detail: detail.slice(0, 500) } };
}
