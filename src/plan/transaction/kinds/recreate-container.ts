// recreate-container: made again under its name with one thing changed; the old one is renamed, stopped and kept as the way back.
import { z } from "zod";
import { isRecord, type JsonRecord, textOf, valueAt } from "../../../model/json-value.ts";
import type { Step } from "../../../model/plan.ts";
import { quoteWord } from "../../../model/quote.ts";
import { sha256 } from "../../backup.ts";
import { storedRef } from "../backup-store.ts";
import { applyPatch, type Operation, shown, touched } from "../cluster/json-patch.ts";
import { denyContainer, notOurs, specOf } from "../container-spec.ts";
import { type HostAccess, hostFor } from "../doors.ts";
import { inspectContainer, mustAnswer } from "../engine-api.ts";
import type { HostLock } from "../host-lock.ts";
import { defineKind, type Standing } from "../step-kind.ts";
import { accessTo, reach } from "./file-text.ts";
import { hostGate } from "./restart-on-host.ts";
import { noWayTo } from "./text.ts";

type RecreateStep = Extract<Step, { readonly do: "recreate-container" }>;

const image = z.strictObject({
  host: z.string(),
  name: z.string(),
  /** Of the container as it was. */
  id: z.string(),
  wasRunning: z.boolean(),
  restartPolicy: z.record(z.string(), z.unknown()),
  /** What inspect showed, and what the new one is made from. */
  inspect: storedRef,
  spec: storedRef,
  /** Part of the names of the old and of the new one until it is done. */
  tag: z.string(),
});
type Image = z.infer<typeof image>;

const oldName = ({ name, tag }: Image): string => `${name}.before-${tag}`;
const newName = ({ name, tag }: Image): string => `${name}.new-${tag}`;

export const recreateContainer = defineKind<RecreateStep, Image>({
  does: ["recreate-container"],
  parse: (value) => image.parse(value),
  async look(step, { doors }) {
    const access = hostFor(doors, step.host);
    if (!access) return { state: "left", because: noWayTo(step.host, `container ${step.name}`) };
    const { host } = access.door;
    const inspect = withMaps(await inspectContainer(access, step.name));
    if (!inspect) return { state: "refused", because: `${host} has no container ${step.name}` };
    const because = notOurs(inspect);
    if (because !== undefined) return { state: "left", because: `${step.name}: ${because}` };
    const patch = step.patch.map((one): Operation => ({ ...one }));
    const patched = applyPatch(inspect, patch);
    const denied = denyContainer(inspect, patched.object, patch);
    if (denied !== undefined) return { state: "refused", because: `${step.name}: ${denied}` };
    const [before, after] = [touched(inspect, patch), touched(patched.object, patch)];
    const subject = `${host}: container ${step.name}`;
    if (JSON.stringify(before) === JSON.stringify(after)) return { state: "already", subject };
    const tag = sha256(`${String(inspect.Id)}${JSON.stringify(after)}`).slice(0, 8);
    return {
      state: "change",
      subject,
      lock: { kind: "host", host },
      before: fields(before),
      after: fields(after),
      fingerprint: sha256(`${String(inspect.Id)} ${JSON.stringify(before)}`),
      notes: notesOf(inspect, step.name, tag),
      image: (backup) => ({
        host,
        name: step.name,
        id: textOf(inspect.Id) ?? "",
        wasRunning:
          valueAt(inspect, "State", "Running") === true || valueAt(inspect, "State", "Restarting") === true,
        restartPolicy: { ...(valueAt(inspect, "HostConfig", "RestartPolicy") as JsonRecord | undefined) },
        inspect: backup.put(
          `${host}-${step.name}.inspect.json`,
          `${JSON.stringify(inspect, undefined, 2)}\n`,
        ),
        spec: backup.put(
          `${host}-${step.name}.create.json`,
          `${JSON.stringify(specOf(patched.object as JsonRecord), undefined, 2)}\n`,
        ),
        tag,
      }),
    };
  },
  async act(one, context) {
    const { access, lock } = reach(one.host, context);
    const spec = JSON.parse(context.backup.get(one.spec).toString("utf8")) as ReturnType<typeof specOf>;
    const change = changer(access, lock);
    await change("POST", `/containers/create?name=${encodeURIComponent(newName(one))}`, spec.create);
    for (const { network, settings } of spec.connect)
      await change("POST", `/networks/${encodeURIComponent(network)}/connect`, {
        Container: newName(one),
        EndpointConfig: settings,
      });
    // Stopped first: two containers cannot have one port, and the old one must not come back by itself.
    await change("POST", `/containers/${one.id}/update`, { RestartPolicy: { Name: "no" } });
    if (one.wasRunning) await change("POST", `/containers/${one.id}/stop?t=30`);
    await change("POST", `/containers/${one.id}/rename?name=${encodeURIComponent(oldName(one))}`);
    await change(
      "POST",
      `/containers/${encodeURIComponent(newName(one))}/rename?name=${encodeURIComponent(one.name)}`,
    );
    if (one.wasRunning) await change("POST", `/containers/${encodeURIComponent(one.name)}/start`);
  },
  async where(one, context) {
    const access = accessTo(context.doors, one.host);
    const [now, old, fresh] = [
      await inspectContainer(access, one.name),
      await inspectContainer(access, oldName(one)),
      await inspectContainer(access, newName(one)),
    ];
    return standing(one, now, old, fresh);
  },
  async undo(one, context) {
    const { access, lock } = reach(one.host, context);
    const change = changer(access, lock);
    const old = await inspectContainer(access, oldName(one));
    if (old && old.Id === one.id) {
      const now = await inspectContainer(access, one.name);
      if (now) {
        await change("POST", `/containers/${String(now.Id)}/stop?t=30`);
        await change("DELETE", `/containers/${String(now.Id)}`);
      }
      await change("POST", `/containers/${one.id}/rename?name=${encodeURIComponent(one.name)}`);
    }
    if (await inspectContainer(access, newName(one)))
      await change("DELETE", `/containers/${encodeURIComponent(newName(one))}?force=true`);
    if (Object.keys(one.restartPolicy).length > 0)
      await change("POST", `/containers/${one.id}/update`, { RestartPolicy: one.restartPolicy });
    if (one.wasRunning) await change("POST", `/containers/${one.id}/start`);
  },
  gate: (one, context) =>
    one.wasRunning
      ? hostGate(
          { at: "host", host: one.host, what: "container", engine: "docker", name: one.name, run: "" },
          context,
        )
      : Promise.resolve({
          state: "ready",
          says: `${one.host}: container ${one.name} was not running and was not started`,
        }),
  byHand: (one) => [
    `# on ${one.host}; what inspect showed is in backup/${one.inspect.file}`,
    `docker stop ${quoteWord(one.name)} && docker rm ${quoteWord(one.name)}`,
    `docker rename ${quoteWord(oldName(one))} ${quoteWord(one.name)}`,
    ...(textOf(one.restartPolicy.Name)
      ? [`docker update --restart ${quoteWord(policyWord(one.restartPolicy))} ${quoteWord(one.name)}`]
      : []),
    ...(one.wasRunning ? [`docker start ${quoteWord(one.name)}`] : []),
  ],
});

function policyWord({ Name: name, MaximumRetryCount: most }: JsonRecord): string {
  const word = textOf(name) ?? "no";
  return word === "on-failure" && typeof most === "number" && most > 0 ? `${word}:${most}` : word;
}

/** Engines write nothing, null or an empty map where no port is published: a patch needs the map. */
function withMaps(inspect: JsonRecord | undefined): JsonRecord | undefined {
  const host = inspect?.HostConfig;
  return isRecord(host)
    ? { ...inspect, HostConfig: { ...host, PortBindings: host.PortBindings ?? {} } }
    : inspect;
}

function changer(
  access: HostAccess,
  lock: HostLock,
): (method: "POST" | "DELETE", path: string, body?: unknown) => Promise<void> {
  return async (method, path, body) => {
    await mustAnswer(access, {
      method,
      path,
      fence: lock.fence,
      timeoutMs: 90_000,
      ...(body === undefined ? {} : { body }),
    });
  };
}

type Seen = Record<string, unknown> | undefined;

function standing(one: Image, now: Seen, old: Seen, fresh: Seen): Standing {
  const isRunning = (seen: Seen): boolean =>
    valueAt(seen, "State", "Running") === true || valueAt(seen, "State", "Restarting") === true;
  if (now?.Id === one.id) {
    const policy = valueAt(now, "HostConfig", "RestartPolicy", "Name");
    const wanted = one.restartPolicy.Name ?? policy;
    const isWhole = !fresh && policy === wanted && (isRunning(now) || !one.wasRunning);
    return { is: isWhole ? "before" : "between" };
  }
  if (old?.Id !== one.id)
    return {
      is: "elsewhere",
      says: `${one.name} was made anew by somebody since, and the old one is not there any more`,
    };
  // Whether it stays up is for the gate to say.
  const hasStarted = textOf(valueAt(now, "State", "StartedAt"))?.startsWith("0001-") === false;
  return { is: now && !fresh && (hasStarted || !one.wasRunning) ? "after" : "between" };
}

function fields(values: Readonly<Record<string, unknown>>): string {
  return `${Object.entries(values)
    .map(([path, value]) => `${path.slice(1).replaceAll("~1", "/")}: ${shown(value ?? undefined)}`)
    .join("\n")}\n`;
}

function notesOf(inspect: JsonRecord, name: string, tag: string): string[] {
  const project = valueAt(inspect, "Config", "Labels", "com.docker.compose.project");
  return [
    `the old container stays, stopped, as ${name}.before-${tag}, until somebody removes it: it is the way back`,
    ...(typeof project === "string"
      ? [`compose project ${project} must say the same, or its next \`up\` undoes this`]
      : []),
  ];
}
