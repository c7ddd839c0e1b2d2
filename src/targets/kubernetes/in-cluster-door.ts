// The API server as a pod reaches it: address from the environment, token and CA from the service account.
import { existsSync, readFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import type { ClusterDoor } from "../../model/door.ts";
import { UserError } from "../../model/errors.ts";
import { exchange } from "./http-request.ts";

const account = "/var/run/secrets/kubernetes.io/serviceaccount";

export function isInCluster(environment: NodeJS.ProcessEnv = process.env, folder = account): boolean {
  return environment.KUBERNETES_SERVICE_HOST !== undefined && existsSync(join(folder, "token"));
}

export function inClusterDoor(
  parallel: number,
  environment: NodeJS.ProcessEnv = process.env,
  folder = account,
): ClusterDoor {
  if (!isInCluster(environment, folder)) {
    throw new UserError(
      "target-unusable",
      `this is no pod with a service account: KUBERNETES_SERVICE_HOST or ${folder}/token is missing`,
      "Leave out --in-cluster and name a context: watchmend diagnose --context NAME",
    );
  }
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  const host = environment.KUBERNETES_SERVICE_HOST ?? "";
  return {
    context: "in-cluster",
    request: (asked) =>
      exchange(
        {
          tls: true,
          host,
          port: environment.KUBERNETES_SERVICE_PORT ?? "443",
          agent,
          ca: readFileSync(join(folder, "ca.crt")),
          // The kubelet renews the token in its file.
          headers: { authorization: `Bearer ${readFileSync(join(folder, "token"), "utf8").trim()}` },
        },
        asked,
      ),
    async close() {
      agent.destroy();
    },
  };
}
