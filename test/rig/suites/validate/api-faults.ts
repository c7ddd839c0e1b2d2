// `watchmend validate` behind an API server that answers wrongly, late or not at all: never green, and always an end.
import type { Validation } from "../../../../src/model/check.ts";
import { prometheusImage2, promtailImage } from "../../parts/images.ts";
import { say } from "../../process/progress.ts";
import { startFaultProxy } from "../../proxy/start.ts";
import { type FaultKind, faultKinds } from "../../proxy/wish.ts";
import { type ClusterStage, clusterDeed, type Scenario, same } from "../../scenario.ts";
import { prometheus, serving } from "../../stacks/cluster.ts";
import { told } from "./cluster.ts";

/** What is struck: everything, or one of the things that the chosen suites rest on. */
const struck: Readonly<Record<string, string>> = {
  everything: ".*",
  "the pods": "/pods([?]|$)",
  "Prometheus' targets": "/proxy/api/v1/targets",
  "Prometheus' answers to queries": "/proxy/api/v1/query",
};

/** One whole look; a deadline only where answers never come, so that nothing else cuts a false verdict short. */
const deadlines: Partial<Record<FaultKind, string>> = { silent: "15s", slow: "15s" };
const longestMs = 75_000;

const validate = async (
  { watchmend, namespace }: ClusterStage,
  kubeconfig: string,
  deadline?: string,
): Promise<{ readonly validation: Validation | undefined; readonly code: number; readonly ms: number }> => {
  const began = performance.now();
  const ran = await watchmend([
    ...["validate", "--kubeconfig", kubeconfig, "--context", "rig", "--namespace", namespace],
    ...["--suite", "pods", "health", "targets", "flow", "--timeout", "4s"],
    ...(deadline === undefined ? [] : ["--deadline", deadline]),
    ...["--format", "json", "--quiet"],
  ]);
  const ms = performance.now() - began;
  // 3: the cluster could not be reached at all, which is no verdict
  const validation = ran.code === 3 ? undefined : (JSON.parse(ran.stdout) as Validation);
  return { validation, code: ran.code, ms };
};

const neverGreen = async (stage: ClusterStage, kinds: readonly FaultKind[]): Promise<void> => {
  const { cluster, namespace } = stage;
  await cluster.apply(
    [prometheus(await cluster.image(prometheusImage2)), serving("prometheus", 9090)],
    namespace,
  );
  await cluster.wait("deployment/prometheus", "condition=Available", namespace, { timeoutMs: 120_000 });
  const proxy = await startFaultProxy(stage);
  const healthy = async (): Promise<void> => {
    proxy.wish({ kind: "none", paths: "" });
    const { validation, code } = await validate(stage, proxy.kubeconfig, "60s");
    same(
      `the verdict without a fault (${validation ? told(validation, "fail", "unknown").join("; ") : code})`,
      validation?.verdict,
      "pass",
    );
  };
  await healthy();
  for (const kind of kinds) {
    for (const [what, paths] of Object.entries(struck)) {
      proxy.wish({ kind, paths });
      const { validation, code, ms } = await validate(stage, proxy.kubeconfig, deadlines[kind]);
      say(`${kind}, ${what}: ${validation?.verdict ?? "not reached"} after ${Math.round(ms / 1000)} s`);
      same(`${kind} for ${what}: green`, code === 0 || validation?.verdict === "pass", false);
      if (ms > longestMs) throw new Error(`${kind} for ${what}: it took ${Math.round(ms / 1000)} s`);
    }
  }
  await healthy();
};

const half = Math.ceil(faultKinds.length / 2);

export const scenarios: readonly Scenario[] = [
  [faultKinds.slice(0, half), "validate-behind-a-refusing-api"] as const,
  [faultKinds.slice(half), "validate-behind-a-breaking-api"] as const,
].map(([kinds, name]) =>
  clusterDeed({
    name,
    title: `an API server that answers with ${kinds.join(", ")}, wholly or in part, never gives a green verdict or a hang`,
    core: false,
    needs: [prometheusImage2, promtailImage],
    play: (stage) => neverGreen(stage, kinds),
  }),
);
