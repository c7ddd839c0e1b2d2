// `npm run bench -- manifests`: lint of 10,000 Kubernetes manifests, in resources per second.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchResult } from "./logs.ts";
import { cli, median, timeMs } from "./timed.ts";

export const bench = { name: "manifests", run: runManifests } as const;
const resources = 10_000;
const perFile = 100;

async function runManifests(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "watchmend-bench-"));
  try {
    for (let i = 0; i < resources / perFile; i++) {
      const documents = Array.from({ length: perFile }, (_, n) => manifest(i * perFile + n));
      writeFileSync(join(folder, `app-${i}.yaml`), documents.join("---\n"));
    }
    const times = Array.from({ length: 5 }, () =>
      timeMs(process.execPath, [cli, "lint", folder, "--format", "json", "--quiet"]),
    );
    const ms = median(times);
    return {
      figures: { resources, "lint, ms": ms, "resources per second": (1000 * resources) / ms },
      ratios: { "of the budget of 5000/s": (1000 * resources) / ms / 5000 },
      peers: {},
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function manifest(n: number): string {
  if (n % 2 === 0)
    return `apiVersion: v1\nkind: Service\nmetadata:\n  name: app-${n}\n  namespace: shop\n  labels: { app: app-${n} }\nspec:\n  selector: { app: app-${n} }\n  ports:\n    - { name: metrics, port: 8080 }\n`;
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-${n}\n  namespace: shop\nspec:\n  replicas: 2\n  selector: { matchLabels: { app: app-${n} } }\n  template:\n    metadata: { labels: { app: app-${n} } }\n    spec:\n      containers:\n        - name: app\n          image: registry.example/app:${n}\n          ports: [{ name: metrics, containerPort: 8080 }]\n`;
}
