// Writes one line where the host's agent reads it, asks for it, and takes it away: what a host lends for a canary.
import type { CanaryPerch, CanaryWays, WrittenWay } from "../../model/canary.ts";
import type { HostDoor } from "../../model/door.ts";
import { quoteWord } from "../../model/quote.ts";
import type { ReadSession } from "../../model/target.ts";
import type { HostRights } from "./host-command.ts";

/** `rights` are known once the host was looked at; before that nothing is written. */
export function canaryPerch(door: HostDoor, rights: () => HostRights | undefined): CanaryPerch {
  const run = async (script: string, { signal, limits }: ReadSession): Promise<string> => {
    const options = { timeoutMs: limits.itemTimeoutMs, maxBytes: limits.itemBytes, signal };
    return Buffer.from((await door.run(script, options)).stdout).toString("utf8");
  };
  return {
    host: door.host,
    async write(line, ways, session) {
      const own = rights();
      if (own === undefined) return [];
      return readWritten(await run(writeScript(line, ways, own), session));
    },
    async clear(line, { files }, session) {
      const own = rights();
      if (own === undefined || files.length === 0) return;
      await run(
        files
          .map((file) => `${sudo(own)}sh -c ${clearOne} sh ${quoteWord(line)} ${quoteWord(file)}`)
          .join("\n"),
        session,
      );
    },
    async ask(url, headers, session) {
      const config = Object.entries(headers).map(
        ([name, value]) => `header = ${curlWord(`${name}: ${value}`)}`,
      );
      const options = {
        timeoutMs: session.limits.itemTimeoutMs,
        maxBytes: session.limits.itemBytes,
        signal: session.signal,
      };
      const seconds = Math.max(1, Math.round(session.limits.itemTimeoutMs / 1000));
      const { code, stdout, stderr, truncated } = await door.run(
        `command -v curl >/dev/null 2>&1 || exit 127\ncurl -sS -m ${seconds} -K - -w '\\n%{http_code}' ${quoteWord(url)} <<'WATCHMEND'\n${config.join("\n")}\nWATCHMEND`,
        options,
      );
      const text = Buffer.from(stdout).toString("utf8");
      if (code === 127) return { body: "", failed: `curl is not installed on ${door.host}` };
      if (truncated) return { body: "", failed: "the answer is too large" };
      if (code !== 0)
        return { body: "", failed: stderr.trim().split("\n").at(-1)?.slice(0, 300) || "no answer in time" };
      const end = text.lastIndexOf("\n");
      return { status: Number(text.slice(end + 1)), body: text.slice(0, Math.max(0, end)) };
    },
    async fetch(url, headers, session, keys) {
      const words = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      const curl = words.map((word) => `-H ${quoteWord(word)}`).join(" ");
      const wget = words.map((word) => `--header ${quoteWord(word)}`).join(" ");
      const to = quoteWord(url);
      const own = rights();
      if (keys !== undefined && own !== undefined) {
        const text = await run(
          `${sudo(own)}env -C ${quoteWord(keys)} curl -K curl.conf -sf -m 5 ${curl} ${to}`,
          session,
        );
        return text === "" ? undefined : text;
      }
      const text = await run(
        `if command -v curl >/dev/null 2>&1; then curl -sf -m 5 ${curl} ${to}; else wget -q -T 5 -t 1 ${wget} -O - ${to}; fi`,
        session,
      );
      return text === "" ? undefined : text;
    },
  };
}

/** As curl's configuration quotes; it goes in by stdin, where no process list shows it. */
function curlWord(text: string): string {
  return `"${text
    .replaceAll(/[\r\n]/g, "")
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')}"`;
}

/** Only a file that holds nothing but our line is ours. */
const clearOne = quoteWord('[ "$(cat "$2" 2>/dev/null)" = "$1" ] && rm -f "$2"');
/** The output of a process is a pipe of the engine: a line put in there is logged as if the container had written it. */
const intoOutput = quoteWord('printf "%s\\n" "$1" >"/proc/$2/fd/1"');
/** `set -C` refuses a file that is already there; one that a killed run left, a single line of ours, goes first. */
const intoFile = quoteWord(
  '[ "$(grep -c "" "$2" 2>/dev/null)" = 1 ] && grep -q "^watchmend-canary " "$2" && rm -f "$2"; ' +
    'umask 022; set -C; printf "%s\\n" "$1" >"$2"',
);

function writeScript(line: string, { journal, containers, files }: CanaryWays, rights: HostRights): string {
  const word = quoteWord(line);
  const root = sudo(rights);
  const engine = rights.engine ?? "docker";
  const attempt = (way: string, command: string): string =>
    `if e=$({ ${command}; } 2>&1); then printf '%s\\tok\\n' ${quoteWord(way)}; else printf '%s\\tfailed\\t%s\\n' ${quoteWord(way)} "$(printf %s "$e" | tr '\\t\\n' '  ')"; fi`;
  return [
    ...(journal ? [attempt("journal", `logger -t watchmend-canary -- ${word}`)] : []),
    ...containers.map((name) =>
      attempt(
        `container ${name}`,
        `p=$(${engine} inspect -f '{{.State.Pid}}' ${quoteWord(name)}) && [ "$p" -gt 0 ] && ${root}sh -c ${intoOutput} sh ${word} "$p"`,
      ),
    ),
    ...files.map((file) => attempt(`file ${file}`, `${root}sh -c ${intoFile} sh ${word} ${quoteWord(file)}`)),
  ].join("\n");
}

function sudo({ root }: HostRights): string {
  return root === "sudo" ? "sudo -n " : "";
}

function readWritten(text: string): WrittenWay[] {
  return text.split("\n").flatMap((row): WrittenWay[] => {
    const [way, state, detail] = row.split("\t");
    if (!way || (state !== "ok" && state !== "failed")) return [];
    return [state === "ok" ? { way } : { way, failed: detail?.trim() || "it failed without a word" }];
  });
}
