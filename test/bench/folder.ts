// `npm run bench -- folder`: offline diagnosis of a folder of 100 loosely named files.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchResult } from "./result.ts";
import { cli, cpuMs, inTurn, timeMs } from "./timed.ts";

export const bench = { name: "folder", run: runFolder } as const;
const files = 100;

async function runFolder(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "watchmend-bench-"));
  try {
    for (let i = 0; i < files; i++) writeFileSync(join(folder, `saved-${i}.txt`), content(i));
    const diagnose = [cli, "diagnose", "--from", folder, "--format", "json"];
    const ms = inTurn({
      node: () => timeMs(process.execPath, ["-e", "0"]),
      folder: () => timeMs(process.execPath, diagnose),
      nodeCpu: () => cpuMs(process.execPath, ["-e", "0"]),
      folderCpu: () => cpuMs(process.execPath, diagnose),
    });
    const { node = Number.NaN, folder: ours = Number.NaN } = ms;
    const { nodeCpu = Number.NaN, folderCpu = Number.NaN } = ms;
    return {
      figures: {
        files,
        "diagnose, ms": ours,
        "node -e 0, ms": node,
        "diagnose, CPU ms": folderCpu,
        "node -e 0, CPU ms": nodeCpu,
      },
      ratios: {
        "diagnose over an empty node": ours / node,
        "CPU of diagnose over an empty node's": folderCpu / nodeCpu,
      },
      peers: { node: process.version },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A mix of what people save: tables, logs, configuration, inspect output. */
function content(i: number): string {
  const kind = i % 4;
  if (kind === 0)
    return `$ kubectl -n mon${i} get pods\nNAME           READY   STATUS    RESTARTS   AGE\nprometheus-0   2/2     Running   0          ${i}d\nloki-0         1/1     Running   0          ${i}d\n`;
  if (kind === 1) {
    const line = (n: number): string =>
      `ts=2025-06-01T10:${String(n % 60).padStart(2, "0")}:00.000Z caller=main.go:${n} level=info component=web msg="Completed request" n=${n}`;
    return `${Array.from({ length: 400 }, (_, n) => line(n)).join("\n")}\n`;
  }
  if (kind === 2)
    return `global:\n  scrape_interval: 15s\nscrape_configs:\n${Array.from({ length: 40 }, (_, n) => `  - job_name: job-${i}-${n}\n    static_configs:\n      - targets: ["10.0.${i}.${n}:9100"]\n`).join("")}`;
  return `${JSON.stringify([{ Name: `/exporter-${i}`, Config: { Image: "prom/node-exporter:v1.9.1" }, State: { Status: "running" }, HostConfig: { NetworkMode: "host" } }], null, 2)}\n`;
}
