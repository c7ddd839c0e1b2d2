// A host as a target: one connection, a first batch that looks at everything, a second at what the first showed, probes last.
import type { CollectedItem } from "../../model/collected.ts";
import type { ProbeRequest, ReadSession, Target } from "../../model/target.ts";
import { type BatchResult, type ClockReading, runBatch } from "./batch.ts";
import { canaryPerch } from "./canary.ts";
import { clockItem } from "./clock.ts";
import { dialCommands } from "./dials.ts";
import { type HostSession, openHost, type SshOptions } from "./door.ts";
import { firstLook } from "./first-look.ts";
import type { HostCommand, HostRights } from "./host-command.ts";
import type { HostAddress } from "./host-name.ts";
import { type Identify, readInspected } from "./inspected.ts";
import { readListeners } from "./listeners.ts";
import { type Asked, isRefusedByEngine, itemOf, lostItem, refusedItem, withheldItem } from "./outcome.ts";
import { ownersOnNode } from "./owners-look.ts";
import { byteLimit, noRootCode } from "./script.ts";
import { secondLook } from "./second-look.ts";
import { readUnits } from "./units.ts";
import { filesOf } from "./unpacked-items.ts";

export interface HostTargetOptions {
  readonly ssh: SshOptions;
  readonly identify: Identify;
  /** A connection that is open already and belongs to somebody else. */
  readonly session?: HostSession;
}

export function hostTarget(address: HostAddress, options: HostTargetOptions): Target {
  const session = options.session ?? openHost(address, options.ssh);
  const host = address.name;
  const how = address.isLocal ? "local shell" : "ssh";
  let rights: HostRights | undefined;
  return {
    name: `host ${host}`,
    perch: canaryPerch(session, () => rights),
    async *collect(read) {
      const asked = (own: HostRights): Asked => ({ host, rights: own, how, maxBytes: read.limits.itemBytes });
      const first = await look(session, firstLook, read, undefined, host, "looking around");
      rights = first.rights;
      if (rights === undefined) {
        yield unreachable(host, how, first);
        return;
      }
      yield* itemsOf(firstLook, first, asked(rights), read);
      if (read.signal.aborted) return;
      const seen = {
        containers: readInspected(textOf(first, "inspect"), options.identify),
        units: readUnits(textOf(first, "units"), options.identify),
        listeners: readListeners(textOf(first, "sockets")),
      };
      const commands = secondLook(seen, read.limits, rights.fetch);
      const second = await look(session, commands, read, rights, host, "reading logs and configuration");
      yield* itemsOf(commands, second, asked(rights), read);
      yield* clockItem(
        host,
        how,
        [first.clock, second.clock].flatMap((clock): ClockReading[] => (clock ? [clock] : [])),
      );
    },
    async *lookCloser(looks, read) {
      const own = looks.flatMap((one) =>
        one.kind === "node-owners" && one.names.includes(host) ? one.paths : [],
      );
      const commands = ownersOnNode(own);
      if (commands.length === 0 || rights === undefined) return;
      const result = await look(session, commands, read, rights, host, "owners of what its pods mount");
      yield* itemsOf(commands, result, { host, rights, how, maxBytes: read.limits.itemBytes }, read);
    },
    async *probe(requests, read) {
      const own = requests.filter((request) => isFrom(request, host));
      if (own.length === 0 || rights === undefined) return;
      const commands = dialCommands(own, rights);
      const result = await look(session, commands, read, rights, host, "trying connections");
      yield* itemsOf(commands, result, { host, rights, how, maxBytes: read.limits.itemBytes }, read);
    },
    close: () => (options.session ? Promise.resolve() : session.close()),
  };
}

function isFrom({ from }: ProbeRequest, host: string): boolean {
  return from.kind !== "pod" && from.host === host;
}

async function look(
  session: HostSession,
  commands: readonly HostCommand[],
  read: ReadSession,
  rights: HostRights | undefined,
  host: string,
  doing: string,
): Promise<BatchResult> {
  let done = 0;
  const of = commands.length;
  const step = (): void => read.progress({ target: `host ${host}`, doing, done, of });
  step();
  const known = new Set(commands.map(({ id }) => id));
  return await runBatch(session, commands, read, rights, (frame) => {
    if (!known.has(frame.id)) return;
    done += 1;
    step();
  });
}

/** In the order of the commands. What the batch did not get to is told, too. */
async function* itemsOf(
  commands: readonly HostCommand[],
  result: BatchResult,
  asked: Asked,
  read: ReadSession,
): AsyncGenerator<CollectedItem> {
  const limits = { seconds: 0, bytes: read.limits.itemBytes, logBytes: read.limits.logBytes };
  let isLost = false;
  const withheld: HostCommand[] = [];
  const refused: HostCommand[] = [];
  let refusal = "";
  for (const command of commands) {
    const frame = result.frames.get(command.id);
    if (frame !== undefined && isRefusedByEngine(command, frame)) {
      refused.push(command);
      refusal = frame.errors;
      continue;
    }
    if (frame?.code === noRootCode) {
      withheld.push(command);
      continue;
    }
    if (frame === undefined) {
      // one sentence for the first of them is enough: the connection is the same for all
      if (!isLost)
        yield lostItem(command, asked, {
          because: "unreachable",
          detail: `the connection ended before this and what follows it was read${result.failure ? `: ${result.failure.detail}` : ""}`,
          decideWith: result.failure?.remedy ?? `ssh ${asked.host} true`,
        });
      isLost = true;
      continue;
    }
    const item = itemOf(command, frame, { ...asked, maxBytes: byteLimit(command, limits) });
    if (item === undefined) continue;
    if (command.unpack === undefined) yield item;
    else yield* filesOf(command, item);
  }
  if (refused.length > 0) yield refusedItem(refused, refusal, asked);
  if (withheld.length > 0) yield withheldItem(withheld, asked);
}

function textOf(result: BatchResult, id: string): string {
  return Buffer.from(result.frames.get(id)?.output ?? []).toString("utf8");
}

function unreachable(host: string, how: string, { failure }: BatchResult): CollectedItem {
  return {
    locator: `host ${host}`,
    how,
    host,
    body: {
      because:
        failure?.kind === "auth" || failure?.kind === "no-shell"
          ? "forbidden"
          : failure?.kind === "timeout"
            ? "timed-out"
            : failure?.kind === "no-ssh"
              ? "tool-missing"
              : "unreachable",
      detail: failure?.detail ?? "it answered nothing that could be understood",
      decideWith: failure?.remedy ?? `ssh ${host} true`,
    },
  };
}
