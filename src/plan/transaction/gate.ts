// Waits until what was changed has taken effect, telling all the while what it waits for and how long it still will.
import type { ActContext, AnyKind, Gate } from "./step-kind.ts";

export interface GateEvent {
  readonly says: readonly string[];
  readonly remainingMs: number;
}

interface Waited {
  readonly kind: AnyKind;
  readonly image: unknown;
  readonly context: ActContext;
}

export interface GateOptions {
  readonly gateMs?: number;
  readonly signal?: AbortSignal;
  readonly onGate?: (event: GateEvent) => void;
}

const defaultMs = 180_000;
/** Most containers are ready after a second or two, and some after minutes: the pauses grow with the time that has gone by. */
const shortestMs = 200;
const longestMs = 2_000;
const growth = 1.3;
/** One host's questions go over one connection, and sshd allows ten sessions in it. */
const atOnce = 4;

/** Not ready in time is no verdict: what it means is for the diagnosis afterwards to say. */
export async function awaitGates(
  waited: readonly Waited[],
  { gateMs = defaultMs, signal, onGate }: GateOptions,
): Promise<{ readonly ok: boolean; readonly says: readonly string[] }> {
  const until = Date.now() + gateMs;
  let open = waited.filter(({ kind }) => kind.gate !== undefined);
  const ended: Gate[] = [];
  for (let asked = 0; ; asked++) {
    const waiting: { readonly one: Waited; readonly gate: Gate }[] = [];
    for (let at = 0; at < open.length; at += atOnce) {
      const part = open.slice(at, at + atOnce);
      const gates = await Promise.all(part.map(askGate));
      for (const [i, one] of part.entries()) {
        const gate = gates[i];
        if (gate?.state === "waiting") waiting.push({ one, gate });
        else if (gate) ended.push(gate);
      }
    }
    open = waiting.map(({ one }) => one);
    const says = waiting.map(({ gate }) => gate.says);
    const remainingMs = until - Date.now();
    if (open.length === 0 || remainingMs <= 0) {
      return {
        ok: open.length === 0 && ended.every(({ state }) => state === "ready"),
        says: [...ended.map((gate) => gate.says), ...says.map((one) => `${one}, and the time is up`)],
      };
    }
    onGate?.({ says, remainingMs });
    await pause(Math.min(shortestMs * growth ** asked, longestMs, remainingMs), signal);
  }
}

async function askGate({ kind, image, context }: Waited): Promise<Gate> {
  try {
    return (await kind.gate?.(image, context)) ?? { state: "ready", says: "done" };
  } catch (error) {
    return { state: "waiting", says: error instanceof Error ? error.message : String(error) };
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new Error("interrupted"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
