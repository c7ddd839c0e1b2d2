// All that a repair in a cluster may touch, as one text: two equal texts are the same state, to the byte.
import type { ClusterStage } from "../scenario.ts";

const kinds = [
  ...["configmaps", "services", "persistentvolumeclaims", "deployments", "statefulsets", "daemonsets"],
  ...["networkpolicies", "roles", "rolebindings", "serviceaccounts"],
].join(",");

type Seen = {
  readonly kind: string;
  readonly metadata: Record<string, unknown> & {
    readonly name: string;
    readonly annotations?: Record<string, string>;
  };
  readonly status?: unknown;
} & Record<string, unknown>;

/** Without what the server and its controllers count up by themselves. */
const plain = ({ status: _status, metadata, ...rest }: Seen): unknown => {
  const { resourceVersion: _v, generation: _g, managedFields: _m, annotations, ...kept } = metadata;
  const notes = Object.entries(annotations ?? {}).filter(
    ([key]) => key !== "deployment.kubernetes.io/revision",
  );
  return { ...rest, metadata: { ...kept, annotations: Object.fromEntries(notes.sort()) } };
};

const listed = async ({ cluster }: ClusterStage, ...words: string[]): Promise<unknown[]> => {
  const { stdout } = await cluster.kubectl(["get", ...words, "-o", "json"]);
  return (JSON.parse(stdout) as { items: Seen[] }).items.map(plain);
};

export const pictureOfCluster = async (stage: ClusterStage, watched: readonly string[]): Promise<string> => {
  const { cluster, namespace } = stage;
  const volumes = (await listed(stage, "persistentvolumes")).filter((one) =>
    (one as Seen).metadata.name.startsWith(namespace),
  );
  const nodes = JSON.parse((await cluster.kubectl(["get", "nodes", "-o", "json"])).stdout) as {
    items: { spec: { taints?: unknown } }[];
  };
  const paths = watched.map((one) => one.slice(one.indexOf(":") + 1));
  const script = paths.map((path) => `stat -c '%u:%g %a %n' '${path}'`).join("\n");
  return JSON.stringify(
    {
      objects: await listed(stage, kinds, "-n", namespace),
      dns: await listed(stage, "deployments,configmaps", "-n", "kube-system", "-l", "!watchmend"),
      volumes,
      taints: nodes.items.map(({ spec }) => spec.taints ?? []),
      paths: (await cluster.node.sh(`${script}\ntrue`)).split("\n"),
    },
    undefined,
    1,
  );
};

/** Objects that nobody else writes to, by version; of workloads, whose status counts too, the generation; and all Leases. */
export const versionsInCluster = async ({ cluster, namespace }: ClusterStage): Promise<string> => {
  const lines = async (what: string, field: string): Promise<string> => {
    const path = `{range .items[*]}{.kind}/{.metadata.name} {.metadata.${field}}{"\\n"}{end}`;
    return (await cluster.kubectl(["get", what, "-n", namespace, "-o", `jsonpath=${path}`])).stdout;
  };
  const still = "configmaps,services,networkpolicies,roles,rolebindings,serviceaccounts,leases";
  return `${await lines(still, "resourceVersion")}${await lines("deployments,statefulsets,daemonsets", "generation")}`;
};
