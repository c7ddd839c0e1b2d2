// reload: a running program reads its configuration again, by signal or over its own door; where it has neither, it is restarted.
import { z } from "zod";
import type { Step } from "../../../model/plan.ts";
import { commandOf } from "../../commands.ts";
import { hostFor } from "../doors.ts";
import { defineKind } from "../step-kind.ts";
import {
  actOnPods,
  lookAtPods,
  podsByHand,
  podsGate,
  podsReloadImage,
  undoOnPods,
} from "./reload-in-cluster.ts";
import {
  lookAtProcess,
  processByHand,
  processGate,
  processReloadImage,
  signalProcess,
  whereIsProcess,
} from "./reload-on-host.ts";
import { restart } from "./restart.ts";
import { noWayTo } from "./text.ts";

type ReloadStep = Extract<Step, { readonly do: "reload" }>;

const image = z.union([
  podsReloadImage,
  processReloadImage,
  z.strictObject({ at: z.literal("restart"), restart: z.unknown() }),
]);
type Image = z.infer<typeof image>;

export const reload = defineKind<ReloadStep, Image>({
  does: ["reload"],
  again: true,
  parse: (value) => image.parse(value),
  async look(step, context) {
    const { doors } = context;
    const { kind, host } = step.what;
    const command = commandOf(step);
    if (kind === "container") {
      const access = hostFor(doors, host);
      if (!access)
        return {
          state: "left",
          because: noWayTo(host, `container ${step.what.name}`),
          ...(command ? { command } : {}),
        };
      const found = await lookAtProcess(access, step);
      if (found) return found;
    } else if (doors.cluster) {
      const found = await lookAtPods(doors.cluster, step);
      if (found) return found;
    }
    // It has no way to be told: what a restart would do is done instead, and shown as that.
    const instead = await restart.look({ do: "restart", title: step.title, what: step.what }, context);
    if (instead.state !== "change") return instead;
    return {
      ...instead,
      notes: [
        ...(instead.notes ?? []),
        `${step.component} cannot be told to read its files: it is restarted`,
      ],
      image: (backup) => ({ at: "restart", restart: instead.image(backup) }),
    };
  },
  act(one, context) {
    if (one.at === "pods") return actOnPods(one, context);
    return one.at === "process" ? signalProcess(one, context) : restart.act(again(one), context);
  },
  async where(one, context) {
    // Whether it has read what it should is for the gate to say.
    if (one.at === "pods") return { is: "after" };
    return one.at === "process"
      ? await whereIsProcess(one, context)
      : await restart.where(again(one), context);
  },
  undo(one, context) {
    if (one.at === "pods") return undoOnPods(one, context);
    return one.at === "process" ? signalProcess(one, context) : restart.undo(again(one), context);
  },
  async gate(one, context) {
    if (one.at === "pods") return await podsGate(one, context);
    if (one.at === "process") return await processGate(one, context);
    const gate = await restart.gate?.(again(one), context);
    return gate ?? { state: "ready", says: "restarted" };
  },
  byHand(one) {
    if (one.at === "pods") return podsByHand(one);
    return one.at === "process" ? processByHand(one) : restart.byHand(again(one));
  },
});

function again({ restart: inner }: Extract<Image, { at: "restart" }>): unknown {
  return restart.parse(inner);
}
