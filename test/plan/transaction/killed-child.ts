// A run that dies: does a plan on local files and kills itself at the given point, or takes back what a dead run has left.
import type { Step } from "../../../src/model/plan.ts";
import { thisActor } from "../../../src/plan/transaction/actor.ts";
import {
  openTransactions,
  releaseLeftLocks,
  takeBackFromJournal,
} from "../../../src/plan/transaction/recover.ts";
import { runTransaction } from "../../../src/plan/transaction/transaction.ts";
import { localAccess } from "./local-door.ts";

interface Order {
  readonly folder: string;
  readonly what: "run" | "recover";
  readonly steps: readonly Step[];
  /** Dies at this point, counted from 1. */
  readonly dieAt?: number;
}

const order = JSON.parse(process.argv[2] ?? "") as Order;
const { folder } = order;
const doors = { hosts: [localAccess("h1", folder)] };
let passed = 0;
const point = (): void => {
  passed++;
  if (passed === order.dieAt) process.kill(process.pid, "SIGKILL");
};
const base = { state: `${folder}/state`, doors, actor: thisActor(), point };

if (order.what === "run") {
  const started = await runTransaction(order.steps, { ...base, incident: "i", why: "test" });
  if (!started.ok) throw new Error(started.execution.because);
  await started.transaction.commit();
} else {
  for (const { id, busy } of openTransactions(base.state)) {
    if (busy) throw new Error(`${id} is busy`);
    await takeBackFromJournal(id, { ...base, because: "the run before was killed" });
  }
  await releaseLeftLocks({ ...base, because: "the run before was killed" });
}
console.log(passed);
