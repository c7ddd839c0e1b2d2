// `remediate` on live systems: diagnose, plan, ask, change in a transaction, diagnose again, keep or put back.
import { evidenceOf } from "../bundle/collected-item.ts";
import { readEvidence } from "../bundle/read-evidence.ts";
import { createRedactor } from "../bundle/redact.ts";
import type { EvidenceItem } from "../bundle/source-text.ts";
import { analysisOfItems } from "../diagnose/diagnose.ts";
import type { ConfigDocument } from "../model/config.ts";
import type { Segment } from "../model/evidence.ts";
import type { Step } from "../model/plan.ts";
import type { Round } from "../model/remediation.ts";
import type { Report } from "../model/report.ts";
import { remediate } from "../plan/remediate.ts";
import { thisActor } from "../plan/transaction/actor.ts";
import type { Doors } from "../plan/transaction/doors.ts";
import { liveExecutor } from "../plan/transaction/live-executor.ts";
import { duration } from "../plan/transaction/lock-refusal.ts";
import { newId, stateFolder } from "../plan/transaction/state-folder.ts";
import { rules } from "../rules/registry.ts";
import type { RemediateOptions } from "./commands/remediate.ts";
import { askingConsent, type Consent, terminalAsker } from "./consent.ts";
import { withFolderSteps } from "./folder-steps.ts";
import { recordFromJournal } from "./incident-record.ts";
import { interruptible } from "./interrupt.ts";
import { readLive } from "./live.ts";
import { openDoors, reachOf } from "./live-doors.ts";
import { note } from "./output.ts";
import { putBackWhatWasLeft } from "./put-back.ts";
import { version } from "./version.ts";

export interface LiveRepair {
  readonly incident: string;
  readonly title: string;
  readonly rounds: readonly Round[];
  readonly segments: readonly Segment[];
  readonly transactions: readonly string[];
  /** There was something to do, and nobody said yes. */
  readonly pending: boolean;
  /** The steps with the living places they were found to mean, and what each thing looked like. */
  readonly steps: readonly Step[];
  readonly fingerprints: ReadonlyMap<string, string>;
}

export async function repairLive(options: RemediateOptions): Promise<LiveRepair> {
  const signal = interruptible();
  const { doors, close } = await openDoors(options, signal);
  try {
    const state = stateFolder();
    if (!options.dryRun) await putBackWhatWasLeft(state, doors, options);
    return await repair(options, doors, state, signal);
  } finally {
    await close();
  }
}

async function repair(
  options: RemediateOptions,
  doors: Doors,
  state: string,
  signal: AbortSignal,
): Promise<LiveRepair> {
  const incident = newId(new Date());
  let documents: readonly ConfigDocument[] = [];
  let segments: readonly Segment[] = [];
  const diagnose = async (): Promise<Report> => {
    const live = await liveItems(options);
    const { analysis, segments: seen } = await analysisOfItems(live, judging);
    documents = analysis.factSet.facts["config.documents"];
    segments = seen;
    if (options.files === undefined) return analysis.report;
    return await withFolderSteps(analysis.report, live, readFolder, options.files, judging);
  };
  const executor = liveExecutor({
    doors,
    state,
    incident,
    actor: thisActor(),
    why: (label) => `remediate, ${label.replace("-", " ")}`,
    documents: () => documents,
    reach: reachOf(options),
    signal,
    ...(options.openFirewall ? { mayOpenFirewall: true } : {}),
    ...(options.allowPrivileged || asksPerson(options) ? { mayGiveRights: true } : {}),
    ...(options.wait === undefined ? {} : { gateMs: options.wait * 1000 }),
    onStep: (step) => note(options, `doing: ${step.title}`),
    onGate: ({ says, remainingMs }) => countdown(options, says, remainingMs),
  });
  const consent = consentOf(options);
  const rounds = await recorded(incident, options, () =>
    remediate({
      executor,
      diagnose,
      dryRun: options.dryRun === true,
      ...(options.only ? { only: options.only } : {}),
      ...(options.skip ? { skip: options.skip } : {}),
      ...(options.maxRisk ? { maxRisk: options.maxRisk } : {}),
      ...(options.latent ? { latent: true } : {}),
      ...(consent ? { consent } : {}),
      settling: {
        mayPass: ({ rule }) => symptoms.has(rule),
        mostMs: Math.min((options.wait ?? 180) * 1000, longestSettlingMs),
        repairedMs: Math.min((options.wait ?? 180) * 1000, repairedMs),
        onWait: (says, remainingMs) => countdown(options, says, remainingMs),
      },
    }),
  );
  const title = `Repair of ${subjectOf(doors)}`;
  const pending = rounds.some(
    (round) => round.declined !== undefined || (options.dryRun === true && isPending(round)),
  );
  return {
    incident,
    title,
    rounds,
    segments,
    transactions: executor.transactions,
    pending,
    ...executor.shown(),
  };
}

const symptoms = new Set(rules.flatMap(({ id, nature }) => (nature === "symptom" ? [id] : [])));
const longestSettlingMs = 60_000;
/** Prometheus hands on changed target lists every 5 s at most (discovery/manager.go, updatert) and takes them over as often (scrape/manager.go). */
const repairedMs = 20_000;

/** A run that ends in the middle leaves a record, too: what its journal tells. */
async function recorded<Result>(
  incident: string,
  options: RemediateOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    try {
      const file = recordFromJournal(incident);
      if (file !== undefined) note(options, `the incident record is ${file}`);
    } catch {
      // The disk that is full now does not hide why the run ended.
    }
    throw error;
  }
}

export interface LiveDiagnosis {
  readonly report: Report;
  readonly segments: readonly Segment[];
}

export async function diagnoseLive(options: RemediateOptions): Promise<LiveDiagnosis> {
  const { analysis, segments } = await analysisOfItems(await liveItems(options), judging);
  return { report: analysis.report, segments };
}

const judging = { rules, version: version(), mode: "diagnose" } as const;

async function liveItems(options: RemediateOptions): Promise<readonly EvidenceItem[]> {
  const { items, interrupted } = await readLive(options);
  if (interrupted) throw new Error("interrupted");
  return await evidenceOf(items, createRedactor());
}

async function readFolder(folder: string): Promise<readonly EvidenceItem[]> {
  const items: EvidenceItem[] = [];
  for await (const item of readEvidence(folder)) items.push(item);
  return items;
}

function isPending({ preview }: Round): boolean {
  return preview.some(({ state }) => state === "done");
}

function subjectOf({ cluster, hosts }: Doors): string {
  const names = [
    ...(cluster ? [`cluster ${cluster.context}`] : []),
    ...hosts.map(({ door }) => `host ${door.host}`),
  ];
  return names.join(", ");
}

function consentOf(options: RemediateOptions): Consent | undefined {
  if (options.yes) return undefined;
  if (!asksPerson(options)) {
    return (round) => {
      if (isPending(round))
        note(options, "Nobody to ask and no --yes: the plan was shown and nothing was changed.");
      return Promise.resolve(new Set());
    };
  }
  return async (round) => {
    const asker = terminalAsker();
    try {
      return await askingConsent(asker, options)(round);
    } finally {
      asker.close();
    }
  };
}

/** Somebody sits there and sees each step before it is done. */
function asksPerson({ yes, dryRun }: RemediateOptions): boolean {
  return !yes && !dryRun && process.stdin.isTTY === true && process.stderr.isTTY === true;
}

let lastSaid = "";

/** On a terminal one line that changes; elsewhere a line whenever what is waited for changes. */
export function countdown(options: RemediateOptions, says: readonly string[], remainingMs: number): void {
  if (options.quiet) return;
  const text = `waiting (${duration(remainingMs / 1000)} left): ${says.join("; ")}`;
  if (process.stderr.isTTY === true) {
    const width = Math.max((process.stderr.columns ?? 80) - 1, 20);
    process.stderr.write(`\r\u001b[2K${text.slice(0, width)}`);
    return;
  }
  const said = says.join("; ");
  if (said !== lastSaid) process.stderr.write(`${text}\n`);
  lastSaid = said;
}
