// The batch as one POSIX script: every command bounded in time and bytes, every answer framed. It writes nothing on the host.
import { quoteWord } from "../../model/quote.ts";
import { type HostCommand, type HostRights, needsEngine, needsRoot, runText } from "./host-command.ts";

export interface ScriptLimits {
  readonly seconds: number;
  readonly bytes: number;
  readonly logBytes: number;
}

/**
 * Runs of a frame: `NONCE begin ID`, the output, `NONCE end`, the errors and the exit code, `NONCE done`. The nonce is known
 * to this shell only (no argument, no environment), so no output can forge a line of the frame.
 */
const functions = `LC_ALL=C; export LC_ALL; unset LANGUAGE
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
DOCKER_CLI_HINTS=false; export DOCKER_CLI_HINTS
no_proxy='*'; export no_proxy
exec 3>&1
T=; timeout -k 2 5 true 2>/dev/null && T=1
w() {
  if [ -n "$T" ]; then timeout -k 2 "$1" sh -c "$2"; return; fi
  sh -c "$2" & p=$!
  { sleep "$1"; kill "$p"; sleep 2; kill -9 "$p"; } >/dev/null 2>&1 & k=$!
  wait "$p"; c=$?
  kill "$k" 2>/dev/null
  return "$c"
}
r() {
  printf '\\n%s begin %s\\n' "$N" "$1"
  e=$( { { w "$2" "$4" 2>&4 3>&- 4>&- </dev/null; printf '\\ncode %s' "$?" >&4; } | head -c "$3" >&3; } 4>&1 | tail -c 6000 )
  printf '\\n%s end\\n%s\\n%s done\\n' "$N" "$e" "$N"
}
n() { printf '\\n%s begin %s\\n\\n%s end\\n%s\\n%s done\\n' "$N" "$1" "$N" "$2" "$N"; }
`;

/**
 * Which rights there are: root, sudo without a password, the engine's socket. `sudo -n true` is asked once and not for
 * every command: each refusal is a line in the host's log, and a mail on some.
 */
const rightsProbe = `R=none
if [ "$(id -u)" = 0 ]; then R=root
elif command -v sudo >/dev/null 2>&1 && w 5 'sudo -n true' >/dev/null 2>&1 </dev/null; then R=sudo; fi
E=
S=; [ "$R" = sudo ] && S='sudo -n '
for d in docker podman; do
  command -v $d >/dev/null 2>&1 || continue
  q=$(w 10 "$d ps -aq" 2>/dev/null </dev/null) && { E=$d; [ -n "$q" ] && break; }
  if [ -n "$S" ]; then q=$(w 10 "$S$d ps -aq" 2>/dev/null </dev/null) && { E="$S$d"; [ -n "$q" ] && break; }; fi
  [ -n "$E" ] || E="$S$d"
  [ $d = docker ] && break
done
L=; for f in nslookup dig; do command -v $f >/dev/null 2>&1 && L=$f; done
F=; for f in wget curl; do command -v $f >/dev/null 2>&1 && F=$f; done
printf '\\n%s begin rights\\nroot=%s\\nengine=%s\\ntimeout=%s\\nfetch=%s\\nlookup=%s\\n' "$N" "$R" "$E" "$T" "$F" "$L"
printf '\\n%s end\\ncode 0\\n%s done\\n' "$N" "$N"
`;

const clockProbe = (name: string): string =>
  `printf '\\n%s begin ${name}\\n' "$N"; date +%s.%N; printf '\\n%s end\\ncode 0\\n%s done\\n' "$N" "$N"\n`;

/** Unknown rights: the script finds them out and decides by them. Known ones: what cannot be done is not tried. */
export function scriptOf(
  nonce: string,
  commands: readonly HostCommand[],
  limits: ScriptLimits,
  rights?: HostRights,
): string {
  const head = `N=${quoteWord(nonce)}\n${functions}${clockProbe("clock")}`;
  const body = commands.map((command) => (rights ? decided(command, limits, rights) : open(command, limits)));
  return `${head}${rights ? "" : rightsProbe}${body.join("")}${clockProbe("clock-end")}`;
}

export const noRootCode = 240;
export const noEngineCode = 241;
export const noToolCode = 242;

function decided(command: HostCommand, limits: ScriptLimits, rights: HostRights): string {
  if (needsRoot(command) && rights.root === "none") return `n ${command.id} 'code ${noRootCode}'\n`;
  if (needsEngine(command) && rights.engine === undefined) return `n ${command.id} 'code ${noEngineCode}'\n`;
  return call(command, limits, quoteWord(guarded(command, runText(command, rights))));
}

/** The engine's name and sudo are variables of the script, so the text is put together there. */
function open(command: HostCommand, limits: ScriptLimits): string {
  const text = guarded(command, command.run ?? command.text);
  const parts = text.split(/(\{engine\}|\{(?:as)?root\} ?)/);
  const word = parts
    .map((part) =>
      part === "{engine}"
        ? '"$E"'
        : part.startsWith("{") && /root\} ?$/.test(part)
          ? '"$S"'
          : quoteWord(part),
    )
    .join("");
  const run = call(command, limits, word);
  if (needsRoot(command))
    return `${toolCheck(command)}if [ $R = none ]; then n ${command.id} 'code ${noRootCode}'; else ${run.trimEnd()}; fi\n`;
  if (needsEngine(command))
    return `if [ -z "$E" ]; then n ${command.id} 'code ${noEngineCode}'; else ${run.trimEnd()}; fi\n`;
  return run;
}

/** A tool that is not there needs no root. */
function toolCheck({ id, tool }: HostCommand): string {
  return tool === undefined
    ? ""
    : `if ! command -v ${quoteWord(tool)} >/dev/null 2>&1; then n ${id} 'code ${noToolCode}'; el`;
}

function guarded({ tool }: HostCommand, text: string): string {
  return tool === undefined
    ? text
    : `command -v ${quoteWord(tool)} >/dev/null 2>&1 || exit ${noToolCode}; ${text}`;
}

function call(command: HostCommand, limits: ScriptLimits, word: string): string {
  return `r ${command.id} ${command.seconds ?? limits.seconds} ${byteLimit(command, limits) + 1} ${word}\n`;
}

export function byteLimit(command: HostCommand, limits: ScriptLimits): number {
  return command.bytes ?? (command.isLog ? limits.logBytes : limits.bytes);
}
