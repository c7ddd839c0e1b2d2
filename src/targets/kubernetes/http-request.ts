// One HTTP exchange over a socket or TLS, bounded in time and size. What the other side does is an answer, never an exception.
import { type IncomingMessage, request as plainRequest } from "node:http";
import { type RequestOptions as TlsOptions, request as tlsRequest } from "node:https";
import type { ApiAnswer, ApiRequest } from "../../model/door.ts";

type Failure = NonNullable<ApiAnswer["failure"]>;

const nothing = new Uint8Array();

/** `to` says where: a unix socket, or an address with CA. */
export function exchange(to: TlsOptions & { readonly tls?: boolean }, asked: ApiRequest): Promise<ApiAnswer> {
  const { tls, ...where } = to;
  return new Promise((resolve) => {
    let settled = false;
    const settle = (answer: ApiAnswer): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      asked.signal?.removeEventListener("abort", stop);
      resolve(answer);
    };
    const fail = (kind: Failure["kind"], detail: string): void => {
      settle({ body: nothing, failure: { kind, detail } });
      request.destroy();
    };
    const stop = (): void => fail("other", "interrupted");
    const request = (tls ? tlsRequest : plainRequest)(
      {
        ...where,
        method: asked.method,
        path: asked.path,
        headers: {
          accept: "application/json",
          ...asked.headers,
          ...where.headers,
          ...(asked.body === undefined
            ? {}
            : {
                "content-type": asked.contentType ?? "application/json",
                "content-length": Buffer.byteLength(asked.body),
              }),
        },
      },
      (response) => void receive(response, asked.maxBytes ?? Number.POSITIVE_INFINITY).then(settle),
    );
    const timer = setTimeout(
      () => fail("timed-out", `no complete answer within ${asked.timeoutMs / 1_000} s`),
      asked.timeoutMs,
    );
    request.on("error", (error: NodeJS.ErrnoException) => fail(failureKind(error), detailOf(error)));
    if (asked.signal?.aborted) stop();
    asked.signal?.addEventListener("abort", stop);
    request.end(asked.body);
  });
}

function receive(response: IncomingMessage, maxBytes: number): Promise<ApiAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const status = response.statusCode ?? 0;
  const after = Number(response.headers["retry-after"]);
  const about = { status, ...(Number.isFinite(after) && after > 0 ? { retryAfterSeconds: after } : {}) };
  return new Promise((resolve) => {
    response.on("data", (chunk: Buffer) => {
      const room = maxBytes - size;
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      size += chunk.length;
      if (size <= maxBytes) return;
      resolve({ ...about, body: Buffer.concat(chunks), truncated: true });
      response.destroy();
    });
    response.on("end", () => resolve({ ...about, body: Buffer.concat(chunks) }));
    const cut = (): void =>
      resolve({
        ...about,
        body: Buffer.concat(chunks),
        failure: { kind: "reset", detail: "the connection broke in the middle of the answer" },
      });
    response.on("aborted", cut);
    response.on("error", cut);
  });
}

function failureKind({ code = "", message }: NodeJS.ErrnoException): Failure["kind"] {
  if (code === "ECONNREFUSED") return "refused";
  if (code === "ETIMEDOUT") return "timed-out";
  if (code === "ECONNRESET" || code === "EPIPE") return "reset";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "name";
  return /CERT|TLS|SSL|certificate/i.test(`${code} ${message}`) ? "tls" : "other";
}

function detailOf({ code, message }: NodeJS.ErrnoException): string {
  return message === "" ? (code ?? "unknown error") : message;
}

/** What kubectl's proxy says when it does not reach the API server: its own 500, in Go's words. Undefined for answers of the server. */
export function proxyFailure(status: number | undefined, body: Uint8Array): Failure | undefined {
  if (status !== 500 && status !== 502) return undefined;
  const text = Buffer.from(body.subarray(0, 2_000)).toString("utf8").trim();
  if (text === "" || text.startsWith("{")) return undefined;
  const known = wordings.find(([pattern]) => pattern.test(text));
  return known ? { kind: known[1], detail: text.slice(0, 500) } : undefined;
}

const wordings: readonly (readonly [RegExp, Failure["kind"]])[] = [
  [/x509:|tls:|certificate/, "tls"],
  [/no such host|server misbehaving/, "name"],
  [/connection refused/, "refused"],
  [/i\/o timeout|deadline exceeded|TLS handshake timeout|Client\.Timeout/, "timed-out"],
  [/connection reset|broken pipe|unexpected EOF|\bEOF$|server closed idle connection/, "reset"],
  [
    /^getting credentials: |exec plugin|exec: executable |^dial |no route to host|network is unreachable/,
    "other",
  ],
];
