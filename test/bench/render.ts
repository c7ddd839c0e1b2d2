// `npm run bench -- render`: 10,000 scrape targets rendered and linted, in time and memory, beside an empty Node program.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchResult } from "./result.ts";
import { cli, median } from "./timed.ts";

export const bench = { name: "render", run: runRender } as const;
const targets = 10_000;
const rounds = 5;

interface Run {
  readonly ms: number;
  readonly mebibytes: number;
}

/** Two shapes: few hosts and many of them; what three agents per host do not make up are declared targets. */
async function runRender(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "watchmend-bench-"));
  try {
    const answers = `${model(334)}discovery: {http: "http://10.0.0.0:8000/sd"}\n`;
    const shapes = { "40 hosts": model(40), "334 hosts": model(334), "334 hosts, http_sd files": answers };
    const figures: Record<string, number> = { targets };
    const ratios: Record<string, number> = {};
    for (const [shape, text] of Object.entries(shapes)) {
      const file = join(folder, "watchmend.yaml");
      writeFileSync(file, text);
      const runs: Record<string, Run[]> = { node: [], render: [], lint: [] };
      for (let i = 0; i < rounds; i++) {
        // Each round has a folder of its own: ext4 passes over inodes that were freed within the last five seconds, one by one
        // (`recently_deleted` in fs/ext4/ialloc.c), and a tree that is deleted right before cost as much again as the rendering.
        const tree = join(folder, `${shape.replace(/\W+/g, "-")}-${i}`);
        runs.node?.push(measured(["-e", "0"]));
        runs.render?.push(measured([cli, "render", "-f", file, "-o", tree, "--quiet"]));
        runs.lint?.push(measured([cli, "lint", tree, "--quiet", "--format", "json", "--no-gitignore"]));
      }
      const [node, render, lint] = ["node", "render", "lint"].map((name) => middle(runs[name] ?? []));
      if (!node || !render || !lint) continue;
      figures[`${shape}: render, ms`] = render.ms;
      figures[`${shape}: lint, ms`] = lint.ms;
      figures[`${shape}: render, MiB`] = render.mebibytes;
      figures[`${shape}: lint, MiB`] = lint.mebibytes;
      ratios[`${shape}: render and lint over two empty nodes, time`] = (render.ms + lint.ms) / (2 * node.ms);
      ratios[`${shape}: of the budget of 1 s`] = (render.ms + lint.ms) / 1000;
      ratios[`${shape}: of the budget of 150 MiB`] = Math.max(render.mebibytes, lint.mebibytes) / 150;
      ratios[`${shape}: memory over an empty node`] =
        Math.max(render.mebibytes, lint.mebibytes) / node.mebibytes;
    }
    const file = join(folder, "watchmend.yaml");
    writeFileSync(file, `${model(40)}discovery: {http: "http://10.0.0.0:8000/sd"}\n`);
    figures["http_sd answer of 9,880 targets, ms"] = await answerTime(file, "databases");
    return { figures, ratios, peers: { node: process.version } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A connection that is kept, as Prometheus keeps it; the first answer is not counted. */
async function answerTime(file: string, job: string): Promise<number> {
  const server = spawn(process.execPath, [cli, "serve", "-f", file, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    const url = await new Promise<string>((done, fail) => {
      let said = "";
      server.stderr.on("data", (bytes) => {
        said += String(bytes);
        const found = new RegExp(`http://\\S+/${job}\\.json`).exec(said);
        if (found) done(found[0]);
      });
      server.on("exit", (code) => fail(new Error(`serve ended with ${code}: ${said}`)));
    });
    const times: number[] = [];
    for (let i = 0; i <= 50; i++) {
      const start = performance.now();
      await (await fetch(url)).arrayBuffer();
      times.push(performance.now() - start);
    }
    return median(times.slice(1));
  } finally {
    server.kill();
  }
}

function middle(runs: readonly Run[]): Run {
  return { ms: median(runs.map((run) => run.ms)), mebibytes: median(runs.map((run) => run.mebibytes)) };
}

const tellsMemory =
  'data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>writeSync(3,String(process.resourceUsage().maxRSS)))';

function measured(args: readonly string[]): Run {
  const start = performance.now();
  const run = spawnSync(process.execPath, ["--import", tellsMemory, ...args], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    maxBuffer: 1 << 26,
  });
  const ms = performance.now() - start;
  // A program that is not built ends with 1, as fast as an empty one.
  if (run.status === null || run.status > 2 || /Cannot find module/.test(run.stderr.toString()))
    throw new Error(`${args.join(" ")}: ${run.stderr.toString().slice(0, 500)}`);
  return { ms, mebibytes: Number(run.output[3]?.toString()) / 1024 };
}

/** Three agents per host; what is missing to 10,000 targets are declared ones. */
function model(hosts: number): string {
  const list = Array.from({ length: hosts }, (_, i) => {
    const roles = i === 0 ? "\n    roles: [server, agent]" : "";
    return `  host-${i}:\n    address: 10.${i >> 16}.${(i >> 8) & 255}.${i & 255}${roles}\n`;
  });
  const declared = Math.max(0, targets - 3 * hosts);
  const job = Array.from(
    { length: declared },
    (_, i) => `      - 10.9.${(i >> 8) & 255}.${i & 255}:9187\n`,
  ).join("");
  const scrape = declared === 0 ? "" : `scrape:\n  - job: databases\n    targets:\n${job}`;
  return `schema: watchmend.stack/v1\nname: bench\nhosts:\n${list.join("")}${scrape}`;
}
