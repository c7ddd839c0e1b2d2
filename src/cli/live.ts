// Reads live systems: all targets at the same time, first everything they see, then what the stack makes worth a second look.
import { setMaxListeners } from "node:events";
import { type FirstSight, firstSight } from "../diagnose/first-sight.ts";
import { type CollectedItem, isMissing } from "../model/collected.ts";
import { UserError } from "../model/errors.ts";
import type { CloserLook, ProbeRequest, ReadSession, Target } from "../model/target.ts";
import { closerLooks } from "../stack/closer-looks.ts";
import { planProbes } from "../stack/probes.ts";
import { interruptible } from "./interrupt.ts";
import { type LiveOptions, limitsOf } from "./live-options.ts";
import { progressLine } from "./progress.ts";
import { targetKinds } from "./target-kinds.ts";

export interface LiveEvidence {
  /** In an order that does not depend on who answered first. */
  readonly items: readonly CollectedItem[];
  /** Ctrl-C ended the reading; the items say so, too. */
  readonly interrupted: boolean;
}

/** What the second look asks for, from what the first one showed: one planner per entry. */
interface SecondLook {
  readonly looks: (sight: FirstSight) => readonly CloserLook[];
  readonly probes: (sight: FirstSight) => readonly ProbeRequest[];
}

const secondLook: SecondLook = {
  looks: ({ facts, stack }) => closerLooks(facts, stack),
  probes: ({ facts, stack }) => planProbes(facts, stack),
};

/** Do the options name a live system? */
export function asksForLive(options: LiveOptions): boolean {
  const { context, kubeconfig, namespace, inCluster, host, modelHosts } = options;
  return [context, kubeconfig, namespace, inCluster, host, modelHosts].some((option) => option !== undefined);
}

export function notBoth(): UserError {
  return new UserError(
    "usage",
    "--from reads saved evidence, and the other options name a live system: it can only be one of them",
    "Leave out --from to read the live system, or the other options to read what was saved.",
  );
}

/** What a verb does beyond reading while the targets are open: it may write, if the person asked for that. */
export type ThirdLook = (
  targets: readonly Target[],
  sight: FirstSight,
  session: ReadSession,
) => Promise<readonly CollectedItem[]>;

/** `endsAt`, in milliseconds since 1970: what has not answered until then was not read. */
export async function readLive(
  options: LiveOptions,
  third?: ThirdLook,
  endsAt?: number,
): Promise<LiveEvidence> {
  const byHand = interruptible();
  const late = endsAt === undefined ? undefined : AbortSignal.timeout(Math.max(1, endsAt - Date.now()));
  const signal = late ? AbortSignal.any([byHand, late]) : byHand;
  // every request and command listens to it
  setMaxListeners(0, signal);
  const line = progressLine(options);
  const session: ReadSession = { limits: limitsOf(options), signal, progress: line.show };
  const targets = await openTargets(options, signal);
  try {
    const items = await readTargets(targets, session, third);
    if (byHand.aborted) return { items: [...items, interruption], interrupted: true };
    return { items: signal.aborted ? [...items, tooLate] : items, interrupted: false };
  } finally {
    line.end();
    await Promise.all(targets.map((target) => target.close()));
  }
}

/** Targets that are open already, and stay open. */
export async function readTargets(
  targets: readonly Target[],
  session: ReadSession,
  third?: ThirdLook,
): Promise<readonly CollectedItem[]> {
  const first = await fromAll(targets, session, (target) => target.collect(session));
  const second = session.signal.aborted ? [] : await lookAgain(targets, first, session, third);
  return inOrder([...first, ...second]);
}

async function openTargets(options: LiveOptions, signal: AbortSignal): Promise<readonly Target[]> {
  const opened = await Promise.allSettled(targetKinds.map((kind) => kind.open(options, signal)));
  const targets = opened.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  const failed = opened.find((result) => result.status === "rejected");
  if (failed) {
    await Promise.all(targets.map((target) => target.close()));
    throw failed.reason;
  }
  if (targets.length > 0) return targets;
  throw new UserError(
    "usage",
    "no live system is named",
    `Name one with ${targetKinds.map((kind) => kind.options).join(" or ")}, or read saved evidence with --from PATH.`,
  );
}

async function lookAgain(
  targets: readonly Target[],
  first: readonly CollectedItem[],
  session: ReadSession,
  third: ThirdLook | undefined,
): Promise<readonly CollectedItem[]> {
  if (first.every((item) => isMissing(item.body))) return [];
  const sight = firstSight(first);
  const looks = secondLook.looks(sight);
  const probes = secondLook.probes(sight);
  const second = fromAll(targets, session, async function* (target) {
    if (looks.length > 0 && target.lookCloser) yield* target.lookCloser(looks, session);
    if (probes.length > 0) yield* target.probe(probes, session);
  });
  const more = third ? third(targets, sight, session) : [];
  return (await Promise.all([second, more])).flat();
}

async function fromAll(
  targets: readonly Target[],
  { signal }: ReadSession,
  read: (target: Target) => AsyncIterable<CollectedItem>,
): Promise<readonly CollectedItem[]> {
  const perTarget = await Promise.all(
    targets.map(async (target) => {
      const items: CollectedItem[] = [];
      for await (const item of read(target)) {
        // What was cut off by Ctrl-C is told once, as a whole.
        if (!(signal.aborted && isMissing(item.body))) items.push(item);
      }
      return items;
    }),
  );
  return perTarget.flat();
}

/** By locator, each once: the same things seen give the same evidence, whoever was faster. */
function inOrder(items: readonly CollectedItem[]): readonly CollectedItem[] {
  const byLocator = new Map<string, CollectedItem>();
  for (const item of items) if (!byLocator.has(item.locator)) byLocator.set(item.locator, item);
  return [...byLocator.values()].sort((a, b) => (a.locator < b.locator ? -1 : 1));
}

const tooLate: CollectedItem = {
  locator: "the rest of the evidence",
  how: "not read",
  body: {
    because: "timed-out",
    detail: "the deadline was over before everything had answered; what had been read until then is here",
    decideWith: "the same command with a longer --deadline",
  },
};

const interruption: CollectedItem = {
  locator: "the rest of the evidence",
  how: "not read",
  body: {
    because: "unreadable",
    detail: "reading was interrupted by Ctrl-C; what had been read until then is here",
  },
};
