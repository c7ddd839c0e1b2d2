// An API server that answers wrongly, slowly or not at all: never a healthy verdict, never an accusation, never a hang.
import { prometheusImage2 } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { type FaultProxy, startFaultProxy } from "../../proxy/start.ts";
import type { FaultKind } from "../../proxy/wish.ts";
import { type ClusterStage, clusterScenario, type Scenario } from "../../scenario.ts";
import { prometheus, serving } from "../../stacks/cluster.ts";

type ApiFault = {
  readonly name: string;
  readonly kind: FaultKind;
  readonly title: string;
  readonly core?: boolean;
};

const everything = ".*";
/** Only the pods cannot be read; all the rest looks well. */
const onlyPods = "/pods([/?]|$)";

const proxies = new WeakMap<ClusterStage, FaultProxy>();

const proxyOf = (stage: ClusterStage): FaultProxy => {
  const found = proxies.get(stage);
  if (found === undefined) throw new Error("the scenario has no fault proxy");
  return found;
};

const blind = { roots: [], unknown: /./ };

const throughProxy = ({ name, kind, title, core }: ApiFault): Scenario =>
  clusterScenario({
    name: `api-${name}`,
    title,
    core: core ?? false,
    needs: [prometheusImage2],
    arrange: async (stage) => {
      const image = await stage.cluster.image(prometheusImage2);
      await stage.cluster.apply([prometheus(image), serving("prometheus", 9090)], stage.namespace);
      const proxy = await startFaultProxy(stage);
      proxies.set(stage, proxy);
      stage.readWith(["--kubeconfig", proxy.kubeconfig, "--context", "rig", "--namespace", stage.namespace]);
    },
    healthy: ({ cluster, namespace }) =>
      cluster.wait("deployment/prometheus", "condition=Available", namespace),
    inject: async (stage) => proxyOf(stage).wish({ kind, paths: everything }),
    expect: async (stage) => {
      await isStruck(stage);
      await stage.diagnoses(blind);
      proxyOf(stage).wish({ kind, paths: onlyPods });
    },
    finds: blind,
    recover: async (stage) => proxyOf(stage).wish({ kind: "none", paths: "" }),
  });

/** kubectl, which knows nothing of the proxy, does not get the answer either. */
const isStruck = (stage: ClusterStage): Promise<void> =>
  until("kubectl to fail through the proxy", async () => {
    const raw = ["kubectl", "--kubeconfig", proxyOf(stage).kubeconfig, "get", "--raw"];
    const ran = await stage.operator(["timeout", "3", ...raw, `/api/v1/namespaces/${stage.namespace}/pods`], {
      allowFailure: true,
    });
    const whole = ran.code === 0 && isJson(ran.stdout);
    if (whole) throw new Error("the answer came");
  });

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

export const scenarios: readonly Scenario[] = [
  throughProxy({ name: "forbidden", kind: "forbidden", title: "an API server that answers 403" }),
  throughProxy({ name: "error", kind: "error", title: "an API server that answers 500" }),
  throughProxy({
    name: "throttled",
    kind: "throttled",
    title: "an API server that answers 429 and asks to come again",
  }),
  throughProxy({
    name: "silent",
    kind: "silent",
    title: "an API server that accepts connections and never answers",
  }),
  throughProxy({ name: "slow", kind: "slow", title: "an API server that sends two bytes a second" }),
  throughProxy({ name: "reset", kind: "reset", title: "an API server whose connections are reset" }),
  throughProxy({
    name: "cut",
    kind: "cut",
    title: "answers that end in the middle, shorter than announced",
    core: true,
  }),
  throughProxy({
    name: "halved",
    kind: "halved",
    title: "answers that end in the middle, as if that were all",
  }),
];
