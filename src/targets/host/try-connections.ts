// Tries the connections a stack will need, each from the host that will make it, against a listener that is opened for that moment.
import { randomBytes } from "node:crypto";
import type { Connection, DialEnd, TriedConnection } from "../../model/preflight.ts";
import { quoteWords } from "../../model/quote.ts";
import type { HostSession } from "./door.ts";
import { dialScript, listenScript } from "./tcp-programs.ts";

/** A connection, and whether somebody is there already; if not, the address on which we may listen for it. */
export type WantedConnection = Connection & { readonly listenOn?: string; readonly isServed: boolean };

const dialSeconds = 4;
/** The listener ends with the last connection; this is for connections that never come. */
const listenSeconds = 30;
const readyMs = 10_000;

interface Listening {
  readonly open: ReadonlySet<number>;
  readonly failed: ReadonlyMap<number, string>;
  readonly why?: string;
  /** Ends it if it still runs. */
  end(): Promise<void>;
}

/** Two commands per host: all hosts listen, then all hosts connect. A third where something did not arrive. */
export async function tryConnections(
  sessions: ReadonlyMap<string, HostSession>,
  wanted: readonly WantedConnection[],
  signal: AbortSignal,
): Promise<readonly TriedConnection[]> {
  const nonce = `wm${randomBytes(12).toString("hex")}`;
  const listening = new Map<string, Listening>();
  await Promise.all(
    [...sessions].map(async ([host, session]) => {
      const own = wanted.filter(
        ({ to, isServed, listenOn }) => to === host && !isServed && listenOn !== undefined,
      );
      if (own.length > 0) listening.set(host, await listen(session, own, nonce, signal));
    }),
  );
  try {
    const tried = await Promise.all(
      [...sessions].map(([host, session]) =>
        dial(
          session,
          wanted.filter(({ from }) => from === host),
          nonce,
          listening,
          signal,
        ),
      ),
    );
    return tried.flat();
  } finally {
    await Promise.all([...listening.values()].map((one) => one.end()));
  }
}

async function listen(
  session: HostSession,
  own: readonly WantedConnection[],
  nonce: string,
  signal: AbortSignal,
): Promise<Listening> {
  const places = new Map(
    own.map(({ listenOn = "", port }) => [`${listenOn} ${port}`, [listenOn, String(port)]]),
  );
  const words = quoteWords([
    nonce,
    String(listenSeconds),
    String(own.length),
    ...[...places.values()].flat(),
  ]);
  let text = "";
  let isReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const script = `N=${nonce}\n${environment}${listenScript(words)}`;
  const ended = session.attempt(script, {
    timeoutMs: (listenSeconds + 15) * 1000,
    signal,
    onData: (chunk) => {
      text += Buffer.from(chunk).toString("utf8");
      if (/^wm\w+ (?:ready|none) /m.test(text)) isReady();
    },
  });
  const done = ended.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([ready, done, pause(readyMs)]);
  const lines = told(text, nonce);
  const pid = lines.find(([what]) => what === "ready")?.[1];
  const why = lines.find(([what]) => what === "none");
  return {
    open: new Set(lines.flatMap(([what, port]) => (what === "listening" ? [Number(port)] : []))),
    failed: new Map(
      lines.flatMap(([what, port, ...words]) => (what === "failed" ? [[Number(port), words.join(" ")]] : [])),
    ),
    ...(why ? { why: why.slice(1).join(" ") } : {}),
    async end() {
      if ((await Promise.race([done.then(() => "ended"), pause(700)])) === "ended" || pid === undefined)
        return;
      await session.attempt(killScript(pid, nonce), { timeoutMs: 5_000 });
      await Promise.race([done, pause(2_000)]);
    },
  };
}

/** Only the process that has our nonce among its arguments. */
function killScript(pid: string, nonce: string): string {
  const number = String(Number(pid));
  return `tr '\\0' ' ' </proc/${number}/cmdline 2>/dev/null | grep -q ${nonce} && kill ${number}\n`;
}

async function dial(
  session: HostSession,
  own: readonly WantedConnection[],
  nonce: string,
  listening: ReadonlyMap<string, Listening>,
  signal: AbortSignal,
): Promise<readonly TriedConnection[]> {
  if (own.length === 0) return [];
  const withListener = own.map((one) => ({ one, listener: listenerOf(one, listening) }));
  const words = withListener.flatMap(({ one, listener }, i) => [
    String(i),
    one.address,
    String(one.port),
    listener.listener === "own" ? "1" : "0",
  ]);
  const script = `N=${nonce}\n${environment}${dialScript(quoteWords([nonce, String(dialSeconds), ...words]))}`;
  const most = 20_000 + Math.ceil(own.length / 50) * (dialSeconds + 1) * 1000;
  const result = await session.attempt(script, { timeoutMs: most, signal, maxBytes: 4_000_000 });
  const failure = "failure" in result ? result.failure.detail : undefined;
  const lines = "failure" in result ? [] : told(Buffer.from(result.stdout).toString("utf8"), nonce);
  const byId = new Map(lines.map(([id = "", ...rest]) => [id, rest]));
  return withListener.map(({ one, listener }, i) => {
    const { listenOn: _on, isServed: _served, ...connection } = one;
    return {
      ...connection,
      ...listener,
      ...endOf(byId.get(String(i)), failure),
      source: `${one.from}: connections that the stack needs`,
    };
  });
}

function listenerOf(
  { to, port, isServed, listenOn }: WantedConnection,
  listening: ReadonlyMap<string, Listening>,
): Pick<TriedConnection, "listener" | "listenFailure"> {
  if (isServed) return { listener: "already" };
  const there = to === undefined || listenOn === undefined ? undefined : listening.get(to);
  if (there === undefined) return { listener: "none" };
  if (there.open.has(port)) return { listener: "own" };
  const why = there.failed.get(port) ?? there.why ?? "the host gave no answer in time";
  return { listener: "none", listenFailure: why };
}

function endOf(
  words: readonly string[] | undefined,
  failure: string | undefined,
): { readonly end?: DialEnd; readonly detail: string } {
  const [what, ...rest] = words ?? [];
  const detail = rest.join(" ").slice(0, 300);
  if (what === "connected") return { end: "connected", detail: "connected" };
  if (what === "silent") return { end: "timeout", detail: `no answer within ${dialSeconds} seconds` };
  if (what === "name") return { end: "name", detail };
  if (what === "failed") return { end: kindOf(detail), detail };
  return { detail: failure ?? "the host did not say how it ended" };
}

/** Words of the C library, of bash and of nc. */
function kindOf(text: string): DialEnd {
  if (/refused/i.test(text)) return "refused";
  if (/timed out|timeout/i.test(text)) return "timeout";
  if (/no route|host is down|host unreachable/i.test(text)) return "no-route";
  if (/network is unreachable/i.test(text)) return "network-unreachable";
  if (/name or service|resolve|bad address|not known/i.test(text)) return "name";
  return "other";
}

function told(text: string, nonce: string): readonly (readonly string[])[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${nonce} `))
    .map((line) => line.slice(nonce.length + 1).split(" "));
}

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds).unref());
}

const environment =
  "LC_ALL=C; export LC_ALL; PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH\n";
