// Restarts a container or a systemd unit of a host.
import { z } from "zod";
import { quoteWord } from "../../../model/quote.ts";
import { type HostAccess, mustRun, runScript } from "../doors.ts";
import { finish } from "../host-file.ts";
import type { ActContext, Gate, Look, Standing } from "../step-kind.ts";
import { accessTo, reach } from "./file-text.ts";

export const hostRestartImage = z.strictObject({
  at: z.literal("host"),
  host: z.string(),
  what: z.enum(["container", "unit"]),
  engine: z.enum(["docker", "podman", "systemctl"]),
  name: z.string(),
  /** What identifies this run of it: changes with every start. */
  run: z.string(),
  /** It did not run; taken back, it does not run again. */
  wasStopped: z.literal(true).optional(),
  /** Units that would start it at the next connection, and did not listen either. */
  sockets: z.array(z.string()).optional(),
});
export type HostRestartImage = z.infer<typeof hostRestartImage>;

interface Running {
  readonly engine: HostRestartImage["engine"];
  readonly run: string;
  readonly state: string;
  readonly restarts: number;
  readonly sockets?: readonly string[];
}

/** Neither running nor between two starts of a loop. */
function isStopped({ state }: Running): boolean {
  return /^(?:exited|created|dead|inactive|failed|configured|stopped)/.test(state);
}

export async function lookOnHost(
  access: HostAccess,
  what: HostRestartImage["what"],
  name: string,
): Promise<Look<HostRestartImage>> {
  const { host } = access.door;
  const found = await running(access, what, name);
  if (!found) return { state: "refused", because: `${host} has no ${what} ${name}` };
  const stopped = isStopped(found)
    ? {
        wasStopped: true as const,
        ...(found.sockets && found.sockets.length > 0 ? { sockets: [...found.sockets] } : {}),
      }
    : {};
  return {
    state: "change",
    subject: `${host}: ${what} ${name}`,
    lock: { kind: "host", host },
    before: found.state,
    after: isStopped(found) ? "started" : "restarted",
    fingerprint: "",
    image: () => ({ at: "host", host, what, engine: found.engine, name, run: found.run, ...stopped }),
  };
}

async function running(
  access: HostAccess,
  what: HostRestartImage["what"],
  name: string,
): Promise<Running | undefined> {
  const word = quoteWord(name);
  const script =
    what === "unit"
      ? `systemctl show -p LoadState,ActiveState,InvocationID,NRestarts ${word} | sort
for s in $(systemctl show -p TriggeredBy --value ${word}); do
  systemctl -q is-active "$s" || echo "Socket=$s"
done`
      : `for e in docker podman; do
  command -v $e >/dev/null 2>&1 || continue
  $e container inspect --format '{{.State.StartedAt}}|{{.State.Status}}{{if .State.Health}}, {{.State.Health.Status}}{{end}}|{{.RestartCount}}' ${word} 2>/dev/null && { echo $e; break; }
done; :`;
  const out = (await mustRun(access, `${what} ${name}`, script)).toString("utf8").trim().split("\n");
  if (what === "unit") {
    const value = (key: string): string =>
      out.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? "";
    if (value("LoadState") !== "loaded") return undefined;
    return {
      engine: "systemctl",
      run: value("InvocationID"),
      state: value("ActiveState"),
      restarts: Number(value("NRestarts")) || 0,
      sockets: out.flatMap((line) => (line.startsWith("Socket=") ? [line.slice("Socket=".length)] : [])),
    };
  }
  const [facts = "", engine] = out;
  const [run = "", state = "", restarts = "0"] = facts.split("|");
  if (engine !== "docker" && engine !== "podman") return undefined;
  return { engine, run, state, restarts: Number(restarts) || 0 };
}

export async function actOnHost(image: HostRestartImage, context: ActContext): Promise<void> {
  const { access, lock } = reach(image.host, context);
  const command = `${image.engine} restart ${quoteWord(image.name)}`;
  await finish(
    access,
    `${image.what} ${image.name}`,
    await runScript(access, `${lock.fence}${command} >/dev/null`, { timeoutMs: 120_000 }),
  );
}

export async function undoOnHost(image: HostRestartImage, context: ActContext): Promise<void> {
  if (!image.wasStopped) return await actOnHost(image, context);
  const { access, lock } = reach(image.host, context);
  await finish(
    access,
    `${image.what} ${image.name}`,
    await runScript(access, `${lock.fence}${stopCommand(image)} >/dev/null`, { timeoutMs: 120_000 }),
  );
}

function stopCommand({ engine, name, sockets = [] }: HostRestartImage): string {
  return `${engine} stop ${[...sockets, name].map(quoteWord).join(" ")}`;
}

export async function whereOnHost(image: HostRestartImage, context: ActContext): Promise<Standing> {
  const found = await running(accessTo(context.doors, image.host), image.what, image.name);
  if (!found) return { is: "elsewhere", says: `${image.host} has no ${image.what} ${image.name} any more` };
  return { is: found.run === image.run ? "before" : "after" };
}

export async function hostGate(image: HostRestartImage, context: ActContext): Promise<Gate> {
  const found = await running(accessTo(context.doors, image.host), image.what, image.name);
  const subject = `${image.host}: ${image.what} ${image.name}`;
  if (!found) return { state: "failing", says: `${subject} is not there any more` };
  if (/^(?:running(?:, healthy)?|active)$/.test(found.state)) {
    const up = await secondsUp(image, context);
    return up < 3
      ? { state: "waiting", says: `${subject} has run for ${up} s` }
      : { state: "ready", says: `${subject} is ${found.state}` };
  }
  if (found.restarts >= 3 || /^(?:failed|exited|dead)/.test(found.state))
    return { state: "failing", says: `${subject} is ${found.state}` };
  return { state: "waiting", says: `${subject} is ${found.state || "starting"}` };
}

/** By the host's own clock. */
async function secondsUp(image: HostRestartImage, { doors }: ActContext): Promise<number> {
  const word = quoteWord(image.name);
  const started =
    image.what === "unit"
      ? `date -d "$(systemctl show -p ActiveEnterTimestamp --value ${word})" +%s`
      : `date -d "$(${image.engine} container inspect --format '{{.State.StartedAt}}' ${word} | sed 's/ [+-][0-9]* [A-Z]*$//')" +%s`;
  const result = await runScript(
    accessTo(doors, image.host),
    `s=$(${started} 2>/dev/null) && echo $(($(date +%s) - s)) || echo 99`,
  );
  const seconds = Number(Buffer.from(result.stdout).toString("utf8").trim());
  return Number.isFinite(seconds) ? seconds : 99;
}

export function hostByHand(image: HostRestartImage): string[] {
  const { host, engine, name, wasStopped } = image;
  return [`# on ${host}`, wasStopped ? stopCommand(image) : `${engine} restart ${quoteWord(name)}`];
}
