// move-folder: a folder of data gets another name on the same disk; nothing in it is touched.
import { z } from "zod";
import type { Step } from "../../../model/plan.ts";
import { quoteWord } from "../../../model/quote.ts";
import { type HostAccess, hostFor, mustRun, runScript } from "../doors.ts";
import { finish } from "../host-file.ts";
import { parsePaths, pathsScript } from "../host-paths.ts";
import { type ActContext, defineKind } from "../step-kind.ts";
import { accessTo, reach } from "./file-text.ts";
import { noWayTo } from "./text.ts";

type MoveStep = Extract<Step, { readonly do: "move-folder" }>;

const image = z.strictObject({ host: z.string(), from: z.string(), to: z.string() });
type Image = z.infer<typeof image>;

export const moveFolder = defineKind<MoveStep, Image>({
  does: ["move-folder"],
  parse: (value) => image.parse(value),
  async look({ host: name, from, to }, { doors }) {
    const access = hostFor(doors, name);
    if (!access) return { state: "left", because: noWayTo(name, from) };
    const { host } = access.door;
    const { source, target } = await both(access, { from, to });
    const subject = `${host}:${from}`;
    if (!source) return { state: "already", subject };
    if (source !== "folder") return { state: "refused", because: `${subject} is a ${source}, not a folder` };
    if (target) return { state: "refused", because: `${host}:${to} is there already` };
    return {
      state: "change",
      subject,
      lock: { kind: "host", host },
      before: from,
      after: to,
      fingerprint: "",
      image: () => ({ host, from, to }),
    };
  },
  act: (one, context) => move(one, one.from, one.to, context),
  async where(one, context) {
    const { source, target } = await both(accessTo(context.doors, one.host), one);
    if (source && !target) return { is: "before" };
    if (target && !source) return { is: "after" };
    const says = source ? `${one.from} was made anew since` : `neither ${one.from} nor ${one.to} is there`;
    return { is: "elsewhere", says: `${one.host}: ${says}` };
  },
  undo: (one, context) => move(one, one.to, one.from, context),
  byHand: ({ host, from, to }) => [`# on ${host}`, `mv -T ${quoteWord(to)} ${quoteWord(from)}`],
});

async function both(
  access: HostAccess,
  { from, to }: Pick<Image, "from" | "to">,
): Promise<{ source: string | undefined; target: string | undefined }> {
  const facts = parsePaths((await mustRun(access, from, pathsScript([from, to], []))).toString("utf8"));
  return { source: facts.get(from)?.is, target: facts.get(to)?.is };
}

async function move(one: Image, from: string, to: string, context: ActContext): Promise<void> {
  const { access, lock } = reach(one.host, context);
  const [source, target] = [quoteWord(from), quoteWord(to)];
  const script = `${lock.fence}[ ! -e ${target} ] || exit 72
p=$(dirname ${target}); [ -d "$p" ] || mkdir -p "$p" || exit 1
mv ${source} ${target}
rmdir "$(dirname ${source})" 2>/dev/null || :`;
  await finish(access, from, await runScript(access, script));
}
