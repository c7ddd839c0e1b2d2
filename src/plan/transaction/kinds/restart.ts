// restart: pods and workloads of a cluster, containers and units of a host.
import { z } from "zod";
import type { Step } from "../../../model/plan.ts";
import { commandOf } from "../../commands.ts";
import { hostFor } from "../doors.ts";
import { defineKind } from "../step-kind.ts";
import {
  actOnHost,
  hostByHand,
  hostGate,
  hostRestartImage,
  lookOnHost,
  undoOnHost,
  whereOnHost,
} from "./restart-on-host.ts";
import {
  actOnWorkload,
  lookAtWorkload,
  undoWorkload,
  whereIsWorkload,
  workloadByHand,
  workloadGate,
  workloadImage,
} from "./restart-workload.ts";
import { noWayTo } from "./text.ts";

type RestartStep = Extract<Step, { readonly do: "restart" }>;

const image = z.discriminatedUnion("at", [workloadImage, hostRestartImage]);
type Image = z.infer<typeof image>;

export const restart = defineKind<RestartStep, Image>({
  does: ["restart"],
  again: (one) => one.at === "workload" || one.wasStopped !== true,
  parse: (value) => image.parse(value),
  async look(step, { doors }) {
    const { kind, name, namespace, host } = step.what;
    const command = commandOf(step);
    const left = (because: string) => ({ state: "left", because, ...(command ? { command } : {}) }) as const;
    if (kind === "container" || kind === "unit") {
      const access = hostFor(doors, host);
      return access ? await lookOnHost(access, kind, name) : left(noWayTo(host, `${kind} ${name}`));
    }
    const [place = "", container] = name.split("/");
    const named =
      kind === "workload" && container !== undefined && namespace === undefined
        ? hostFor(doors, place)
        : undefined;
    // Components of hosts are called HOST/CONTAINER.
    if (named && container !== undefined) return await lookOnHost(named, "container", container);
    if (!doors.cluster) {
      const [only, other] = doors.hosts;
      // Rules that do not know where a component runs call it a workload: on a single host it is a container.
      if (only && !other && kind === "workload")
        return await lookOnHost(only, "container", name.split("/").at(-1) ?? name);
      return left(`there is no way to the cluster of ${name}: name it with --context`);
    }
    return await lookAtWorkload(doors.cluster, name, namespace);
  },
  act: (one, context) => (one.at === "workload" ? actOnWorkload(one, context) : actOnHost(one, context)),
  where: (one, context) =>
    one.at === "workload" ? whereIsWorkload(one, context) : whereOnHost(one, context),
  undo: (one, context) => (one.at === "workload" ? undoWorkload(one, context) : undoOnHost(one, context)),
  gate: (one, context) => (one.at === "workload" ? workloadGate(one, context) : hostGate(one, context)),
  byHand: (one) => (one.at === "workload" ? workloadByHand(one) : hostByHand(one)),
});
