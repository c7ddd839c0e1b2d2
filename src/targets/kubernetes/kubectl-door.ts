// The API server through `kubectl proxy` on a unix socket of our own: every kubeconfig, exec plugin and HTTP proxy works as it does for kubectl.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiAnswer, ApiRequest, ClusterDoor } from "../../model/door.ts";
import { exchange, proxyFailure } from "./http-request.ts";
import { type KubectlChoice, kubectlOptions } from "./kubectl.ts";
import { rawRequest } from "./raw-request.ts";

const startMs = 10_000;

interface Proxy {
  readonly child: ChildProcess;
  readonly socket: string;
  readonly folder: string;
  readonly agent: Agent;
}

/** The proxy is started with the first request. Where it cannot run, each request is a `kubectl get --raw`. */
export function kubectlDoor(context: string, choice: KubectlChoice, parallel: number): ClusterDoor {
  let starting: Promise<Proxy | undefined> | undefined;
  let closed = false;
  const proxy = (): Promise<Proxy | undefined> => {
    starting ??= startProxy(choice, parallel);
    return starting;
  };
  const viaProxy = async (asked: ApiRequest, mayRestart: boolean): Promise<ApiAnswer> => {
    const running = await proxy();
    if (!running || closed) return await rawRequest(choice, asked);
    const answer = await exchange(
      { socketPath: running.socket, agent: running.agent, host: "localhost" },
      asked,
    );
    const own = proxyFailure(answer.status, answer.body);
    if (own && !isPodProxy(asked.path)) return { body: new Uint8Array(), failure: own };
    if (answer.failure === undefined || running.child.exitCode === null) return answer;
    if (!mayRestart || asked.signal?.aborted) return proxyDied(answer);
    // It was ended from outside: one new one is tried.
    endProxy(running);
    starting = undefined;
    return await viaProxy(asked, false);
  };
  return {
    context,
    request: (asked) => viaProxy(asked, true),
    async close() {
      closed = true;
      const running = await starting;
      if (running) endProxy(running);
      starting = undefined;
    },
  };
}

/** There a 500 with any words is the component's own answer. */
function isPodProxy(path: string): boolean {
  return /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/proxy\//.test(path);
}

function proxyDied({ failure, ...answer }: ApiAnswer): ApiAnswer {
  return {
    ...answer,
    failure: { kind: "reset", detail: `kubectl proxy ended by itself (${failure?.detail ?? "no reason"})` },
  };
}

/** Undefined when it does not come up: an old kubectl, or a system without unix sockets. */
function startProxy(choice: KubectlChoice, parallel: number): Promise<Proxy | undefined> {
  const folder = mkdtempSync(join(socketRoot(), "wm-"));
  const socket = join(folder, "s");
  const child = spawn("kubectl", [...kubectlOptions(choice), "proxy", `--unix-socket=${socket}`], {
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: Ctrl-C is for us, and we end it when we are done.
    detached: true,
  });
  child.unref();
  return new Promise((resolve) => {
    const give = (up: boolean): void => {
      clearTimeout(timer);
      if (up) {
        resolve({ child, socket, folder, agent: new Agent({ keepAlive: true, maxSockets: parallel }) });
        return;
      }
      child.kill();
      rmSync(folder, { recursive: true, force: true });
      resolve(undefined);
    };
    const timer = setTimeout(() => give(false), startMs);
    child.stdout?.on("data", (text: Buffer) => {
      if (text.toString("utf8").includes("Starting to serve")) give(true);
    });
    // What it complains about comes back as the answer to the request; unread, the pipe would fill up.
    child.stderr?.resume();
    child.on("error", () => give(false));
    child.on("exit", () => give(false));
  });
}

/** Paths of unix sockets end at about 100 characters. */
function socketRoot(): string {
  return tmpdir().length > 60 ? "/tmp" : tmpdir();
}

function endProxy({ child, folder, agent }: Proxy): void {
  agent.destroy();
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.kill();
  rmSync(folder, { recursive: true, force: true });
}
