// `npm run bench -- manifests`: lint of 10,000 Kubernetes manifests, in resources per second.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchResult } from "./result.ts";
import { cli, inTurn, timeMs } from "./timed.ts";

export const bench = { name: "manifests", run: runManifests } as const;
const resources = 10_000;
const perFile = 100;

async function runManifests(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "watchmend-bench-"));
  try {
    const whole = write(join(folder, "whole"), resources);
    const quarter = write(join(folder, "quarter"), resources / 4);
    const lint = (path: string) =>
      timeMs(process.execPath, [cli, "lint", path, "--format", "json", "--quiet"]);
    const ms = inTurn({
      node: () => timeMs(process.execPath, ["-e", "0"]),
      whole: () => lint(whole),
      quarter: () => lint(quarter),
    });
    const { node = Number.NaN, whole: all = Number.NaN, quarter: part = Number.NaN } = ms;
    return {
      figures: {
        resources,
        "lint, ms": all,
        "lint of a quarter, ms": part,
        "node -e 0, ms": node,
        "resources per second": (1000 * resources) / all,
      },
      ratios: { "lint over an empty node": all / node, "four times the resources over once": all / part },
      peers: { node: process.version },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(folder: string, count: number): string {
  mkdirSync(folder);
  for (let i = 0; i < count / perFile; i++) {
    const documents = Array.from({ length: perFile }, (_, n) => manifest(i * perFile + n));
    writeFileSync(join(folder, `app-${i}.yaml`), documents.join("---\n"));
  }
  return folder;
}

function manifest(n: number): string {
  if (n % 2 === 0)
    return `apiVersion: v1\nkind: Service\nmetadata:\n  name: app-${n}\n  namespace: shop\n  labels: { app: app-${n} }\nspec:\n  selector: { app: app-${n} }\n  ports:\n    - { name: metrics, port: 8080 }\n`;
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-${n}\n  namespace: shop\nspec:\n  replicas: 2\n  selector: { matchLabels: { app: app-${n} } }\n  template:\n    metadata: { labels: { app: app-${n} } }\n    spec:\n      containers:\n        - name: app\n          image: registry.example/app:${n}\n          ports: [{ name: metrics, containerPort: 8080 }]\n`;
}
