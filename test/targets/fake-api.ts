// A made-up API server for faults of the protocol only: what a real one says is tested in the rig.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClusterDoor } from "../../src/model/door.ts";
import type { ReadSession } from "../../src/model/target.ts";
import { exchange } from "../../src/targets/kubernetes/http-request.ts";

export interface FakeApi {
  readonly door: ClusterDoor;
  /** Paths in the order in which they were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export type Answer = (path: string, response: ServerResponse, request: IncomingMessage) => void;

export async function fakeApi(answer: Answer): Promise<FakeApi> {
  const folder = mkdtempSync(join(tmpdir(), "fake-api-"));
  const socketPath = join(folder, "s");
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request.url ?? "", response, request);
  });
  await new Promise<void>((ready) => server.listen(socketPath, ready));
  return {
    asked,
    door: {
      context: "fake",
      request: (request) => exchange({ socketPath, host: "localhost" }, request),
      close: async () => {},
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}

export function session(
  limits: Partial<ReadSession["limits"]> = {},
  signal = new AbortController().signal,
): ReadSession {
  return {
    limits: {
      itemTimeoutMs: 500,
      itemBytes: 100_000,
      logBytes: 10_000,
      sinceSeconds: 3_600,
      parallel: 4,
      ...limits,
    },
    signal,
    progress: () => {},
  };
}
