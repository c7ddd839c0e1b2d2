// Starts a fault proxy for a scenario and tells it what to do; it ends with the scenario, or with the run.
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { rigRoot } from "../process/paths.ts";
import { until } from "../process/wait.ts";
import type { ClusterStage } from "../scenario.ts";
import type { Wish } from "./wish.ts";

export type FaultProxy = {
  /** A kubeconfig whose only context, `rig`, goes through the proxy. */
  readonly kubeconfig: string;
  readonly wish: (wish: Wish) => void;
};

const viaProxy = (port: string): string => `apiVersion: v1
kind: Config
current-context: rig
contexts: [{name: rig, context: {cluster: rig, user: nobody}}]
clusters: [{name: rig, cluster: {server: "http://127.0.0.1:${port}"}}]
users: [{name: nobody, user: {}}]
`;

export const startFaultProxy = async (stage: ClusterStage): Promise<FaultProxy> => {
  const { cluster, dir, defer } = stage;
  const [wishFile, portFile, logFile] = ["wish.json", "port", "proxy.log"].map((name) => join(dir, name));
  if (wishFile === undefined || portFile === undefined || logFile === undefined)
    throw new Error("three names expected");
  const wish = (wanted: Wish): void => writeFileSync(wishFile, JSON.stringify(wanted));
  wish({ kind: "none", paths: "" });
  const tsx = createRequire(import.meta.url).resolve("tsx");
  const program = ["--import", tsx, join(rigRoot, "proxy", "fault-proxy.ts")];
  const [file = "", ...args] = stage.operatorCommand([
    process.execPath,
    ...program,
    ...[cluster.kubeconfig, wishFile, portFile],
  ]);
  const log = openSync(logFile, "a");
  const child = spawn(file, args, { stdio: ["pipe", log, log] });
  closeSync(log);
  defer(async () => {
    child.stdin?.end();
  });
  const port = await until("the fault proxy to listen", () => {
    if (child.exitCode !== null) throw new Error(`it ended: ${readFileSync(logFile, "utf8")}`);
    if (!existsSync(portFile)) throw new Error("it has not written its port yet");
    return readFileSync(portFile, "utf8");
  });
  const kubeconfig = join(dir, "through-proxy.kubeconfig");
  writeFileSync(kubeconfig, viaProxy(port), { mode: 0o600 });
  return { kubeconfig, wish };
};
