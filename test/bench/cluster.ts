// `npm run bench -- cluster`: a real API server with 5,000 pods, 500 Services and 10,000 events; time, requests and memory of one diagnosis.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCluster } from "../rig/cluster.ts";
import { debian, debianRoot } from "../rig/parts/debian.ts";
import { kubernetes } from "../rig/parts/go.ts";
import { corednsImage, pauseImage } from "../rig/parts/images.ts";
import { startParts } from "../rig/parts/index.ts";
import { dirOf } from "../rig/parts/part.ts";
import { cacheRoot } from "../rig/process/paths.ts";
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
  const folder = mkdtempSync(join(tmpdir(), "watchmend-bench-"));
  const { peers, told } = buildPeers();
  const run = await startRun(debianRoot(dirOf(debian)));
  try {
    await startCluster(run);
    const few = medians([measure(run, folder)]);
    await fill(run);
    const seen: Measured[] = [];
    const times = new Map(peers.map(({ name }) => [name, [] as number[]]));
    // in turn, so that what else the machine does hits all alike
    for (let i = 0; i < rounds; i++) {
      seen.push(measure(run, folder));
      for (const peer of peers) times.get(peer.name)?.push(timePeer(run, peer));
    }
    const full = medians(seen);
    const theirs = [...times].map(([name, ms]) => [name, median(ms)] as const);
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
        ...Object.fromEntries(theirs.map(([name, ms]) => [`${name}, ms`, ms])),
      },
      ratios: {
        "requests over empty cluster, chunks aside": (full.requests - chunks()) / few.requests,
        ...Object.fromEntries(theirs.map(([name, ms]) => [`diagnose over ${name}`, full.ms / ms])),
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

interface Measured {
  readonly ms: number;
  readonly mib: number;
  readonly requests: number;
}

function measure(run: Run, folder: string): Measured {
  const preload = join(folder, "counter.cjs");
  const out = join(folder, "out.json");
  writeFileSync(preload, counter);
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
  return { ms, mib: kib / 1024, requests: sent };
}

function medians(seen: readonly Measured[]): Measured {
  const of = (key: keyof Measured): number => median(seen.map((each) => each[key]));
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

interface Peer {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * Built once from their Go modules where those are served, which takes ten minutes each; one that is not there is named with the reason.
 * WATCHMEND_BENCH_PEERS=popeye leaves the others out.
 */
function buildPeers(): {
  readonly peers: readonly Peer[];
  readonly told: Record<string, string>;
} {
  const known = [
    { name: "popeye", module: "github.com/derailed/popeye@v0.22.1", args: ["-A", "-o", "json"] },
    { name: "k8sgpt", module: "github.com/k8sgpt-ai/k8sgpt@v0.3.50", args: ["analyze", "-o", "json"] },
  ];
  const told: Record<string, string> = {};
  const peers = known.flatMap(({ name, module, args }): Peer[] => {
    const version = module.split("@").at(-1) ?? module;
    const file = join(cacheRoot, `bench-${name}-${version}`);
    const missing = leftOut(name) ? "left out by WATCHMEND_BENCH_PEERS" : built(module, file);
    told[name] = missing === undefined ? version : `not run: ${missing}`;
    return missing === undefined ? [{ name, version, file, args }] : [];
  });
  return { peers, told };
}

function leftOut(name: string): boolean {
  const { WATCHMEND_BENCH_PEERS: wanted } = process.env;
  return wanted !== undefined && !wanted.split(",").includes(name);
}

/** Under its name only when it is whole. */
function built(module: string, file: string): string | undefined {
  if (existsSync(file)) return undefined;
  const partial = `${file}.partial`;
  const missing = build(module, partial);
  if (missing === undefined) renameSync(partial, file);
  return missing;
}

/** Their own exit code tells what they found, not whether they ran: a peer that says nothing did not run. */
function timePeer(run: Run, { name, file, args }: Peer): number {
  const kubeconfig = join(run.dir, "kubeconfig");
  const [operator = "", ...words] = asOperator(run, [file, ...args, "--kubeconfig", kubeconfig]);
  const begun = performance.now();
  const ran = spawnSync(operator, words, { maxBuffer: 2 ** 30, timeout: 20 * 60_000 });
  if (ran.status === null || ran.stdout.length === 0) {
    throw new Error(`${name} said nothing (exit ${ran.status}): ${`${ran.stderr}`.slice(-300)}`);
  }
  return performance.now() - begun;
}

/** As their own release does it: in the module's folder, because `go install` refuses modules with replace directives. The reason, if it fails. */
function build(module: string, program: string): string | undefined {
  const go = (args: readonly string[], cwd: string) =>
    spawnSync("go", args, {
      cwd,
      env: { ...process.env, GOFLAGS: "-buildvcs=false" },
      timeout: 60 * 60_000,
      encoding: "utf8",
    });
  const fetched = go(["mod", "download", "-json", module], "/");
  if (fetched.error) return "go is not installed";
  const { Dir: dir, Error: refused } = JSON.parse(fetched.stdout || "{}") as { Dir?: string; Error?: string };
  if (dir === undefined) return (refused ?? fetched.stderr).trim().split("\n").at(-1)?.slice(0, 120);
  const built = go(["build", "-o", program, "."], dir);
  return built.status === 0 ? undefined : built.stderr.trim().split("\n").at(-1)?.slice(0, 120);
}
