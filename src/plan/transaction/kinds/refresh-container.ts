// refresh-container: a component reads its configuration again, by signal, by request or by a restart.
import { z } from "zod";
import { textOf, valueAt } from "../../../model/json-value.ts";
import type { Step } from "../../../model/plan.ts";
import { quoteWord } from "../../../model/quote.ts";
import { hostFor, mustRun, runScript } from "../doors.ts";
import { finish } from "../host-file.ts";
import { defineKind } from "../step-kind.ts";
import { accessTo, reach } from "./file-text.ts";
import { inspectAll } from "./put-container.ts";
import { askReady } from "./ready-gate.ts";
import { noWayTo } from "./text.ts";

type RefreshStep = Extract<Step, { readonly do: "refresh-container" }>;

const image = z.strictObject({
  host: z.string(),
  engine: z.enum(["docker", "podman"]),
  name: z.string(),
  how: z.union([
    z.literal("restart"),
    z.strictObject({ signal: z.string() }),
    z.strictObject({ url: z.string() }),
  ]),
  ready: z.string(),
  keys: z.string().optional(),
  /** Seconds of the host's clock before it was told. */
  since: z.int(),
});
type Image = z.infer<typeof image>;

export const refreshContainer = defineKind<RefreshStep, Image>({
  does: ["refresh-container"],
  again: true,
  parse: (value) => image.parse(value),
  async look(step, { doors }) {
    const access = hostFor(doors, step.host);
    if (!access) return { state: "left", because: noWayTo(step.host, `container ${step.name}`) };
    const { host } = access.door;
    const { engine, name, how, ready, keys } = step;
    const [inspect] = await inspectAll(access, engine, [name]);
    if (!inspect) return { state: "refused", because: `${host} has no container ${name}` };
    const since = Number((await mustRun(access, host, "date +%s")).toString("utf8").trim());
    return {
      state: "change",
      subject: `${host}: container ${name}`,
      lock: { kind: "host", host },
      before: textOf(valueAt(inspect, "State", "Status")) ?? "",
      after: how === "restart" ? "restarted" : "told to read its configuration",
      fingerprint: "",
      image: () => ({ host, engine, name, how, ready, since, ...(keys === undefined ? {} : { keys }) }),
    };
  },
  act: tell,
  async where(one, context) {
    const [inspect] = await inspectAll(accessTo(context.doors, one.host), one.engine, [one.name]);
    // Whether it has read what it should is for the gate to say.
    return inspect
      ? { is: "after" }
      : { is: "elsewhere", says: `${one.host} has no container ${one.name} any more` };
  },
  undo: tell,
  gate: (one, { doors }) =>
    askReady(accessTo(doors, one.host), {
      ...one,
      ...(one.how === "restart" ? {} : { readSince: one.since }),
    }),
  byHand: (one) => [`# on ${one.host}, after its files are back`, commandOf(one)],
});

async function tell(one: Image, context: Parameters<typeof reach>[1]): Promise<void> {
  const { access, lock } = reach(one.host, context);
  const result = await runScript(access, `${lock.fence}${commandOf(one)}`, { timeoutMs: 150_000 });
  await finish(access, `container ${one.name}`, result);
}

function commandOf({ engine, name, how }: Image): string {
  if (how === "restart") return `${engine} restart ${quoteWord(name)} >/dev/null`;
  if ("signal" in how) return `${engine} kill -s ${quoteWord(how.signal)} ${quoteWord(name)} >/dev/null`;
  const url = quoteWord(how.url);
  return `if command -v curl >/dev/null 2>&1; then curl -fsS -m 20 -X POST ${url}; else wget -q -T 20 --post-data= -O - ${url}; fi`;
}
