// Answers Prometheus' http_sd (https://prometheus.io/docs/prometheus/latest/http_sd/): a list of target groups per job.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Answers } from "./answers.ts";

export interface TargetServerOptions {
  readonly answers: Answers;
  /** Told once per reason why the answers are older than their source. */
  readonly onStale: (because: string) => void;
  readonly onFresh: () => void;
}

export function createTargetServer({ answers, onStale, onFresh }: TargetServerOptions): Server {
  let stale: string | undefined;
  const server = createServer((request, response) => {
    const because = answers.refresh();
    if (because !== stale) {
      stale = because;
      if (because === undefined) onFresh();
      else onStale(because);
    }
    answer(request, response, answers, stale !== undefined);
  });
  // Prometheus asks every 30 s and keeps its connections.
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 10_000;
  server.maxHeadersCount = 100;
  return server;
}

const text = "text/plain; charset=utf-8";

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  answers: Answers,
  isStale: boolean,
): void {
  const { method = "", url = "/" } = request;
  if (method !== "GET" && method !== "HEAD") {
    send(response, 405, text, Buffer.from("only GET and HEAD are answered\n"), method, {
      allow: "GET, HEAD",
    });
    return;
  }
  const path = url.split("?", 1)[0] ?? "/";
  const found = answers.get(path);
  if (found) send(response, 200, found.type, found.body, method);
  else if (path === "/-/healthy") send(response, 200, text, Buffer.from("ok\n"), method);
  else if (path === "/metrics")
    send(response, 200, "text/plain; version=0.0.4", metrics(answers, isStale), method);
  else {
    const known = answers.paths().join("\n");
    send(response, 404, text, Buffer.from(`nothing is answered here; there are:\n${known}\n`), method);
  }
}

/** So that an alert can tell that the model is wrong while the last good one is answered. */
function metrics(answers: Answers, isStale: boolean): Buffer {
  return Buffer.from(
    [
      "# TYPE watchmend_model_last_load_successful gauge",
      `watchmend_model_last_load_successful ${isStale ? 0 : 1}`,
      "# TYPE watchmend_http_sd_jobs gauge",
      `watchmend_http_sd_jobs ${answers.paths().length}`,
      "",
    ].join("\n"),
  );
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: Buffer,
  method: string,
  more: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": String(body.length),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...more,
  });
  response.end(method === "HEAD" ? undefined : body);
}
