// check-config: the component's own validator, run in the image that will run over a copy of its folders as they will be.
import { z } from "zod";
import type { ConfigCheck } from "../../../model/desired.ts";
import type { PutFile, Step } from "../../../model/plan.ts";
import { quoteWord, quoteWords } from "../../../model/quote.ts";
import { secretValue } from "../../secret-value.ts";
import { failureOf, type HostAccess, hostFor, runScript } from "../doors.ts";
import { defineKind, type Look, type LookContext } from "../step-kind.ts";
import { tarOf } from "../tar.ts";
import { noWayTo } from "./text.ts";

type CheckStep = Extract<Step, { readonly do: "check-config" }>;

const timeoutMs = 120_000;
/** The engine's own: nothing of the image was run. */
const notRun: readonly number[] = [125, 126, 127];
const noImage = 75;

/** It is asked before anything is changed; once more in the transaction, what it said still holds. */
const asked = new WeakMap<CheckStep, Look<Record<string, never>>>();

export const checkConfig = defineKind<CheckStep, Record<string, never>>({
  does: ["check-config"],
  parse: (value) => z.strictObject({}).parse(value),
  async look(step, context) {
    const access = hostFor(context.doors, step.host);
    if (!access) return { state: "left", because: noWayTo(step.host, step.title) };
    const subject = `${access.door.host}: configuration of ${step.component}`;
    const before = context.pending ? undefined : asked.get(step);
    if (before) return before;
    const { code, said } = await ask(access, step, context);
    const answer = answerOf(step, subject, { code, said });
    asked.set(step, answer);
    return answer;
  },
  act: () => Promise.resolve(),
  where: () => Promise.resolve({ is: "after" }),
  undo: () => Promise.resolve(),
  byHand: () => [],
});

function answerOf(
  step: CheckStep,
  subject: string,
  { code, said }: Awaited<ReturnType<typeof ask>>,
): Look<Record<string, never>> {
  if (code === 0) return { state: "already", subject };
  if (code === noImage || notRun.includes(code ?? -1))
    return {
      state: "left",
      because: `${step.component} has not checked its configuration, its image has no validator that runs: ${said}`,
    };
  return {
    state: "refused",
    because: `${step.component} of ${step.image} refuses its configuration, nothing was put on ${step.host}: ${said}`,
  };
}

async function ask(
  access: HostAccess,
  step: CheckStep,
  { steps }: LookContext,
): Promise<{ readonly code: number | undefined; readonly said: string }> {
  const entries = new Map<string, Buffer>();
  const lines = step.folders.flatMap(({ path }, n) => [
    `if [ -d ${quoteWord(path)} ]; then cp -a ${quoteWord(path)} f${n}; else mkdir f${n}; fi`,
    ...overlay(step, steps, path, n, entries),
  ]);
  const script = `umask 022
s=$(mktemp -d) || exit 71
trap 'cd /; rm -rf "$s"' EXIT
cd "$s" && mkdir in && tar -xf - -C in || exit 71
set -e
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
${lines.join("\n")}
${step.engine} image inspect ${quoteWord(step.image)} >/dev/null 2>&1 || { echo "it is not on the host"; exit ${noImage}; }
set +e
${step.checks.map((check) => runLine(step, check)).join("\n")}
exit 0`;
  const result = await runScript(access, script, { stdin: tarOf(entries), timeoutMs });
  const text = `${Buffer.from(result.stdout).toString("utf8")}`;
  return { code: result.code, said: told(text) || failureOf(access, result) };
}

/** What the folder's files will be: those of the plan over those that are there. */
function overlay(
  { host }: CheckStep,
  steps: readonly Step[],
  folder: string,
  n: number,
  entries: Map<string, Buffer>,
): readonly string[] {
  const put = steps.filter((one) => one.do === "put-files").filter((one) => one.host === host);
  const below = (path: string): boolean => path.startsWith(`${folder}/`);
  const inside = (path: string): string => quoteWord(`f${n}${path.slice(folder.length)}`);
  return put.flatMap(({ files, remove, directories }) => [
    ...directories
      .filter(({ path }) => path === folder || below(path))
      .flatMap(({ path, uid, gid, mode }) => [
        `mkdir -p ${inside(path)}`,
        `chown ${uid}:${gid} ${inside(path)}; chmod ${mode.toString(8)} ${inside(path)}`,
      ]),
    ...remove.filter(({ path }) => below(path)).map(({ path }) => `rm -f ${inside(path)}`),
    ...files
      .filter(({ path }) => below(path))
      .flatMap((file) => {
        const entry = `e${entries.size}`;
        entries.set(entry, contentOf(file));
        const to = inside(file.path);
        return [
          `mkdir -p "$(dirname ${to})"; cp in/${entry} ${to}; chown ${file.uid}:${file.gid} ${to}; chmod ${file.mode.toString(8)} ${to}`,
        ];
      }),
  ]);
}

function contentOf(file: PutFile): Buffer {
  return Buffer.from("content" in file ? file.content : secretValue(file.secret));
}

/** Our folders only, so that SELinux keeps nothing from it; what it says is kept short. */
function runLine({ engine, image, user, folders }: CheckStep, { program, args }: ConfigCheck): string {
  const mounts = folders.map(({ target }, n) => `-v "$s/f${n}":${quoteWord(`${target}:ro`)}`);
  const words = [
    ...["--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp"],
    ...["--cap-drop", "ALL", "--security-opt", "label=disable"],
    ...(user === undefined ? [] : ["--user", user]),
    ...(program === undefined ? [] : ["--entrypoint", program]),
  ];
  return `out=$(${engine} run ${quoteWords(words)} ${mounts.join(" ")} ${quoteWord(image)} ${quoteWords(args)} 2>&1); c=$?
[ "$c" = 0 ] || { printf '%s' "$out" | tail -c 3000; exit "$c"; }`;
}

/** The lines that say what is wrong; else the last ones. */
function told(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const wrong = lines.filter((line) =>
    /\b(?:fail|error|err=|invalid|unknown|refus|cannot|not found)/i.test(line),
  );
  return (wrong.length > 0 ? wrong : lines).slice(-3).join(" | ").slice(0, 800);
}
