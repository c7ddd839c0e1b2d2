// Requests with patience: never more at once than allowed, and again, after a pause, where the server or the network asks for it.
import type { ApiAnswer, ApiRequest, ClusterDoor } from "../../model/door.ts";
import type { ReadSession } from "../../model/target.ts";

export interface Reader {
  /** Counts what was really sent, retries included. */
  readonly sent: () => number;
  get(path: string, options?: Partial<ApiRequest> & Patience): Promise<ApiAnswer>;
}

export interface Patience {
  /** An answer that says of itself that it is of the moment: asked again like an error of the server, but for longer. */
  readonly again?: (answer: ApiAnswer) => boolean;
}

const attempts = 4;
/** A kubelet tells the API of a container's next run up to ten seconds later. */
const attemptsOfTheMoment = 6;
const longestPauseMs = 10_000;

/** `random` makes the pauses of many clients fall apart; tests give it a fixed one. */
export function patientReader(
  door: Pick<ClusterDoor, "request">,
  session: ReadSession,
  random: () => number = Math.random,
): Reader {
  const { limits, signal } = session;
  const waiting: (() => void)[] = [];
  let running = 0;
  let sent = 0;
  const enter = async (): Promise<void> => {
    if (running >= limits.parallel) await new Promise<void>((go) => void waiting.push(go));
    running += 1;
  };
  const leave = (): void => {
    running -= 1;
    waiting.shift()?.();
  };
  const once = async (asked: ApiRequest): Promise<ApiAnswer> => {
    await enter();
    try {
      if (signal.aborted) return interrupted;
      sent += 1;
      return await door.request(asked);
    } finally {
      leave();
    }
  };
  return {
    sent: () => sent,
    async get(path, { again = () => false, ...options } = {}) {
      const asked: ApiRequest = {
        method: "GET",
        path,
        timeoutMs: limits.itemTimeoutMs,
        maxBytes: limits.itemBytes,
        signal,
        ...options,
      };
      // The whole of it, retries included, ends after twice the time one answer may take.
      const until = Date.now() + 2 * asked.timeoutMs;
      let answer = await once(asked);
      for (let attempt = 1; attempt < patienceWith(answer, again) && !signal.aborted; attempt += 1) {
        const pause = pauseBefore(attempt, answer, random);
        if (Date.now() + pause >= until) break;
        await sleep(pause, signal);
        answer = await once(asked);
      }
      return answer;
    },
  };
}

const interrupted: ApiAnswer = { body: new Uint8Array(), failure: { kind: "other", detail: "interrupted" } };

/** A time-out is not asked again: it has had its time. */
function isPassing({ status, failure }: ApiAnswer): boolean {
  if (failure) return failure.kind === "refused" || failure.kind === "reset";
  return status === 429 || (status !== undefined && status >= 500);
}

function patienceWith(answer: ApiAnswer, again: (answer: ApiAnswer) => boolean): number {
  if (isPassing(answer)) return attempts;
  return again(answer) ? attemptsOfTheMoment : 0;
}

function pauseBefore(attempt: number, { retryAfterSeconds }: ApiAnswer, random: () => number): number {
  const grown = 250 * 2 ** attempt;
  const wanted = retryAfterSeconds === undefined ? grown : Math.max(retryAfterSeconds * 1_000, grown);
  return Math.min(wanted * (0.75 + random() / 2), longestPauseMs);
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
