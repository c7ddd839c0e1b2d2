// A container works when it has stayed up, answers where its readiness is asked, and says that it took its configuration.
import { quoteWord } from "../../../model/quote.ts";
import { curlWithKeys } from "../../door-keys.ts";
import { type HostAccess, runScript } from "../doors.ts";
import type { Gate } from "../step-kind.ts";

export interface ReadyQuestion {
  readonly host: string;
  readonly engine: "docker" | "podman";
  readonly name: string;
  readonly ready: string;
  /** Folder of the host with what opens the door. */
  readonly keys?: string | undefined;
  /** Seconds of the host's clock: its configuration must have been read at or after this. */
  readonly readSince?: number;
}

/** Shell functions: the status and the body of a GET, with whichever program there is. A door with keys needs curl. */
function fetching(keys: string | undefined): string {
  if (keys !== undefined) {
    const curl = curlWithKeys(keys);
    return `status() { command -v curl >/dev/null 2>&1 || { echo 'needs curl'; return; }; ${curl} -s -o /dev/null -m 4 -w '%{http_code}' "$1"; }
body() { ${curl} -s -m 4 "$1"; }
`;
  }
  return `status() { if command -v curl >/dev/null 2>&1; then curl -s -o /dev/null -m 4 -w '%{http_code}' "$1"; else wget -q -T 4 -t 1 -O /dev/null "$1" && echo 200 || echo 000; fi; }
body() { if command -v curl >/dev/null 2>&1; then curl -s -m 4 "$1"; else wget -q -T 4 -t 1 -O - "$1"; fi; }
`;
}

/**
 * Milliseconds since it was started, as `up`. Docker writes 2026-01-02T03:04:05.678Z, Podman 2026-01-02 03:04:05.678 +0000 UTC; a date
 * without %N (busybox) counts whole seconds, and then waits a little longer.
 */
const upForMs = `t="$4 $5"
s=$(date -d "$(printf %s "$t" | cut -c1-19 | tr T ' ') \${6:-UTC}" +%s 2>/dev/null || echo 0)
f=$(printf '%s000' "$(printf %s "$t" | cut -c21-23 | tr -dc 0-9)" | cut -c1-3)
n=$(date +%s%3N); case $n in *[!0-9]*) n=$(date +%s)000;; esac
up=$((n - s * 1000 - (1$f - 1000)))
`;

/** What ends at once has ended by then: a wrong flag, a taken port, a file that cannot be read. */
const stayedMs = 1_100;

const reloadMetrics =
  /^(?:prometheus_config_last_reload|alertmanager_config_last_reload|blackbox_exporter_config_last_reload|alloy_config_last_load)_(successful|success_timestamp_seconds) (\S+)$/;

export async function askReady(access: HostAccess, asked: ReadyQuestion): Promise<Gate> {
  const { engine, name, ready, keys, host, readSince } = asked;
  const word = quoteWord(name);
  const metrics = quoteWord(`${new URL(ready).origin}/metrics`);
  const script = `${fetching(keys)}no_proxy='*'; export no_proxy
i=$(${engine} container inspect --format '{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}} {{.State.StartedAt}}' ${word} 2>/dev/null) || { echo gone; exit 0; }
set -- $i
${upForMs}printf '%s %s %s %s\\n' "$1" "$2" "$up" "$3"
echo "status $(status ${quoteWord(ready)})"
${readSince === undefined ? "" : `body ${metrics} | grep -E '^(prometheus|alertmanager|blackbox_exporter|alloy)_config_last_(re)?load_success'`}
if [ "$2" -gt 0 ] || [ "$1" != running ]; then echo log; ${engine} logs --tail 8 ${word} 2>&1 | cut -c1-400; fi
:`;
  const result = await runScript(access, script, { timeoutMs: 30_000 });
  return judge(Buffer.from(result.stdout).toString("utf8"), asked, `${host}: ${name}`);
}

export function judge(
  text: string,
  { ready, readSince }: Pick<ReadyQuestion, "ready" | "readSince">,
  subject: string,
): Gate {
  const [first = "", second = "", ...rest] = text.split("\n");
  if (first === "gone") return { state: "failing", says: `${subject} is not there any more` };
  const [state = "", restarts = "0", up = "0", code = "0"] = first.split(" ");
  const at = rest.indexOf("log");
  const log = at < 0 ? [] : rest.slice(at + 1).filter((line) => line.trim() !== "");
  const last = log.length === 0 ? "" : `: ${tellingLine(log)}`;
  if (Number(restarts) >= 2)
    return { state: "failing", says: `${subject} keeps ending (exit code ${code})${last}` };
  if (/^(?:exited|dead)$/.test(state))
    return { state: "failing", says: `${subject} has ended (exit code ${code})${last}` };
  if (state !== "running" || Number(up) < stayedMs)
    return { state: "waiting", says: `${subject} is ${state || "starting"}${last}` };
  const status = second.replace(/^status /, "").slice(-3);
  if (second === "status needs curl")
    return {
      state: "failing",
      says: `${subject} asks for a certificate or a password: install curl on that host, it has to be asked with it`,
    };
  if (!/^2\d\d$/.test(status))
    return {
      state: "waiting",
      says: `${subject} does not answer at ${ready} (${status === "000" ? "no answer" : `status ${status}`})`,
    };
  if (readSince === undefined) return { state: "ready", says: `${subject} is ready` };
  return readAgain(rest.slice(0, at < 0 ? undefined : at), readSince, subject);
}

function readAgain(lines: readonly string[], since: number, subject: string): Gate {
  const values = new Map(
    lines.flatMap((line): [string, number][] => {
      const match = reloadMetrics.exec(line.trim());
      return match ? [[match[1] ?? "", Number(match[2])]] : [];
    }),
  );
  if (values.get("successful") === 0)
    return {
      state: "failing",
      says: `${subject} refuses its new configuration and runs with the one before`,
    };
  const when = values.get("success_timestamp_seconds");
  if (when === undefined) return { state: "ready", says: `${subject} is ready` };
  return Math.ceil(when) >= since
    ? { state: "ready", says: `${subject} has read its configuration` }
    : { state: "waiting", says: `${subject} has not read its configuration yet` };
}

/** The last line that says what is wrong, else the last one. */
function tellingLine(log: readonly string[]): string {
  const telling = log.findLast((line) =>
    /error|fatal|panic|denied|address already in use|level=(?:error|warn)|"level":"(?:error|fatal)"/i.test(
      line,
    ),
  );
  return (telling ?? log.at(-1) ?? "").trim().slice(0, 300);
}
