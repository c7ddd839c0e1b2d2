// The look before a deployment: part of the ordinary first look and the checks' own questions, in one batch per host.
import { type CollectedItem, isMissing } from "../../model/collected.ts";
import type { HostAnswer, HostQuestion, HostSight } from "../../model/preflight.ts";
import type { ReadSession } from "../../model/target.ts";
import { type ClockReading, runBatch } from "./batch.ts";
import type { HostSession } from "./door.ts";
import { firstLook } from "./first-look.ts";
import { type Asked, itemOf } from "./outcome.ts";
import { noEngineCode, noRootCode } from "./script.ts";

export interface HostLook {
  readonly sight: HostSight;
  /** Evidence for the parsers of the ordinary look. */
  readonly items: readonly CollectedItem[];
}

export async function lookBefore(
  session: HostSession,
  host: string,
  looks: ReadonlySet<string>,
  questions: readonly HostQuestion[],
  read: ReadSession,
): Promise<HostLook> {
  const commands = [...firstLook.filter(({ id }) => looks.has(id)), ...questions];
  const evidence = new Set([
    ...looks,
    ...questions.flatMap(({ id, isEvidence }) => (isEvidence ? [id] : [])),
  ]);
  read.progress({ target: `host ${host}`, doing: "looking before anything is changed" });
  const result = await runBatch(session, commands, read, undefined, () => undefined);
  const { rights, failure, clock, frames } = result;
  if (rights === undefined) {
    const detail = failure?.detail ?? "it gave no answer";
    return { sight: { reached: false, detail, remedy: failure?.remedy ?? `ssh ${host} true` }, items: [] };
  }
  const asked: Asked = {
    host,
    rights,
    how: session.host === "local" ? "local shell" : "ssh",
    maxBytes: read.limits.itemBytes,
  };
  const answers = new Map<string, HostAnswer>();
  const items: CollectedItem[] = [];
  for (const command of commands) {
    const frame = frames.get(command.id);
    if (frame?.code === noRootCode || frame?.code === noEngineCode) {
      const what = frame.code === noRootCode ? "root" : "a container engine";
      answers.set(command.id, {
        because: "forbidden",
        detail: `it takes ${what}, which this login does not have`,
      });
      continue;
    }
    if (frame === undefined) {
      answers.set(command.id, {
        because: "unreachable",
        detail: "the connection ended before this was answered",
      });
      continue;
    }
    const item = itemOf(command, frame, asked);
    if (item === undefined) continue;
    if (evidence.has(command.id)) items.push(item);
    answers.set(command.id, answerOf(item));
  }
  return {
    sight: { reached: true, rights, answers, ...(clock ? { clock: clockOf(clock) } : {}) },
    items,
  };
}

function answerOf({ body, locator }: CollectedItem): HostAnswer {
  if (isMissing(body))
    return {
      because: body.because,
      detail: body.detail,
      ...(body.decideWith === undefined ? {} : { next: body.decideWith }),
    };
  const text = body instanceof Uint8Array ? Buffer.from(body).toString("utf8") : "";
  return { text, source: locator };
}

function clockOf({ hostMs, beforeMs, afterMs }: ClockReading): { offset: number; doubt: number } {
  return { offset: (hostMs - (beforeMs + afterMs) / 2) / 1000, doubt: (afterMs - beforeMs) / 2000 };
}
