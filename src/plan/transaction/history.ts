// What the journals tell: every repair with its steps and what became of them.
import { type Course, readJournal, stateOf, type TransactionState } from "./journal.ts";
import { transactionFolder, transactionIds } from "./state-folder.ts";

export interface PastStep {
  readonly title: string;
  readonly subject?: string;
  readonly state: "done" | "begun" | "passed" | "undone" | "kept" | "not reached";
  readonly because?: string;
}

export interface PastTransaction {
  readonly id: string;
  readonly incident: string;
  readonly at: string;
  readonly by: string;
  readonly why: string;
  readonly findings: readonly string[];
  readonly state: TransactionState;
  readonly because?: string;
  readonly gate: readonly string[];
  readonly steps: readonly PastStep[];
}

/** Oldest first. */
export function pastTransactions(state: string): PastTransaction[] {
  return transactionIds(state).flatMap((id) => {
    const course = readJournal(transactionFolder(state, id));
    return course ? [pastOf(course)] : [];
  });
}

function pastOf(course: Course): PastTransaction {
  const { begun, entries } = course;
  const undoing = entries.findLast((one) => one.what === "undoing");
  return {
    id: begun.id,
    incident: begun.incident,
    at: begun.at,
    by: `${begun.by.user} on ${begun.by.machine.split("/")[0]}`,
    why: begun.why,
    findings: begun.findings ?? [],
    state: stateOf(course),
    ...(undoing?.what === "undoing" ? { because: undoing.because } : {}),
    gate: entries.flatMap((one) => (one.what === "gate" ? one.says : [])),
    steps: begun.steps.map(({ title }, n) => stepOf(title, n, course)),
  };
}

function stepOf(title: string, n: number, { entries }: Course): PastStep {
  let past: PastStep = { title, state: "not reached" };
  for (const one of entries) {
    if (!("n" in one) || one.n !== n) continue;
    if (one.what === "intent") past = { title, state: "begun", subject: one.subject };
    if (one.what === "done") past = { ...past, state: "done" };
    if (one.what === "passed") past = { ...past, state: "passed", because: one.because };
    if (one.what === "undone") past = { ...past, state: "undone" };
    if (one.what === "kept") past = { ...past, state: "kept", because: one.because };
  }
  return past;
}

/** The transactions that an id means: itself, or all of the incident, last one first. */
export function meant(past: readonly PastTransaction[], id: string | undefined): PastTransaction[] {
  const undoable = past.filter(({ state }) => state !== "rolled-back");
  const wanted = id ?? undoable.findLast(({ state }) => state === "committed")?.incident;
  return past.filter((one) => one.id === wanted || one.incident === wanted).reverse();
}
