// A container is told by SIGHUP to read its files again; its own metrics say whether it took them.
import { z } from "zod";
import { itemsOf, textOf, valueAt } from "../../../model/json-value.ts";
import type { Step } from "../../../model/plan.ts";
import { quoteWord } from "../../../model/quote.ts";
import { type HostAccess, mustRun, runScript } from "../doors.ts";
import { finish } from "../host-file.ts";
import type { ActContext, Gate, Look, Standing } from "../step-kind.ts";
import { accessTo, reach } from "./file-text.ts";
import { inspectAll } from "./put-container.ts";
import { askReady } from "./ready-gate.ts";

type ReloadStep = Extract<Step, { readonly do: "reload" }>;

/** Programs that read their files at SIGHUP, the port they answer on, and where they say that they are ready. */
const reloading: Readonly<Record<string, { readonly port: number; readonly ready: string }>> = {
  prometheus: { port: 9090, ready: "/-/ready" },
  alertmanager: { port: 9093, ready: "/-/ready" },
  "blackbox-exporter": { port: 9115, ready: "/-/healthy" },
  alloy: { port: 12345, ready: "/-/ready" },
};

export const processReloadImage = z.strictObject({
  at: z.literal("process"),
  host: z.string(),
  engine: z.enum(["docker", "podman"]),
  name: z.string(),
  ready: z.string(),
  /** Seconds of the host's clock before it was told. */
  since: z.int(),
});
export type ProcessReloadImage = z.infer<typeof processReloadImage>;

/** Undefined where the program knows no reload, or does not run. */
export async function lookAtProcess(
  access: HostAccess,
  { component, what }: ReloadStep,
): Promise<Look<ProcessReloadImage> | undefined> {
  const known = reloading[component];
  if (!known) return undefined;
  const { host } = access.door;
  const found = await findContainer(access, what.name);
  if (!found) return { state: "refused", because: `${host} has no container ${what.name}` };
  const { engine, inspect } = found;
  if (textOf(valueAt(inspect, "State", "Status")) !== "running") return undefined;
  const address = addressOf(inspect);
  if (address === undefined) return undefined;
  const port = portOf(inspect) ?? known.port;
  const since = Number((await mustRun(access, host, "date +%s")).toString("utf8").trim());
  return {
    state: "change",
    subject: `${host}: container ${what.name}`,
    lock: { kind: "host", host },
    before: "runs with the configuration it has read",
    after: "told to read its configuration (SIGHUP)",
    fingerprint: "",
    image: () => ({
      at: "process",
      host,
      engine,
      name: what.name,
      ready: `http://${address}:${port}${known.ready}`,
      since,
    }),
  };
}

async function findContainer(
  access: HostAccess,
  name: string,
): Promise<{ readonly engine: "docker" | "podman"; readonly inspect: unknown } | undefined> {
  const script = `for e in docker podman; do command -v $e >/dev/null 2>&1 && $e container inspect ${quoteWord(name)} >/dev/null 2>&1 && { echo $e; break; }; done; :`;
  const engine = (await mustRun(access, `container ${name}`, script)).toString("utf8").trim();
  if (engine !== "docker" && engine !== "podman") return undefined;
  const [inspect] = await inspectAll(access, engine, [name]);
  return inspect ? { engine, inspect } : undefined;
}

/** Where the host itself reaches it. */
function addressOf(inspect: unknown): string | undefined {
  const mode = textOf(valueAt(inspect, "HostConfig", "NetworkMode"));
  if (mode === "host") return "127.0.0.1";
  const networks = Object.values(valueAt(inspect, "NetworkSettings", "Networks") ?? {});
  return networks.flatMap((network) => textOf(valueAt(network, "IPAddress")) || []).find(Boolean);
}

function portOf(inspect: unknown): number | undefined {
  const words = itemsOf(valueAt(inspect, "Args")).map(String);
  const port = words
    .map((word) => /^--(?:web\.listen-address|server\.http\.listen-addr)=.*:(\d+)$/.exec(word)?.[1])
    .find(Boolean);
  return port === undefined ? undefined : Number(port);
}

export async function signalProcess(image: ProcessReloadImage, context: ActContext): Promise<void> {
  const { access, lock } = reach(image.host, context);
  const command = `${image.engine} kill -s HUP ${quoteWord(image.name)} >/dev/null`;
  await finish(access, `container ${image.name}`, await runScript(access, `${lock.fence}${command}`));
}

export async function whereIsProcess(one: ProcessReloadImage, context: ActContext): Promise<Standing> {
  const [inspect] = await inspectAll(accessTo(context.doors, one.host), one.engine, [one.name]);
  return inspect
    ? { is: "after" }
    : { is: "elsewhere", says: `${one.host} has no container ${one.name} any more` };
}

export async function processGate(one: ProcessReloadImage, { doors }: ActContext): Promise<Gate> {
  return await askReady(accessTo(doors, one.host), { ...one, readSince: one.since });
}

export function processByHand({ host, engine, name }: ProcessReloadImage): string[] {
  return [`# on ${host}, after its files are back`, `${engine} kill -s HUP ${quoteWord(name)}`];
}
