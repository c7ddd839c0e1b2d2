// Rights over a host are handed out only where a person was asked for exactly that.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Asker, askingConsent } from "../../../src/cli/consent.ts";
import type { Step } from "../../../src/model/plan.ts";
import type { Round } from "../../../src/model/remediation.ts";
import type { Report } from "../../../src/model/report.ts";
import { rightsGiven } from "../../../src/plan/rights.ts";
import { thisActor } from "../../../src/plan/transaction/actor.ts";
import { runTransaction } from "../../../src/plan/transaction/transaction.ts";
import type { TransactionOptions } from "../../../src/plan/transaction/transaction-options.ts";
import { localAccess } from "./local-door.ts";

const compose = "services:\n  cadvisor:\n    image: cadvisor # pinned\n    privileged: false\n";
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wm-rights-"));
  writeFileSync(join(folder, "compose.yaml"), compose);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const edit = (path: readonly string[], value: unknown): Step => ({
  do: "edit-document",
  title: "Leave the user namespace",
  file: { source: "compose.yaml" },
  edits: [{ op: "set", path: [...path], value }],
  live: { kind: "file", host: "h1", path: join(folder, "compose.yaml") },
});
const privileged = (): Step => edit(["services", "cadvisor", "privileged"], true);

const run = (more: Partial<TransactionOptions> = {}) =>
  runTransaction([privileged()], {
    doors: { hosts: [localAccess("h1", folder)] },
    state: join(folder, "state"),
    incident: "i",
    why: "test",
    actor: thisActor(),
    ...more,
  });

const service = ["services", "cadvisor"];
test.each<[string, Step, boolean]>([
  ["privileged", edit([...service, "privileged"], true), true],
  ["a whole service that is privileged", edit(service, { image: "x", privileged: true }), true],
  ["a strong capability", edit([...service, "cap_add"], ["NET_RAW", "SYS_ADMIN"]), true],
  ["privileged taken back", edit([...service, "privileged"], false), false],
  ["a harmless capability", edit([...service, "cap_add"], ["NET_BIND_SERVICE"]), false],
  ["a word that is only text", edit([...service, "labels"], { note: "privileged ALL" }), false],
  [
    "a pod's container",
    {
      do: "patch-object",
      title: "p",
      kind: "DaemonSet",
      name: "x",
      patch: [
        { op: "add", path: "/spec/template/spec/containers/0/securityContext", value: { privileged: true } },
      ],
    },
    true,
  ],
])("%s: gives rights %s", (_name, step, gives) => {
  expect(rightsGiven(step) !== undefined).toBe(gives);
});

test("without being asked for, the step is left for a person; with it, it is done", async () => {
  const left = await run();
  if (!left.ok) throw new Error(left.execution.because);
  expect(left.transaction.execution.steps[0]).toMatchObject({
    state: "left",
    because: expect.stringMatching(/all rights on the host.*--allow-privileged/),
  });
  await left.transaction.commit();
  expect(readFileSync(join(folder, "compose.yaml"), "utf8")).toBe(compose);
  const done = await run({ mayGiveRights: true });
  if (!done.ok) throw new Error(done.execution.because);
  await done.transaction.commit();
  expect(readFileSync(join(folder, "compose.yaml"), "utf8")).toBe(
    compose.replace("privileged: false", "privileged: true"),
  );
});

test("all the rest does not cover rights: that step is asked for once more, with what it gives", async () => {
  const steps = [edit(["services", "cadvisor", "image"], "other"), privileged()];
  const plan = { findings: [], steps, withoutFix: [] };
  const preview = steps.map((step) => ({
    step,
    state: "done" as const,
    ...(rightsGiven(step) ? { because: rightsGiven(step) ?? "" } : {}),
  }));
  const round: Round = { number: 1, report: {} as Report, plan, preview, surfaced: [] };
  const answers = ["a", "n"];
  let said = "";
  const asker: Asker = {
    ask: () => Promise.resolve(answers.shift() ?? "q"),
    say: (text) => {
      said += text;
    },
    close: () => undefined,
  };
  expect([...(await askingConsent(asker, { color: false })(round))]).toEqual([0]);
  expect(said).toMatch(/step 2 of 2.*all rights on the host/s);
});
