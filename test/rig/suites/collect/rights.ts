// The role that `watchmend rbac` prints: with exactly it everything is read; with one right less the coverage says which.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { prometheusImage2 } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { type ClusterStage, clusterScenario, contains, type Scenario } from "../../scenario.ts";
import { prometheus, serving } from "../../stacks/cluster.ts";

const rolesFor = async ({ watchmend, namespace }: ClusterStage): Promise<string> => {
  const account = ["--service-account", `${namespace}/watchmend`];
  const ran = await watchmend(["rbac", "--namespace", namespace, "--namespace", "kube-system", ...account]);
  contains("what rbac prints", ran.stdout, "kind: ServiceAccount");
  return ran.stdout;
};

/** A kubeconfig of somebody who has these rights and no others. */
const signIn = async ({ cluster, namespace, dir }: ClusterStage): Promise<string> => {
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

const less = (missing: string): Scenario =>
  clusterScenario({
    name: `rights-without-${missing.replace(/\W+/g, "-")}`,
    title: `with the printed role everything is read; without ${missing} there is no verdict, and the coverage says so`,
    core: false,
    needs: [prometheusImage2],
    finds: {
      roots: [],
      unknown: new RegExp(
        `${missing.replace("/", "\\/")}.*(missing|cannot list)|cannot list resource "${missing}"`,
      ),
    },
    arrange: async (stage) => {
      const { cluster, namespace } = stage;
      await cluster.apply(
        [prometheus(await cluster.image(prometheusImage2)), serving("prometheus", 9090)],
        namespace,
      );
      await cluster.apply(await rolesFor(stage));
      stage.defer(async () => {
        const gone = ["--ignore-not-found", "--wait=false"];
        await cluster.kubectl(["delete", "clusterrole,clusterrolebinding", "watchmend-read", ...gone]);
        await cluster.kubectl(["delete", "role,rolebinding", "watchmend-read", "-n", "kube-system", ...gone]);
      });
      const kubeconfig = await signIn(stage);
      stage.readWith([
        ...["--kubeconfig", kubeconfig, "--context", "reader"],
        ...["--namespace", namespace, "--namespace", "kube-system"],
      ]);
    },
    healthy: ({ cluster, namespace }) =>
      cluster.wait("deployment/prometheus", "condition=Available", namespace),
    inject: async (stage) => {
      const roles = await rolesFor(stage);
      await stage.cluster.apply(roles.replaceAll(`"${missing}"`, '"nothing"'));
    },
    expect: async ({ cluster, namespace }) => {
      const [resource = "", subresource] = missing.split("/");
      const verb = subresource === undefined ? "list" : "get";
      const asked = [
        "auth",
        "can-i",
        verb,
        resource,
        ...(subresource ? [`--subresource=${subresource}`] : []),
      ];
      const as = [`--as=system:serviceaccount:${namespace}:watchmend`, "-n", namespace];
      await until(`${missing} to be forbidden`, async () => {
        const ran = await cluster.kubectl([...asked, ...as], { allowFailure: true });
        contains("may it", ran.stdout, "no");
      });
    },
    recover: async (stage) => stage.cluster.apply(await rolesFor(stage)),
  });

export const scenarios: readonly Scenario[] = [less("configmaps"), less("pods/log")];
