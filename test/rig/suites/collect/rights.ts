// The role that `watchmend rbac` prints: with exactly it everything is read; with one right less the coverage says which.
import { prometheusImage2 } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { clusterScenario, contains, type Scenario } from "../../scenario.ts";
import { prometheus, serving } from "../../stacks/cluster.ts";
import { grant, rolesFor, signIn } from "../../stacks/rights.ts";

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
      await grant(stage);
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
