// The lock on a host: a folder that only one can make, with who holds it; scripts that change things check it at the last moment.
import { z } from "zod";
import { quoteWord } from "../../model/quote.ts";
import { failureOf, type HostAccess, runScript } from "./doors.ts";
import { type Actor, actorForm } from "./entry.ts";

export interface HostLock {
  /**
   * Shell lines that end the script with code 75 when the lock is no longer ours, and keep a run that takes the lock over
   * waiting until the script has ended. A script that outlives its killed run can therefore not act behind the next run's back.
   */
  readonly fence: string;
  /** A sign of life. */
  touch(): Promise<void>;
  release(): Promise<void>;
}

export type Locked =
  | { readonly ok: true; readonly lock: HostLock }
  | { readonly ok: false; readonly holder: Holder };

export interface Holder {
  readonly place: string;
  readonly actor?: Actor;
  readonly why?: string;
  readonly transaction?: string;
  /** Seconds since it was taken, and since its holder last showed signs of life. */
  readonly ageSeconds?: number;
  readonly silentSeconds: number;
}

export interface LockRequest {
  readonly actor: Actor;
  readonly why: string;
  readonly transaction: string;
}

const lostCode = 75;
export const lockLost = lostCode;

/**
 * flock(1) where there is one: util-linux and busybox have it, macOS does not. What Podman starts (conmon) would inherit the open file
 * and hold the lock for as long as the container lives; Docker's containers are children of its daemon.
 */
function fenceOf(place: string, token: string): string {
  const file = quoteWord(`${place}/token`);
  return `{ exec 9<${file}; } 2>/dev/null || exit ${lostCode}
if command -v flock >/dev/null 2>&1; then flock -w 30 9 || exit ${lostCode}; fi
[ "$(cat ${file} 2>/dev/null)" = ${quoteWord(token)} ] || exit ${lostCode}
podman() { command podman "$@" 9<&-; }
`;
}

/** Takes the lock, or says who has it. */
export async function takeHostLock(access: HostAccess, token: string, request: LockRequest): Promise<Locked> {
  const owner = JSON.stringify(request);
  const script = `umask 022
for d in ${access.lockAt.map(quoteWord).join(" ")}; do
  if [ -d "$d" ]; then
    printf 'held\\n%s\\n' "$d"
    now=$(date +%s)
    for f in token owner; do t=$(stat -c %Y "$d/$f" 2>/dev/null || stat -f %m "$d/$f" 2>/dev/null || stat -c %Y "$d" 2>/dev/null || stat -f %m "$d"); echo $((now - t)); done
    cat "$d/owner" 2>/dev/null
    exit 0
  fi
done
for d in ${access.lockAt.map(quoteWord).join(" ")}; do
  p=$(dirname "$d")
  [ -d "$p" ] && [ -w "$p" ] || continue
  mkdir "$d" || exit 1
  printf %s ${quoteWord(token)} > "$d/token" && printf '%s\\n' ${quoteWord(owner)} > "$d/owner" || { rm -f "$d/token" "$d/owner"; rmdir "$d"; exit 1; }
  printf 'taken\\n%s\\n' "$d"
  exit 0
done
echo "no folder for the lock may be written" >&2
exit 1`;
  const result = await runScript(access, script);
  const [word = "", place = "", ...rest] = Buffer.from(result.stdout).toString("utf8").split("\n");
  if (result.code === 0 && word === "taken") return { ok: true, lock: heldLock(access, place, token) };
  if (result.code === 0 && word === "held") return { ok: false, holder: holderOf(place, rest) };
  throw new Error(`the lock on ${access.door.host} cannot be taken: ${failureOf(access, result)}`);
}

const ownerForm = z.object({
  actor: actorForm,
  why: z.string(),
  transaction: z.string(),
});

function holderOf(place: string, [silent, age, owner]: readonly string[]): Holder {
  const base = { place, silentSeconds: Math.max(0, Number(silent) || 0) };
  let read: unknown;
  try {
    read = JSON.parse(owner ?? "");
  } catch {
    return base;
  }
  const known = ownerForm.safeParse(read);
  return known.success ? { ...base, ...known.data, ageSeconds: Math.max(0, Number(age) || 0) } : base;
}

/** Takes the lock from a holder that is dead; false when somebody else was quicker or it is alive after all. */
export async function takeOverHostLock(
  access: HostAccess,
  holder: Holder,
  token: string,
  request: LockRequest,
): Promise<HostLock | undefined> {
  const place = quoteWord(holder.place);
  const mine = quoteWord(JSON.stringify(request));
  const theirs = holder.transaction ?? "";
  const script = `umask 022
cd ${place} || exit 76
[ -e token ] || : > token
{ exec 9<token; } || exit 76
if command -v flock >/dev/null 2>&1; then flock -w 60 9 || exit 76; fi
[ -d ${place} ] || exit 76
if [ ${quoteWord(theirs)} != '' ]; then case "$(cat owner 2>/dev/null)" in *${quoteWord(`"transaction":"${theirs}"`)}*) ;; *) exit 76;; esac; fi
printf '%s\\n' ${mine} > owner && printf %s ${quoteWord(token)} > token && sync token owner 2>/dev/null || :
[ "$(cat token)" = ${quoteWord(token)} ]`;
  const result = await runScript(access, script, { timeoutMs: 90_000 });
  return result.code === 0 ? heldLock(access, holder.place, token) : undefined;
}

function heldLock(access: HostAccess, place: string, token: string): HostLock {
  const fence = fenceOf(place, token);
  const folder = quoteWord(place);
  return {
    fence,
    async touch() {
      await runScript(access, `${fence}touch ${folder}/token`);
    },
    async release() {
      await runScript(access, `${fence}rm -f ${folder}/owner ${folder}/token && rmdir ${folder}`);
    },
  };
}
