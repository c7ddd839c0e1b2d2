// put-container: made, replaced or taken away under its name; the one before is renamed, stopped and kept as the way back.
import { z } from "zod";
import { ownerLabels } from "../../../model/desired.ts";
import { isRecord, itemsOf, type JsonRecord, textOf, valueAt } from "../../../model/json-value.ts";
import type { Step } from "../../../model/plan.ts";
import { quoteWord, quoteWords } from "../../../model/quote.ts";
import { sha256 } from "../../backup.ts";
import { Refused } from "../../edit/refusal.ts";
import { type BackupStore, storedRef } from "../backup-store.ts";
import { createdWith, notOurs, specOf } from "../container-spec.ts";
import { hashOf, isRunning } from "../container-state.ts";
import { createWords } from "../create-words.ts";
import { type HostAccess, hostFor, mustRun, runScript } from "../doors.ts";
import { mustAnswer } from "../engine-api.ts";
import { finish } from "../host-file.ts";
import { defineKind, type Standing } from "../step-kind.ts";
import { accessTo, reach } from "./file-text.ts";
import { askReady } from "./ready-gate.ts";
import { noWayTo } from "./text.ts";

type ContainerStep = Extract<Step, { readonly do: "put-container" }>;

const image = z.strictObject({
  host: z.string(),
  engine: z.enum(["docker", "podman"]),
  name: z.string(),
  tag: z.string(),
  /** Of the new one; absent when it is taken away. */
  fresh: z
    .strictObject({
      words: z.array(z.string()),
      hash: z.string(),
      ready: z.string(),
      keys: z.string().optional(),
    })
    .optional(),
  old: z
    .strictObject({
      id: z.string(),
      wasRunning: z.boolean(),
      restart: z.string(),
      stopSeconds: z.int(),
      /** The hash of its spec, when it was ours. */
      hash: z.string().optional(),
      inspect: storedRef,
      /** For the engine's API: it may be made anew from this when it is not kept any more. */
      spec: storedRef,
    })
    .optional(),
});
type Image = z.infer<typeof image>;

const keptName = ({ name, tag }: Image): string => `${name}.before-${tag}`;
const newName = ({ name, tag }: Image): string => `${name}.new-${tag}`;

export const putContainer = defineKind<ContainerStep, Image>({
  does: ["put-container"],
  parse: (value) => image.parse(value),
  async look(step, { doors }) {
    const access = hostFor(doors, step.host);
    if (!access) return { state: "left", because: noWayTo(step.host, `container ${step.name}`) };
    const { host } = access.door;
    const { engine, name, spec } = step;
    const [inspect] = await inspectAll(access, engine, [name]);
    const subject = `${host}: container ${name}`;
    const hash = spec?.labels[ownerLabels.spec];
    if (!inspect && !spec) return { state: "already", subject };
    const no = inspect ? whyNot(inspect, step) : undefined;
    if (no !== undefined) return { state: "refused", because: `${subject}: ${no}` };
    if (
      !step.drifted &&
      inspect &&
      spec &&
      hashOf(inspect) === hash &&
      isRunning(inspect) &&
      isAsMade(inspect, spec.image)
    )
      return { state: "already", subject };
    const id = textOf(inspect?.Id) ?? "";
    const tag = sha256(`${id}${hash ?? "gone"}${Date.now()}`).slice(0, 8);
    return {
      state: "change",
      subject,
      lock: { kind: "host", host },
      before: "",
      after: "",
      fingerprint: id,
      image: (backup) => ({
        host,
        engine,
        name,
        tag,
        ...(spec
          ? {
              fresh: {
                words: createWords(spec, `${name}.new-${tag}`),
                hash: hash ?? "",
                ready: spec.ready.url,
                ...(spec.ready.keys === undefined ? {} : { keys: spec.ready.keys }),
              },
            }
          : {}),
        ...(inspect
          ? {
              old: {
                id,
                wasRunning: isRunning(inspect),
                restart: restartOf(inspect),
                stopSeconds: Number(valueAt(inspect, "Config", "StopTimeout") ?? 10) || 10,
                ...(hashOf(inspect) === undefined ? {} : { hash: hashOf(inspect) }),
                inspect: backup.put(`${host}-${name}.inspect.json`, json(inspect)),
                spec: backup.put(`${host}-${name}.create.json`, json(specOf(inspect))),
              },
            }
          : {}),
      }),
    };
  },
  async act(one, context) {
    const { access, lock } = reach(one.host, context);
    const { engine, fresh, old } = one;
    const kept = quoteWord(keptName(one));
    const script = [
      `${lock.fence}set -e`,
      ...(fresh ? [`${engine} create ${quoteWords(fresh.words)} >/dev/null`] : []),
      ...(old
        ? [
            // Stopped first: two containers cannot have one port, and the old one must not come back by itself.
            restartPolicy(engine, "no", old.id),
            ...(old.wasRunning ? [`${engine} stop -t ${old.stopSeconds} ${old.id} >/dev/null`] : []),
            `${engine} rename ${old.id} ${kept}`,
          ]
        : []),
      ...(fresh
        ? [
            `${engine} rename ${quoteWord(newName(one))} ${quoteWord(one.name)}`,
            `${engine} start ${quoteWord(one.name)} >/dev/null`,
          ]
        : []),
    ].join("\n");
    await finish(
      access,
      `container ${one.name}`,
      await runScript(access, script, { timeoutMs: timeoutOf(one) }),
    );
  },
  async where(one, context) {
    return standing(one, await seen(accessTo(context.doors, one.host), one));
  },
  async undo(one, context) {
    const { access, lock } = reach(one.host, context);
    const { engine, old } = one;
    const { now, kept, fresh } = await seen(access, one);
    const isNew = now !== undefined && now.Id !== old?.id;
    const script = [
      `${lock.fence}set -e`,
      ...(fresh ? [`${engine} rm -f ${quoteWord(newName(one))} >/dev/null`] : []),
      ...(isNew
        ? [`${engine} stop -t 30 ${String(now.Id)} >/dev/null`, `${engine} rm ${String(now.Id)} >/dev/null`]
        : []),
      ...(old && kept ? [`${engine} rename ${old.id} ${quoteWord(one.name)}`] : []),
    ].join("\n");
    await finish(
      access,
      `container ${one.name}`,
      await runScript(access, script, { timeoutMs: timeoutOf(one) }),
    );
    if (!old) return;
    if (!kept && (isNew || !now))
      await makeAgain(access, one.name, old, { ...one, ...context, fence: lock.fence });
    const word = quoteWord(one.name);
    const start = [
      `${lock.fence}set -e`,
      restartPolicy(engine, old.restart, word),
      ...(old.wasRunning ? [`${engine} start ${word} >/dev/null`] : []),
    ].join("\n");
    await finish(
      access,
      `container ${one.name}`,
      await runScript(access, start, { timeoutMs: timeoutOf(one) }),
    );
  },
  gate: (one, { doors }) =>
    one.fresh
      ? askReady(accessTo(doors, one.host), { ...one, ready: one.fresh.ready, keys: one.fresh.keys })
      : Promise.resolve({ state: "ready", says: `${one.host}: ${one.name} is taken away` }),
  byHand: (one) => [
    `# on ${one.host}${one.old ? `; what inspect showed is in backup/${one.old.inspect.file}` : ""}`,
    ...(one.fresh
      ? [`${one.engine} stop ${quoteWord(one.name)} && ${one.engine} rm ${quoteWord(one.name)}`]
      : []),
    ...(one.old
      ? [
          `${one.engine} rename ${quoteWord(keptName(one))} ${quoteWord(one.name)}`,
          `${one.engine} update --restart=${quoteWord(one.old.restart)} ${quoteWord(one.name)}`,
          ...(one.old.wasRunning ? [`${one.engine} start ${quoteWord(one.name)}`] : []),
        ]
      : []),
  ],
});

/** What it was made from is told by Docker's API, and by Podman as the command that made it. */
async function makeAgain(
  access: HostAccess,
  name: string,
  { inspect, spec }: NonNullable<Image["old"]>,
  { engine, backup, fence }: { engine: Image["engine"]; backup: BackupStore; fence: string },
): Promise<void> {
  const stored = (ref: z.infer<typeof storedRef>): unknown => JSON.parse(backup.get(ref).toString("utf8"));
  if (engine === "docker") {
    const { create } = stored(spec) as ReturnType<typeof specOf>;
    const path = `/containers/create?name=${encodeURIComponent(name)}`;
    await mustAnswer(access, { method: "POST", path, body: create, fence });
    return;
  }
  const words = createdWith(stored(inspect), name);
  if (!words)
    throw new Refused(
      "unreadable",
      `${access.door.host}: Podman did not note the command that made ${name}; what it showed of it is in the backup`,
    );
  const script = `${fence}podman create ${quoteWords(words)} >/dev/null`;
  await finish(access, `container ${name}`, await runScript(access, script));
}

/** Podman knows it from 5.1 on (https://docs.podman.io/en/latest/markdown/podman-update.1.html), and starts nothing by itself that was stopped. */
function restartPolicy(engine: Image["engine"], policy: string, word: string): string {
  const update = `${engine} update --restart=${quoteWord(policy)} ${word} >/dev/null`;
  return engine === "podman" ? `${update} 2>&1 || :` : update;
}

function timeoutOf({ old }: Image): number {
  return ((old?.stopSeconds ?? 10) + 90) * 1000;
}

/** Those of the names that there are. */
export async function inspectAll(
  access: HostAccess,
  engine: "docker" | "podman",
  names: readonly string[],
): Promise<readonly JsonRecord[]> {
  const script = `${engine} ps -q >/dev/null || exit 1
${engine} container inspect ${quoteWords(names)} 2>/dev/null || :`;
  const out = (
    await mustRun(access, `containers ${names.join(", ")}`, script, { maxBytes: 8 * 1024 * 1024 })
  ).toString("utf8");
  const read: unknown = JSON.parse(out.trim() === "" ? "[]" : out);
  return itemsOf(read).filter(isRecord);
}

interface Seen {
  readonly now: JsonRecord | undefined;
  readonly kept: JsonRecord | undefined;
  readonly fresh: JsonRecord | undefined;
}

async function seen(access: HostAccess, one: Image): Promise<Seen> {
  const found = await inspectAll(access, one.engine, [one.name, keptName(one), newName(one)]);
  const named = (name: string): JsonRecord | undefined =>
    found.find((inspect) => textOf(inspect.Name)?.replace(/^\//, "") === name);
  return { now: named(one.name), kept: named(keptName(one)), fresh: named(newName(one)) };
}

/** The label tells what was asked for; the image is what somebody may have changed behind it. */
function isAsMade(inspect: JsonRecord, imageRef: string): boolean {
  return textOf(valueAt(inspect, "Config", "Image")) === imageRef;
}

function restartOf(inspect: JsonRecord): string {
  const name = textOf(valueAt(inspect, "HostConfig", "RestartPolicy", "Name")) || "no";
  const count = Number(valueAt(inspect, "HostConfig", "RestartPolicy", "MaximumRetryCount") ?? 0);
  return name === "on-failure" && count > 0 ? `${name}:${count}` : name;
}

function whyNot(inspect: JsonRecord, { adopt, spec }: ContainerStep): string | undefined {
  const labels = valueAt(inspect, "Config", "Labels");
  const owner = textOf(valueAt(labels, ownerLabels.owner));
  const stack = textOf(valueAt(labels, ownerLabels.stack));
  const mine = spec?.labels[ownerLabels.stack];
  if (owner === "watchmend" && (mine === undefined || stack === mine)) return undefined;
  if (owner === "watchmend") return `it belongs to the stack ${stack ?? "of another name"}`;
  if (!adopt)
    return "it was not made by watchmend; name it under `containers` of its host to adopt it, or rename it";
  return notOurs(inspect);
}

function standing(one: Image, { now, kept, fresh }: Seen): Standing {
  const { old } = one;
  if (old && now?.Id === old.id) {
    const isWhole = !fresh && restartOf(now) === old.restart && (isRunning(now) || !old.wasRunning);
    return { is: isWhole ? "before" : "between" };
  }
  if (!one.fresh) {
    if (!now) return { is: "after" };
    return hashOf(now) !== undefined && hashOf(now) === old?.hash
      ? { is: "before" }
      : { is: "elsewhere", says: `${one.host}: somebody has made a container ${one.name} since` };
  }
  // Between the renames there is none of that name.
  if (!now) return { is: old || fresh ? "between" : "before" };
  if (hashOf(now) === one.fresh.hash) {
    const hasStarted = textOf(valueAt(now, "State", "StartedAt"))?.startsWith("0001-") === false;
    return { is: hasStarted && !fresh ? "after" : "between" };
  }
  if (old?.hash !== undefined && hashOf(now) === old.hash && !kept) return { is: "before" };
  return { is: "elsewhere", says: `${one.host}: container ${one.name} was made anew by somebody since` };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
