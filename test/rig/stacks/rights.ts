// The account that `watchmend rbac` describes, and the two ways in which somebody has its rights: a kubeconfig, or a pod.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ClusterStage, contains } from "../scenario.ts";

export const rolesFor = async (
  { watchmend, namespace }: ClusterStage,
  more: readonly string[] = [],
): Promise<string> => {
  const account = ["--service-account", `${namespace}/watchmend`];
  const where = ["--namespace", namespace, "--namespace", "kube-system"];
  const ran = await watchmend(["rbac", ...where, ...account, ...more]);
  contains("what rbac prints", ran.stdout, "kind: ServiceAccount");
  return ran.stdout;
};

/** The account and its rights; what belongs to no namespace of the scenario's own goes with it. */
export const grant = async (stage: ClusterStage, more: readonly string[] = []): Promise<void> => {
  const { cluster, defer } = stage;
  await cluster.apply(await rolesFor(stage, more));
  defer(async () => {
    const role = more.includes("--remediate") ? "watchmend-remediate" : "watchmend-read";
    const gone = ["--ignore-not-found", "--wait=false"];
    await cluster.kubectl(["delete", "clusterrole,clusterrolebinding", role, ...gone]);
    await cluster.kubectl(["delete", "role,rolebinding", role, "-n", "kube-system", ...gone]);
  });
};

/** What a pod of that account finds in its files. */
export const serviceAccount = async ({ cluster, namespace, dir }: ClusterStage): Promise<string> => {
  const folder = join(dir, "serviceaccount");
  mkdirSync(folder, { recursive: true });
  const get = ["get", "configmap", "kube-root-ca.crt", "-n", namespace, "-o", "jsonpath={.data.ca\\.crt}"];
  writeFileSync(join(folder, "ca.crt"), (await cluster.kubectl(get)).stdout);
  const token = (await cluster.kubectl(["create", "token", "watchmend", "-n", namespace])).stdout.trim();
  writeFileSync(join(folder, "token"), token, { mode: 0o600 });
  writeFileSync(join(folder, "namespace"), namespace);
  return folder;
};

/** A kubeconfig of somebody who has these rights and no others. */
export const signIn = async ({ cluster, namespace, dir }: ClusterStage): Promise<string> => {
  const token = (await cluster.kubectl(["create", "token", "watchmend", "-n", namespace])).stdout.trim();
  const shown = await cluster.kubectl(["config", "view", "--raw", "--flatten", "-o", "json"]);
  type Config = { clusters: unknown; contexts: unknown; users: unknown; "current-context": string };
  const config = JSON.parse(shown.stdout) as Config & { clusters: readonly [{ readonly name: string }] };
  config.users = [{ name: "reader", user: { token } }];
  config.contexts = [{ name: "reader", context: { cluster: config.clusters[0].name, user: "reader" } }];
  config["current-context"] = "reader";
  const file = join(dir, "reader.kubeconfig");
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
};
