// A recorded outage that can be repaired: a copy of its files, owners as data, and the recorded states they lead to.
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, sep } from "node:path";
import { UserError } from "../model/errors.ts";
import type { Step } from "../model/plan.ts";
import type { Execution, StepResult } from "../model/remediation.ts";
import { commitChanges, describeRefusal, previewOnFiles } from "./apply-to-files.ts";
import type { StepOutcome } from "./change-texts.ts";
import type { Executor } from "./executor.ts";
import { readInside } from "./folder-file.ts";
import { worldFileName } from "./is-recorded-world.ts";
import { makeFolder } from "./make-folder.ts";
import { isMet, type Owner, type WorldFacts } from "./world-condition.ts";
import { readWorldFile, type WorldFile } from "./world-file.ts";

export interface RecordedWorld extends Executor {
  readonly title: string;
  /** Folder with everything that can be seen now: files, what was recorded of each part, owners. */
  readonly evidence: string;
  /** Each part with the name of its state, in the order of the file. */
  states(): readonly { readonly part: string; readonly state: string }[];
}

/** What has happened to the copy so far. Moments are counted by steps. */
interface Course {
  owners: readonly Owner[];
  readonly restarted: Map<string, number>;
  readonly changed: Map<string, number>;
  moment: number;
  /** Index of the state shown, by part. */
  readonly shown: Map<string, number>;
}

/** `work`: an empty folder for the copy; the recording itself is only read. */
export function openRecordedWorld(folder: string, work: string): RecordedWorld {
  const world = loadWorld(folder);
  const evidence = join(work, "evidence");
  const course: Course = {
    owners: world.owners.map((one) => ({ ...one, mode: Number.parseInt(one.mode, 8) })),
    restarted: new Map(),
    changed: new Map(),
    moment: 0,
    shown: new Map(),
  };
  makeFolder(evidence);
  for (const path of world.files) copy(folder, path, join(evidence, path));
  const show = (): void => showStates(world, folder, evidence, course);
  show();
  const preview = (steps: readonly Step[]): readonly StepResult[] => {
    const { outcomes } = previewOnFiles(evidence, steps);
    return steps.map((step, i) => resultOf(step, outcomes[i], course.owners, world));
  };
  const states = () =>
    world.parts.map((part) => ({
      part: part.name,
      state: part.states[course.shown.get(part.name) ?? 0]?.name ?? "",
    }));
  return {
    title: world.title,
    evidence,
    states,
    preview: (steps) => Promise.resolve(preview(steps)),
    execute: async (steps, label) => execute(steps, label, { work, evidence, course, preview, show }),
    describe: () =>
      states()
        .map(({ part, state }) => `${part}: ${state}`)
        .join("; "),
  };
}

function loadWorld(folder: string): WorldFile {
  const file = join(folder, worldFileName);
  const read = readWorldFile(readFileSync(file, "utf8"));
  if (read.ok) return read.value;
  const faults = read.faults.map((fault) => `${file}:${fault.line}: ${fault.message}`);
  throw new UserError(
    "bad-config",
    faults.join("\n  "),
    "docs/recorded-worlds.md shows the form of the file.",
  );
}

/** Copies a file or folder of the recording, which must lie inside it. */
function copy(folder: string, path: string, to: string): void {
  const from = join(folder, path);
  const base = realpathSync(folder) + sep;
  if (!existsSync(from) || !realpathSync(from).startsWith(base))
    throw new UserError(
      "bad-config",
      `${worldFileName} names ${path}, which is not in ${folder}`,
      "Name files and folders beside world.yaml.",
    );
  cpSync(from, to, { recursive: true });
}

/** Every part is seen in the last of its states that the course of things has led to. */
function showStates(world: WorldFile, folder: string, evidence: string, course: Course): void {
  const facts: WorldFacts = { ...course, readText: (path) => readInside(evidence, path) };
  for (const part of world.parts) {
    const index = part.states.findLastIndex((state) => state.when.every((when) => isMet(when, facts)));
    const state = part.states[index];
    if (!state)
      throw new UserError(
        "bad-config",
        `no state of ${part.name} fits the files of the recording`,
        "The first state of a part must hold for the files as they were recorded.",
      );
    if (course.shown.get(part.name) === index) continue;
    const to = join(evidence, folderName(part.name));
    rmSync(to, { recursive: true, force: true });
    copy(folder, state.evidence, to);
    course.shown.set(part.name, index);
  }
  for (const host of new Set(course.owners.map((one) => one.host)))
    writeFileSync(join(evidence, `owners-${host}.txt`), ownersText(host, course.owners));
}

function folderName(part: string): string {
  return part.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

/** As `stat` prints it, so that it is read like any other evidence. */
function ownersText(host: string, owners: readonly Owner[]): string {
  const own = owners.filter((one) => one.host === host);
  const paths = own.map((one) => one.path).join(" ");
  const rows = own.map((one) => `${one.uid}:${one.gid} ${one.mode.toString(8)} ${one.path}`);
  return [`root@${host}:~# stat -c '%u:%g %a %n' ${paths}`, ...rows, ""].join("\n");
}

interface Stage {
  readonly work: string;
  readonly evidence: string;
  readonly course: Course;
  readonly preview: (steps: readonly Step[]) => readonly StepResult[];
  readonly show: () => void;
}

function execute(steps: readonly Step[], label: string, stage: Stage): Execution {
  const { work, evidence, course } = stage;
  const journal = (entry: object): void =>
    appendFileSync(join(work, "journal.jsonl"), `${JSON.stringify({ label, ...entry })}\n`);
  const results = stage.preview(steps);
  const refused = results.find((result) => result.state === "refused");
  if (refused)
    return { ok: false, because: `${refused.step.title}: ${refused.because ?? "refused"}`, steps: results };
  journal({ state: "begun", steps: steps.map((step) => step.title) });
  const { changes } = previewOnFiles(evidence, steps);
  const backup = join(work, "backups", label);
  const failure = changes.length > 0 ? commitChanges(changes, { root: evidence, backup }) : undefined;
  if (failure) {
    journal({ state: "undone", because: failure.because });
    return { ok: false, because: failure.because, steps: results };
  }
  for (const result of results) {
    take(result, course);
    journal({ step: result.step.title, state: result.state, ...imagesOf(result) });
  }
  stage.show();
  journal({ state: "done" });
  return { ok: true, steps: results };
}

/** Lets a step take its course: owners, restarts and changes are remembered with their moment. */
function take({ step, state }: StepResult, course: Course): void {
  course.moment++;
  if (step.do === "set-owner")
    course.owners = course.owners.map((one) => (isOwnerOf(one, step) ? changedOwner(one, step) : one));
  if (step.do === "restart" || step.do === "reload") course.restarted.set(restartedName(step), course.moment);
  if (state !== "done") return;
  if (step.do === "edit-document" || step.do === "replace-lines")
    course.changed.set(step.file.source, course.moment);
  if (step.do === "write-file") course.changed.set(step.path, course.moment);
}

/** The before-images of files are in the backup; that of an owner stands in the journal. */
function imagesOf({ step, before, after }: StepResult): object {
  return step.do === "set-owner" ? { path: step.path, before, after } : {};
}

type OwnerStep = Extract<Step, { readonly do: "set-owner" }>;

function isOwnerOf(owner: Owner, step: OwnerStep): boolean {
  if (step.host !== undefined && owner.host !== step.host) return false;
  return owner.path === step.path || isBelow(owner, step);
}

function isBelow({ path, uid }: Owner, { path: directory, below }: OwnerStep): boolean {
  if (!below || uid !== below.uid || !path.startsWith(`${directory}/`)) return false;
  const [top = ""] = path.slice(directory.length + 1).split("/");
  return below.names.some((name) => matchesName(top, name));
}

/** `*` stands for anything. */
function matchesName(text: string, name: string): boolean {
  const [first = "", ...rest] = name.split("*");
  const last = rest.at(-1);
  if (last === undefined) return text === name;
  return text.startsWith(first) && text.endsWith(last) && text.length >= first.length + last.length;
}

function changedOwner(owner: Owner, { uid, gid, mode }: OwnerStep): Owner {
  return { ...owner, uid: uid ?? owner.uid, gid: gid ?? owner.gid, mode: mode ?? owner.mode };
}

function restartedName({ what }: Extract<Step, { readonly do: "restart" | "reload" }>): string {
  return what.namespace === undefined ? what.name : `${what.namespace}/${what.name}`;
}

function resultOf(
  step: Step,
  outcome: StepOutcome | undefined,
  owners: readonly Owner[],
  world: WorldFile,
): StepResult {
  if (step.do === "set-owner") return ownerResult(step, owners);
  if (step.do === "restart" || step.do === "reload") return { step, state: "done" };
  if (outcome === undefined || outcome.state === "left")
    return {
      step,
      state: "left",
      because: outcome?.because ?? "a person does this",
      ...(outcome?.command ? { command: outcome.command } : {}),
    };
  if (outcome.state === "refused")
    return { step, state: "refused", because: describeRefusal(outcome.path, outcome.refusal) };
  const { path, before, after } = outcome;
  const isOfWorld = world.files.some(
    (entry) => path === entry || path.startsWith(`${entry.replace(/\/$/, "")}/`),
  );
  if (!isOfWorld)
    return { step, state: "refused", because: `${path} is what was recorded, not a file of the world` };
  return { step, state: outcome.state === "changed" ? "done" : "already", before, after };
}

function ownerResult(step: OwnerStep, owners: readonly Owner[]): StepResult {
  const found = owners.find((one) => isOwnerOf(one, step));
  if (!found) return { step, state: "refused", because: `who owns ${step.path} was not recorded` };
  const words = ({ uid, gid, mode }: Owner): string => `${uid}:${gid} ${mode.toString(8).padStart(4, "0")}`;
  const [before, after] = [words(found), words(changedOwner(found, step))];
  return { step, state: before === after ? "already" : "done", before, after };
}
