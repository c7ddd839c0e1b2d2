// `npm run bench -- NAME [--json] [--check]`: figures of this machine, and ratios measured in one run. With --check, a ratio
// beyond its budget ends the run with 1.
import { cpus, totalmem } from "node:os";
import { judge } from "./budgets.ts";
import type { BenchResult } from "./result.ts";

interface Bench {
  readonly name: string;
  run(): Promise<BenchResult>;
}

const benches: Readonly<Record<string, () => Promise<{ bench: Bench }>>> = {
  start: () => import("./start.ts"),
  cluster: () => import("./cluster.ts"),
  deploy: () => import("./deploy.ts"),
  folder: () => import("./folder.ts"),
  manifests: () => import("./manifests.ts"),
  logs: () => import("./logs.ts"),
  render: () => import("./render.ts"),
  validate: () => import("./validate.ts"),
  fixes: () => import("./fixes/bench.ts"),
};

const args = process.argv.slice(2);
const asJson = args.includes("--json");
const names = args.filter((arg) => !arg.startsWith("--"));
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(
    `no benchmark is called ${unknown.join(", ")}; there are: ${Object.keys(benches).join(", ")}`,
  );
  process.exit(3);
}
const machine = `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, node ${process.version}`;
for (const name of names.length > 0 ? names : Object.keys(benches)) {
  const load = benches[name];
  if (!load) continue;
  const result = { name, machine, ...(await (await load()).bench.run()) };
  if (asJson) console.log(JSON.stringify(result));
  else print(result);
  const { exceeded, unmeasured } = judge(name, result);
  for (const sentence of [...exceeded, ...unmeasured]) console.error(sentence);
  if (exceeded.length > 0 && args.includes("--check")) process.exitCode = 1;
}

function print(result: BenchResult & { readonly name: string; readonly machine: string }): void {
  console.log(`${result.name}  (${result.machine})`);
  for (const [key, value] of Object.entries(result.figures))
    console.log(`  ${key.padEnd(44)} ${round(value)}`);
  for (const [key, value] of Object.entries(result.ratios))
    console.log(`  ${key.padEnd(44)} ${round(value)} (ratio)`);
  for (const [key, value] of Object.entries(result.peers)) console.log(`  peer ${key}: ${value}`);
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
