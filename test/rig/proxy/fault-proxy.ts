// A program of its own: stands before the API server and answers wrongly on request. It is started where the operator sits.
// Arguments: the kubeconfig to reach the real server with, the file that says what to do, the file it writes its port to.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { parse } from "yaml";
import type { Wish } from "./wish.ts";

const [kubeconfig = "", wishFile = "", portFile = ""] = process.argv.slice(2);

type Kubeconfig = {
  readonly users: readonly [
    { readonly user: { readonly "client-certificate-data": string; readonly "client-key-data": string } },
  ];
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } },
  ];
};

const {
  users: [{ user }],
  clusters: [{ cluster }],
} = parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig;
const decoded = (text: string): Buffer => Buffer.from(text, "base64");
const agent = new Agent({
  keepAlive: true,
  cert: decoded(user["client-certificate-data"]),
  key: decoded(user["client-key-data"]),
  ca: decoded(cluster["certificate-authority-data"]),
});

const wish = (): Wish => JSON.parse(readFileSync(wishFile, "utf8")) as Wish;

/** The real answer, whole. */
const real = (asked: IncomingMessage): Promise<{ status: number; type: string; body: Buffer }> =>
  new Promise((resolve, reject) => {
    // The API server's answer must come uncompressed, so that half of it is half of the text.
    const headers = { ...asked.headers, "accept-encoding": "identity" };
    delete headers.host;
    const to = request(
      new URL(asked.url ?? "/", cluster.server),
      { agent, method: asked.method, headers },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 502,
            type: answer.headers["content-type"] ?? "application/json",
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    to.on("error", reject);
    asked.pipe(to);
  });

const refuse = (
  answer: ServerResponse,
  code: number,
  reason: string,
  more: Record<string, string> = {},
): void => {
  const status = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    reason,
    code,
    message: `${reason}, says the fault proxy`,
  };
  answer.writeHead(code, { "content-type": "application/json", ...more });
  answer.end(JSON.stringify(status));
};

const trickle = (answer: ServerResponse, body: Buffer): void => {
  let at = 0;
  const timer = setInterval(() => {
    answer.write(body.subarray(at, at + 1));
    at += 1;
    if (at < body.length) return;
    clearInterval(timer);
    answer.end();
  }, 500);
  answer.on("close", () => clearInterval(timer));
};

const respond = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
  const { kind, paths } = wish();
  const struck = kind !== "none" && new RegExp(paths).test(asked.url ?? "/");
  if (struck && kind === "forbidden") return refuse(answer, 403, "Forbidden");
  if (struck && kind === "error") return refuse(answer, 500, "InternalError");
  if (struck && kind === "throttled") return refuse(answer, 429, "TooManyRequests", { "retry-after": "1" });
  if (struck && kind === "silent") return;
  if (struck && kind === "reset") {
    asked.socket.resetAndDestroy();
    return;
  }
  const { status, type, body } = await real(asked);
  if (struck && kind === "empty") {
    answer.writeHead(status, { "content-type": type });
    answer.end();
    return;
  }
  const half = body.subarray(0, Math.ceil(body.length / 2));
  if (struck && kind === "cut") {
    // Shorter than announced: the connection ends in the middle.
    answer.writeHead(status, { "content-type": type, "content-length": body.length });
    answer.write(half, () => asked.socket.destroy());
    return;
  }
  answer.writeHead(status, { "content-type": type });
  if (struck && kind === "slow") trickle(answer, body);
  else answer.end(struck && kind === "halved" ? half : body);
};

const server = createServer((asked, answer) => {
  respond(asked, answer).catch((error: unknown) => {
    process.stderr.write(`${asked.method} ${asked.url}: ${String(error)}\n`);
    if (answer.headersSent) asked.socket.destroy();
    else refuse(answer, 502, "BadGateway");
  });
});

// Whoever started it holds its input open; it ends with that process, however that one ends.
process.stdin.on("close", () => process.exit(0)).resume();

server.listen(0, "127.0.0.1", () => {
  writeFileSync(`${portFile}.new`, String((server.address() as AddressInfo).port));
  renameSync(`${portFile}.new`, portFile);
});
