// `npm run bench -- cluster`: a real API server with 5,000 pods, 500 Services and 10,000 events; time, requests and memory of one diagnosis.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCluster } from "../rig/cluster.ts";
import { debian, debianRoot } from "../rig/parts/debian.ts";
import { kubernetes } from "../rig/parts/go.ts";
import { corednsImage, pauseImage } from "../rig/parts/images.ts";
import { startParts } from "../rig/parts/index.ts";
import { dirOf } from "../rig/parts/part.ts";
import { until } from "../rig/process/wait.ts";
import { asOperator, endRun, type Run, startRun } from "../rig/world/run.ts";
import type { BenchResult } from "./result.ts";
import { cli, median } from "./timed.ts";

export const bench = { name: "cluster", run: runCluster } as const;

const sizes = { pods: 5_000, services: 500, events: 10_000, namespaces: 50 } as const;
const rounds = 5;
/** Requests at the same time while the objects are made. */
const makers = 32;

async function runCluster(): Promise<BenchResult> {
  const parts = startParts([debian, kubernetes, pauseImage, corednsImage]);
  for (const part of [debian, kubernetes, pauseImage, corednsImage]) await parts.ready(part);
  const run = await startRun(debianRoot(dirOf(debian)));
  const folder = mkdtempSync(join(tmpdir(), "watchmend-bench-"));
  try {
    await startCluster(run);
    const few = await measure(run, folder, 1);
    await fill(run);
    const full = await measure(run, folder, rounds);
    const { told, ms: theirs } = peers(run, folder);
    return {
      figures: {
        pods: sizes.pods,
        services: sizes.services,
        events: sizes.events,
        "diagnose, ms": full.ms,
        "diagnose, MiB": full.mib,
        requests: full.requests,
        "requests, empty cluster": few.requests,
        "of them further chunks": chunks(),
        "diagnose, empty cluster, ms": few.ms,
        ...Object.fromEntries(Object.entries(theirs).map(([name, ms]) => [`${name}, ms`, ms])),
      },
      ratios: {
        "requests over empty cluster, chunks aside": (full.requests - chunks()) / few.requests,
        ...Object.fromEntries(
          Object.entries(theirs).map(([name, ms]) => [`diagnose over ${name}`, full.ms / ms]),
        ),
      },
      peers: told,
    };
  } finally {
    await endRun(run.id);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Chunks of 500 beyond the first of each list. */
function chunks(): number {
  return [sizes.pods, sizes.services, sizes.events].reduce(
    (sum, count) => sum + Math.ceil(count / 500) - 1,
    0,
  );
}

/** Counts requests and peak memory inside the measured process. */
const counter = `const http = require("node:http");
const { syncBuiltinESMExports } = require("node:module");
const real = http.request;
let sent = 0;
http.request = (...args) => { sent += 1; return real(...args); };
syncBuiltinESMExports();
process.on("exit", () => require("node:fs").writeFileSync(process.env.BENCH_OUT, JSON.stringify({ sent, kib: process.resourceUsage().maxRSS })));
`;

async function measure(
  run: Run,
  folder: string,
  times: number,
): Promise<{ ms: number; mib: number; requests: number }> {
  const preload = join(folder, "counter.cjs");
  const out = join(folder, "out.json");
  writeFileSync(preload, counter);
  const seen: { ms: number; mib: number; requests: number }[] = [];
  for (let i = 0; i < times; i++) {
    const environment = [`KUBECONFIG=${join(run.dir, "kubeconfig")}`, `BENCH_OUT=${out}`];
    const words = ["env", ...environment, process.execPath, "--require", preload, cli];
    const [file = "", ...args] = asOperator(run, [
      ...words,
      "diagnose",
      "--context",
      "rig",
      "--format",
      "json",
    ]);
    const begun = performance.now();
    const ran = spawnSync(file, args, { stdio: ["ignore", "ignore", "pipe"] });
    const ms = performance.now() - begun;
    if (ran.status === null || ran.status > 2)
      throw new Error(`diagnose ended with ${ran.status}: ${ran.stderr}`);
    const { sent, kib } = JSON.parse(readFileSync(out, "utf8")) as { sent: number; kib: number };
    seen.push({ ms, mib: kib / 1024, requests: sent });
  }
  const of = (key: "ms" | "mib" | "requests"): number => median(seen.map((each) => each[key]));
  return { ms: of("ms"), mib: of("mib"), requests: of("requests") };
}

/** Objects without a kubelet: no scheduler takes the pods, so that they stay as they were made. */
async function fill(run: Run): Promise<void> {
  const socketPath = join(run.dir, "bench.sock");
  const [file = "", ...args] = asOperator(run, [
    "env",
    `KUBECONFIG=${join(run.dir, "kubeconfig")}`,
    "kubectl",
    "proxy",
    `--unix-socket=${socketPath}`,
  ]);
  const proxy = spawn(file, args, { stdio: "ignore" });
  const agent = new Agent({ keepAlive: true, maxSockets: makers });
  try {
    await until("kubectl proxy to listen", () => {
      if (!existsSync(socketPath)) throw new Error("it does not listen yet");
    });
    const post = (path: string, value: object): Promise<void> => create(socketPath, agent, path, value);
    const names = Array.from({ length: sizes.namespaces }, (_, i) => `load-${i}`);
    await all(names, (name) => post("/api/v1/namespaces", { metadata: { name } }));
    await all(numbers(sizes.services), (i) => post(`/api/v1/namespaces/${at(i)}/services`, service(i)));
    await all(numbers(sizes.pods), (i) => post(`/api/v1/namespaces/${at(i)}/pods`, pod(i)));
    await all(numbers(sizes.events), (i) => post(`/api/v1/namespaces/${at(i)}/events`, event(i)));
  } finally {
    agent.destroy();
    proxy.kill();
  }
}

function at(i: number): string {
  return `load-${i % sizes.namespaces}`;
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}

async function all<Item>(items: readonly Item[], make: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next++];
      if (item !== undefined) await make(item);
    }
  };
  await Promise.all(Array.from({ length: makers }, worker));
}

function create(socketPath: string, agent: Agent, path: string, value: object): Promise<void> {
  const body = JSON.stringify(value);
  return new Promise((done, fail) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asked = request(
      { socketPath, agent, path, method: "POST", host: "localhost", headers },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () =>
          (answer.statusCode ?? 500) < 300
            ? done()
            : fail(
                new Error(`${path}: ${answer.statusCode} ${Buffer.concat(chunks).toString().slice(0, 300)}`),
              ),
        );
      },
    );
    asked.on("error", fail);
    asked.end(body);
  });
}

const service = (i: number): object => ({
  metadata: { name: `app-${i}` },
  spec: { selector: { app: `app-${i}` }, ports: [{ name: "http", port: 80, targetPort: "http" }] },
});

const pod = (i: number): object => ({
  metadata: {
    name: `app-${i % sizes.services}-${i}`,
    labels: { app: `app-${i % sizes.services}`, tier: "web" },
  },
  spec: {
    schedulerName: "nobody",
    automountServiceAccountToken: false,
    containers: [
      {
        name: "app",
        image: `registry.example/app-${i % sizes.services}:1.${i % 40}.0`,
        args: ["--listen=:8080", "--log.level=info"],
        env: numbers(8).map((n) => ({ name: `SETTING_${n}`, value: `value-${n}` })),
        ports: [{ name: "http", containerPort: 8080 }],
        readinessProbe: { httpGet: { path: "/healthz", port: "http" } },
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
      },
    ],
  },
});

const event = (i: number): object => {
  const time = new Date(Date.now() - i * 100).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    metadata: { name: `app-${i}.${i.toString(16)}` },
    involvedObject: {
      apiVersion: "v1",
      kind: "Pod",
      namespace: at(i),
      name: `app-${i % sizes.services}-${i % sizes.pods}`,
    },
    type: i % 5 === 0 ? "Warning" : "Normal",
    reason: i % 5 === 0 ? "BackOff" : "Pulled",
    message:
      i % 5 === 0 ? "Back-off restarting failed container app" : "Container image already present on machine",
    count: 1 + (i % 7),
    firstTimestamp: time,
    lastTimestamp: time,
    source: { component: "kubelet" },
  };
};

/** Installed as Go modules where those are served, and run on the same server; one that is not there is named with the reason. */
function peers(
  run: Run,
  folder: string,
): { readonly told: Record<string, string>; readonly ms: Record<string, number> } {
  const kubeconfig = join(run.dir, "kubeconfig");
  const known = {
    popeye: { module: "github.com/derailed/popeye", args: ["--kubeconfig", kubeconfig, "-A", "-o", "json"] },
    k8sgpt: {
      module: "github.com/k8sgpt-ai/k8sgpt",
      args: ["analyze", "--kubeconfig", kubeconfig, "-o", "json"],
    },
  };
  const told: Record<string, string> = {};
  const ms: Record<string, number> = {};
  for (const [name, { module, args }] of Object.entries(known)) {
    const installed = spawnSync("go", ["install", `${module}@latest`], {
      cwd: folder,
      env: { ...process.env, GOBIN: folder },
      timeout: 30 * 60_000,
      encoding: "utf8",
    });
    if (installed.status !== 0) {
      const said = `${installed.stderr ?? ""}`.trim().split("\n").at(-1)?.trim().slice(0, 120);
      told[name] = `not run: ${said || "go is not installed"}`;
      continue;
    }
    const [file = "", ...words] = asOperator(run, [join(folder, name), ...args]);
    const times = numbers(rounds).map(() => {
      const begun = performance.now();
      spawnSync(file, words, { stdio: "ignore", timeout: 20 * 60_000 });
      return performance.now() - begun;
    });
    told[name] = "latest";
    ms[name] = median(times);
  }
  return { told, ms };
}
