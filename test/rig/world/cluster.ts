// A namespace per scenario on the shared cluster, and what the cluster looks like when a scenario fails.
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../cluster.ts";
import { tail } from "../process/command.ts";
import { until } from "../process/wait.ts";

export const freshNamespace = async (
  cluster: Cluster,
  scenario: string,
): Promise<{ name: string; remove: () => Promise<void> }> => {
  const name = `${scenario.slice(0, 40)}-${randomBytes(2).toString("hex")}`;
  await cluster.kubectl(["create", "namespace", name]);
  await until("the namespace to have a service account", () =>
    cluster.kubectl(["get", "serviceaccount", "default", "-n", name]),
  );
  const remove = async (): Promise<void> => {
    // Nobody waits for programs of a scenario to end in good order.
    const quick = ["--all", "--force", "--grace-period=0", "--wait=false", "--ignore-not-found"];
    await cluster.kubectl(["delete", "deployments,statefulsets,daemonsets,jobs,pods", "-n", name, ...quick]);
    await cluster.kubectl(["delete", "namespace", name, "--timeout=90s"]);
    await cluster.node.sh(`rm -rf '/srv/${name}'`);
  };
  return { name, remove };
};

const questions: readonly (readonly string[])[] = [
  ["get", "all,endpointslices,pvc,configmaps", "-o", "wide"],
  ["get", "events", "--sort-by=.lastTimestamp"],
  ["describe", "pods"],
];

/** Writes what the namespace and the node look like now; returns a short form for the terminal. */
export const explainCluster = async (cluster: Cluster, namespace: string, into: string): Promise<string> => {
  mkdirSync(into, { recursive: true });
  const ask = async (args: readonly string[]): Promise<string> => {
    const ran = await cluster.kubectl([...args, "-n", namespace], { allowFailure: true });
    return `$ kubectl ${args.join(" ")}\n${ran.stdout}${ran.stderr}`;
  };
  const answers: string[] = [];
  for (const question of questions) answers.push(await ask(question));
  const pods = (await cluster.kubectl(["get", "pods", "-n", namespace, "-o", "name"], { allowFailure: true }))
    .stdout;
  for (const pod of pods.split("\n").filter((line) => line !== "")) {
    answers.push(await ask(["logs", pod, "--all-containers", "--tail=40", "--prefix"]));
  }
  const journal = await cluster.node
    .sh("journalctl --no-pager -n 300")
    .catch((error: unknown) => String(error));
  writeFileSync(join(into, "cluster.txt"), `${answers.join("\n")}\n`);
  writeFileSync(join(into, "node-journal.txt"), `${journal}\n`);
  return [
    tail(answers[0] ?? "", 20),
    tail(answers[1] ?? "", 12),
    ...answers.slice(3).map((log) => tail(log, 8)),
  ].join("\n");
};
