// A real Kubernetes on one node of the rig, and what scenarios do with it: apply objects, wait for conditions, read.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { dnsObjects } from "./cluster/dns.ts";
import { controlPlane, kernelWishes, nodeAgents, nodeName, nodeSpec, pkiArguments } from "./cluster/node.ts";
import { type Host, hostOf, startHost } from "./host.ts";
import { binary, kubernetes } from "./parts/go.ts";
import { corednsImage, type ImagePart, pauseImage } from "./parts/images.ts";
import { dirOf } from "./parts/part.ts";
import { type CommandOptions, run as command, type Ran } from "./process/command.ts";
import { cacheRoot, rigRoot } from "./process/paths.ts";
import { until, type WaitOptions } from "./process/wait.ts";
import { asOperator, type Run } from "./world/run.ts";

export type Cluster = {
  readonly node: Host;
  readonly kubeconfig: string;
  readonly kubectl: (args: readonly string[], options?: CommandOptions) => Promise<Ran>;
  /** Objects, or YAML text. */
  readonly apply: (what: readonly object[] | string, namespace?: string) => Promise<void>;
  /** The parsed answer to a path of the API. */
  readonly read: <T>(path: string) => Promise<T>;
  /** Waits until a condition of an object holds, as `kubectl wait` names it: `condition=Ready`, `jsonpath=…`, `delete`. */
  readonly wait: (object: string, wanted: string, namespace?: string, options?: WaitOptions) => Promise<void>;
  /** Imports an image into the node's containerd once and returns its name. */
  readonly image: (part: ImagePart) => Promise<string>;
};

const inNamespace = (namespace: string | undefined): string[] =>
  namespace === undefined ? [] : ["-n", namespace];

const manifest = (what: readonly object[] | string): string =>
  typeof what === "string" ? what : JSON.stringify({ apiVersion: "v1", kind: "List", items: what });

const importer = (node: Host): ((part: ImagePart) => Promise<string>) => {
  const begun = new Map<string, Promise<string>>();
  const load = async (part: ImagePart): Promise<string> => {
    const archive = join("/opt/parts", relative(cacheRoot, part.archive()));
    await node.run(["ctr", "-n", "k8s.io", "images", "import", archive]);
    return part.ref;
  };
  return (part) => {
    const mine = begun.get(part.ref) ?? load(part);
    begun.set(part.ref, mine);
    return mine;
  };
};

const clusterOf = (run: Run, node: Host): Cluster => {
  const kubeconfig = join(run.dir, "kubeconfig");
  const kubectl: Cluster["kubectl"] = (args, options) =>
    command(asOperator(run, ["env", `KUBECONFIG=${kubeconfig}`, "kubectl", ...args]), options);
  return {
    node,
    kubeconfig,
    kubectl,
    apply: async (what, namespace) => {
      const words = ["apply", "--server-side", "--force-conflicts", ...inNamespace(namespace), "-f", "-"];
      await kubectl(words, { input: manifest(what) });
    },
    read: async <T>(path: string) => JSON.parse((await kubectl(["get", "--raw", path])).stdout) as T,
    wait: async (object, wanted, namespace, options = {}) => {
      const seconds = Math.ceil((options.timeoutMs ?? 90_000) / 1000);
      const words = ["wait", object, `--for=${wanted}`, ...inNamespace(namespace), `--timeout=${seconds}s`];
      // `kubectl wait` gives up at once on an object that is not there yet.
      const present = async (): Promise<Ran> =>
        kubectl(["get", object, ...inNamespace(namespace), "-o", "name"]);
      if (wanted !== "delete") await until(`${object} to exist`, present, options);
      await kubectl(words, { timeoutMs: (seconds + 10) * 1000 });
    },
    image: importer(node),
  };
};

const writeWishes = (dir: string): string => {
  for (const [name, value] of Object.entries(kernelWishes)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), `${value}\n`);
  }
  return dir;
};

const start = async (node: Host, units: readonly string[]): Promise<void> => {
  await node.run(["systemctl", "enable", "--now", ...units.map((unit) => `${unit}.service`)]);
};

/** What the last lines of a unit say when waiting on its work fails. */
const withJournal = async <T>(node: Host, units: readonly string[], work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    const lines = units.flatMap((unit) => ["-u", unit]);
    const log = await node.sh(`journalctl --no-pager -o cat -n 40 ${lines.join(" ")}`).catch(() => "");
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}\nlast of ${units.join(", ")}:\n${log}`,
    );
  }
};

const waitReady = async (cluster: Cluster): Promise<void> => {
  const healthy = until("the API server to be ready", () => cluster.kubectl(["get", "--raw", "/readyz"]), {
    timeoutMs: 120_000,
    everyMs: 500,
  });
  await withJournal(cluster.node, controlPlane, healthy);
};

export const startCluster = async (run: Run): Promise<Cluster> => {
  const known = run.hosts[nodeName];
  if (known !== undefined) return clusterOf(run, hostOf(nodeName, known));
  copyFileSync(binary(dirOf(kubernetes), "kubectl"), join(run.dir, "bin", "kubectl"));
  const wishes = writeWishes(join(run.dir, "kernel"));
  const node = await startHost(run, nodeSpec(join(dirOf(kubernetes), "bin"), wishes, pauseImage.ref));
  const cluster = clusterOf(run, node);
  const pki = readFileSync(join(rigRoot, "cluster", "pki.sh"), "utf8");
  await node.run(["sh", "-s", ...pkiArguments], { input: pki });
  writeFileSync(cluster.kubeconfig, (await node.run(["cat", "/etc/kubernetes/admin.kubeconfig"])).stdout, {
    mode: 0o600,
  });
  await Promise.all([start(node, controlPlane), cluster.image(pauseImage), cluster.image(corednsImage)]);
  await waitReady(cluster);
  await start(node, nodeAgents);
  await cluster.apply(dnsObjects(corednsImage.ref));
  const patient = { timeoutMs: 180_000 };
  await withJournal(
    node,
    nodeAgents,
    cluster.wait(`node/${nodeName}`, "condition=Ready", undefined, patient),
  );
  await withJournal(
    node,
    nodeAgents,
    cluster.wait("deployment/coredns", "condition=Available", "kube-system", patient),
  );
  return cluster;
};
