// `npm run bench -- validate`: a whole validation of the rig (its cluster and four hosts) with nothing broken, with and without lines
// of our own: what it takes beside the wait for the lines to arrive.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Validation } from "../../src/model/check.ts";
import { startCluster } from "../rig/cluster.ts";
import type { Host } from "../rig/host.ts";
import { debian, debianRoot } from "../rig/parts/debian.ts";
import { kubernetes } from "../rig/parts/go.ts";
import {
  corednsImage,
  grafanaImage,
  lokiImage,
  pauseImage,
  prometheusImage2,
  promtailImage,
} from "../rig/parts/images.ts";
import { startParts } from "../rig/parts/index.ts";
import { dirOf } from "../rig/parts/part.ts";
import { run as command } from "../rig/process/command.ts";
import type { Stage } from "../rig/scenario.ts";
import { stackParts } from "../rig/stacks/hosts.ts";
import { arrange as arrangeCluster } from "../rig/suites/validate/cluster.ts";
import { arrange as arrangeHosts, told } from "../rig/suites/validate/hosts.ts";
import { freshNamespace } from "../rig/world/cluster.ts";
import { anotherHostOf, startHosts } from "../rig/world/hosts.ts";
import { asOperator, endRun, type Run, startRun } from "../rig/world/run.ts";
import type { BenchResult } from "./result.ts";
import { cli, median } from "./timed.ts";

export const bench = { name: "validate", run: runValidate } as const;

const rounds = 5;

async function runValidate(): Promise<BenchResult> {
  const clusterParts = [kubernetes, pauseImage, corednsImage, grafanaImage, prometheusImage2];
  const wanted = [debian, ...stackParts, lokiImage, promtailImage, ...clusterParts];
  const parts = startParts(wanted);
  for (const part of wanted) await parts.ready(part);
  const folder = mkdtempSync(join(tmpdir(), "watchmend-bench-"));
  const run = await startRun(debianRoot(dirOf(debian)));
  try {
    const hosts = await startHosts(run);
    const cluster = await startCluster(run);
    const { name: namespace } = await freshNamespace(cluster, "bench");
    const stage = stageOf(run, folder);
    const anotherHost = anotherHostOf(run, stage.defer);
    const fourth = await anotherHost("jenkins3", "10.77.0.14");
    await arrangeHosts({ ...stage, hosts, anotherHost });
    await arrangeCluster({ ...stage, cluster, namespace });
    const live = liveFlags([...Object.values(hosts), fourth], namespace);
    const seen: { plain: number; canary: number; wait: number; reading: number; checks: number }[] = [];
    // in turn, so that what else the machine does hits both alike
    for (let i = 0; i < rounds; i += 1) {
      const plain = await timed(run, live, []);
      const canary = await timed(run, live, ["--canary"]);
      const { reading = 0, checks = {} } = canary.validation.times ?? {};
      const checking = Object.values(checks).reduce((sum, ms) => sum + ms, 0);
      seen.push({
        ...{ plain: plain.ms, canary: canary.ms, wait: waitOf(canary.validation) },
        ...{ reading, checks: checking },
      });
    }
    const [plain, canary, wait] = [
      median(seen.map((one) => one.plain)),
      median(seen.map((one) => one.canary)),
      median(seen.map((one) => one.wait)),
    ];
    return {
      figures: {
        hosts: Object.keys(hosts).length + 1,
        clusters: 1,
        "validate, ms": plain,
        "validate with canaries, ms": canary,
        "wait for the lines to arrive, ms": wait,
        "beside that wait, ms": canary - wait,
        "of it reading, ms": median(seen.map((one) => one.reading)),
        "of it all checks together, ms": median(seen.map((one) => one.checks)),
      },
      ratios: {
        "with canaries over validate and the wait": canary / (plain + wait),
        "without over with canaries": plain / canary,
      },
      peers: {},
    };
  } finally {
    await endRun(run.id);
    rmSync(folder, { recursive: true, force: true });
  }
}

function liveFlags(hosts: readonly Host[], namespace: string): readonly string[] {
  return [
    ...["--context", "rig", "--namespace", namespace],
    ...hosts.flatMap(({ name }) => ["--host", `admin@${name}`]),
  ];
}

async function timed(
  run: Run,
  live: readonly string[],
  flags: readonly string[],
): Promise<{ readonly ms: number; readonly validation: Validation }> {
  const environment = ["env", `KUBECONFIG=${join(run.dir, "kubeconfig")}`];
  const asked = ["validate", ...live, "--format", "json", "--quiet", "--timeout", "90s", ...flags];
  const argv = [...environment, process.execPath, cli, ...asked];
  const began = performance.now();
  const { stdout, stderr } = await command(asOperator(run, argv), { allowFailure: true, timeoutMs: 300_000 });
  const ms = performance.now() - began;
  const validation = JSON.parse(stdout) as Validation;
  if (validation.verdict !== "pass")
    throw new Error(`not everything works: ${stderr}${told(validation, "fail", "unknown").join("\n")}`);
  return { ms, validation };
}

/** The slowest line, as its verdict tells it. */
function waitOf({ verdicts }: Validation): number {
  const seconds = verdicts.flatMap(({ check, says }) => {
    const found =
      check === "flow/canary-lines" ? /arrived in Loki after ([\d.]+) s/.exec(says)?.[1] : undefined;
    return found === undefined ? [] : [Number(found)];
  });
  if (seconds.length === 0) throw new Error("no line arrived");
  return Math.max(...seconds) * 1000;
}

/** Only what bringing up the stacks uses; everything ends with the run. */
function stageOf(run: Run, dir: string): Stage {
  const unused = async (): Promise<never> => {
    throw new Error("a benchmark does not diagnose");
  };
  return {
    dir,
    operator: (argv, options) => command(asOperator(run, argv), options),
    operatorCommand: (argv) => asOperator(run, argv),
    watchmend: unused,
    watchmendCommand: unused,
    diagnoses: unused,
    readWith: () => undefined,
    readsWith: () => [],
    startWith: () => undefined,
    defer: () => undefined,
  };
}
