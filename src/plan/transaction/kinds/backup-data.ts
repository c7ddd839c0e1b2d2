// backup-data: the data of Prometheus or Loki copied beside it. Nothing in the data is changed, and the copy stays when the change is taken back.
import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Step } from "../../../model/plan.ts";
import { quoteWord } from "../../../model/quote.ts";
import { curlWithKeys } from "../../door-keys.ts";
import { isRunning } from "../container-state.ts";
import { type HostAccess, hostFor, mustRun, runScript } from "../doors.ts";
import { finish } from "../host-file.ts";
import { defineKind } from "../step-kind.ts";
import { accessTo, reach } from "./file-text.ts";
import { inspectAll } from "./put-container.ts";
import { noWayTo } from "./text.ts";

type BackupStep = Extract<Step, { readonly do: "backup-data" }>;

const image = z.strictObject({
  host: z.string(),
  engine: z.enum(["docker", "podman"]),
  name: z.string(),
  component: z.string(),
  from: z.string(),
  to: z.string(),
  wasRunning: z.boolean(),
  snapshot: z.strictObject({ url: z.string(), keys: z.string().optional() }).optional(),
});
type Image = z.infer<typeof image>;

/** Only what is not linked takes time: the log of the last hours. */
const timeoutMs = 900_000;

export const backupData = defineKind<BackupStep, Image>({
  does: ["backup-data"],
  parse: (value) => image.parse(value),
  async look(step, { doors }) {
    const access = hostFor(doors, step.host);
    if (!access) return { state: "left", because: noWayTo(step.host, step.title) };
    const { host } = access.door;
    const [inspect] = await inspectAll(access, step.engine, [step.name]);
    const wasRunning = inspect !== undefined && isRunning(inspect);
    const { engine, name, component, from, below, snapshot } = step;
    return {
      state: "change",
      subject: `${host}: copy of the data of ${component}`,
      lock: { kind: "host", host },
      before: "",
      after: below,
      fingerprint: "",
      image: () => ({
        host,
        engine,
        name,
        component,
        from,
        to: `${below}/${component}-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, "-")}-${randomBytes(2).toString("hex")}`,
        wasRunning,
        ...(snapshot && wasRunning ? { snapshot: { ...snapshot } } : {}),
      }),
    };
  },
  async act(one, context) {
    const { access, lock } = reach(one.host, context);
    const script = `${lock.fence}set -e\n${places(one)}${one.snapshot ? snapshotLines(one) : copyLines(one)}mv "$t.part" "$t"\n`;
    await finish(access, `data of ${one.component}`, await runScript(access, script, { timeoutMs }));
  },
  async where(one, { doors }) {
    const access = accessTo(doors, one.host);
    const [whole, part, stopped] = await standing(access, one);
    if (part || stopped) return { is: "between" };
    return { is: whole ? "after" : "before" };
  },
  /** The copy is kept under another name: it may be what is needed now. */
  async undo(one, context) {
    const { access, lock } = reach(one.host, context);
    const [to, word] = [quoteWord(one.to), quoteWord(one.name)];
    const script = `${lock.fence}rm -rf ${to}.part
[ ! -e ${to} ] || mv ${to} ${to}-kept || exit 1
${one.wasRunning ? `${one.engine} start ${word} >/dev/null` : ":"}`;
    await finish(access, `data of ${one.component}`, await runScript(access, script, { timeoutMs }));
  },
  byHand: ({ host, name, engine, from, to }) => [
    `# on ${host}: the copy, if the data of ${name} does not work with the version before`,
    `${engine} stop ${quoteWord(name)} && mv ${quoteWord(from)} ${quoteWord(`${from}.aside`)} && cp -a ${quoteWord(to)} ${quoteWord(from)}`,
  ],
});

function places({ engine, from, to }: Image): string {
  const source = from.startsWith("/")
    ? `f=${quoteWord(from)}`
    : `f=$(${engine} volume inspect -f '{{.Mountpoint}}' ${quoteWord(from)})`;
  return `PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077
${source}
t=${quoteWord(to)}
[ -d "$f" ] || { echo "$f is no folder" >&2; exit 74; }
mkdir -p "\${t%/*}"
rm -rf "$t.part"
`;
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/#snapshot */
function snapshotLines({ snapshot }: Image): string {
  const url = quoteWord(`${new URL(snapshot?.url ?? "").origin}/api/v1/admin/tsdb/snapshot`);
  const curl = snapshot?.keys === undefined ? "curl" : curlWithKeys(snapshot.keys);
  const wget = `wget -q -O - --post-data= ${url}`;
  return `no_proxy='*'; export no_proxy
if command -v curl >/dev/null 2>&1; then a=$(${curl} -s -m 800 -X POST ${url} || :); else a=$(${wget} || :); fi
n=$(printf %s "$a" | sed -n 's/.*"name":"\\([0-9A-Za-z-]*\\)".*/\\1/p')
[ -n "$n" ] && [ -d "$f/snapshots/$n" ] || { echo "Prometheus made no snapshot: $(printf %s "$a" | head -c 200)" >&2; exit 74; }
mv "$f/snapshots/$n" "$t.part"
`;
}

/**
 * Blocks of Prometheus (a folder with meta.json) and chunks of Loki are written once: hard links where the disk is the same. Everything
 * else is copied, if there is room for it.
 */
function copyLines({ engine, name, wasRunning }: Image): string {
  const word = quoteWord(name);
  return `same() { [ "$(stat -c %d "$f")" = "$(stat -c %d "\${t%/*}")" ]; }
linked() { same && { [ "\${1##*/}" = chunks ] || [ -f "$1/meta.json" ]; }; }
left() { case "\${1##*/}" in lock|queries.active|snapshots) return 0;; esac; return 1; }
need=0
for e in "$f"/* "$f"/.[!.]*; do
  [ -e "$e" ] && ! left "$e" && ! linked "$e" || continue
  need=$((need + $(du -sk "$e" | cut -f1)))
done
free=$(df -Pk "\${t%/*}" | awk 'NR == 2 { print $4 }')
[ "$free" -gt $((need + need / 10 + 1024)) ] || { echo "there is no room for a copy of the data: $need kB are needed, $free kB are free" >&2; exit 74; }
${wasRunning ? `${engine} stop ${word} >/dev/null\n` : ""}c=0
mkdir "$t.part" && chown "$(stat -c %u:%g "$f")" "$t.part" && chmod "$(stat -c %a "$f")" "$t.part" || c=74
for e in "$f"/* "$f"/.[!.]*; do
  [ "$c" = 0 ] && [ -e "$e" ] && ! left "$e" || continue
  if linked "$e"; then cp -al "$e" "$t.part/" || c=74; else cp -a "$e" "$t.part/" || c=74; fi
done
${wasRunning ? `${engine} start ${word} >/dev/null || c=74\n` : ""}[ "$c" = 0 ] || { rm -rf "$t.part"; exit "$c"; }
`;
}

async function standing(access: HostAccess, one: Image): Promise<[boolean, boolean, boolean]> {
  const to = quoteWord(one.to);
  const script = `[ ! -e ${to} ] || echo whole
[ ! -e ${to}.part ] || echo part
[ "$(${one.engine} container inspect -f '{{.State.Running}}' ${quoteWord(one.name)} 2>/dev/null)" != false ] || echo stopped`;
  const says = (await mustRun(access, one.to, script)).toString("utf8").split("\n");
  return [says.includes("whole"), says.includes("part"), one.wasRunning && says.includes("stopped")];
}
