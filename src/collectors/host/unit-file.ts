// systemd unit files, alone or as `systemctl cat` shows them: what is started, as whom, within which limits.
import { given } from "../../model/given.ts";
import { splitWords } from "../../model/shell-words.ts";
import { headOf, hostOf, type Line, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";
import { parseSize } from "../quantity.ts";
import { emitUnit } from "./systemd.ts";

const section = /^\[(Unit|Service|Install|Timer|Socket|Mount|Path)\]\s*$/;

export const unitFile: Parser = {
  id: "unit-file",
  reads: "systemd unit files, systemctl cat UNIT",
  provides: ["host.units", "host.processes", "host.settings"],
  startsAt: (line, next) =>
    /^# \/(?:etc|usr\/lib|lib|run)\/systemd\/system\/\S+$/.test(line) &&
    next !== undefined &&
    (section.test(next) || next.startsWith("#")),
  recognise(segment) {
    const head = headOf(segment, 30);
    const has = head.some((line) => section.test(line));
    return has &&
      head.some((line) =>
        /^(?:ExecStart|Description|After|WantedBy|User|Environment|Type|OnCalendar|MemoryMax|LimitNOFILE)=/.test(
          line,
        ),
      )
      ? 0.96
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.units");
    let path = segment.path ?? "";
    let user: string | undefined;
    let proof: Line | undefined;
    const lines = linesOf(segment, 5_000);
    // in a locator the command stands before the name: `web1: systemctl cat NAME`
    const file = /([^/\s]+\.(?:service|timer|socket))(?:\.j2)?$/.exec(segment.source)?.[1];
    const unitOf = () => unitOfPath(path) || file || segment.hints?.component || "unit";
    for (let i = 0; i < lines.length; i += 1) {
      const line = lines[i];
      if (!line) continue;
      const title = /^# (\/\S+\.(?:service|timer|socket|conf))\s*$/.exec(line.text);
      if (title) path = path || (title[1] ?? "");
      if (section.test(line.text)) proof ??= line;
      const pair = /^([A-Z][A-Za-z]{1,40})=(.*)$/.exec(line.text.trim());
      if (!pair) continue;
      const [, key = "", value = ""] = pair;
      if (key === "User") user = value;
      if (key === "ExecStart" && value.trim() !== "") {
        const [words, last] = joinContinuation(lines, i, value);
        emit.fact(
          "host.processes",
          given({
            at: placeOf(segment, i),
            host: hostOf(segment),
            argv: splitWords(words.replace(/^[-@!+:]+/, "")),
            unit: unitOf(),
            user,
            isDeclared: true,
          }),
        );
        i = last;
      }
      if (
        /^(?:Limit|Memory|Environment|ProtectSystem|ProtectHome|ReadWritePaths|ReadOnlyPaths|NoNewPrivileges|PrivateTmp|CapabilityBoundingSet|AmbientCapabilities|RestartSec|Restart|StartLimitBurst|DynamicUser|StateDirectory|WorkingDirectory)/.test(
          key,
        )
      ) {
        emit.fact(
          "host.settings",
          given({
            at: placeOf(segment, i),
            host: hostOf(segment),
            name: `${unitOf()} ${key}`,
            value: memory(key, value),
          }),
        );
      }
    }
    if (proof) emitUnit(segment, proof, emit, given({ name: unitOf(), path: path || undefined, user }));
  },
};

/** A drop-in `x.service.d/override.conf` belongs to x.service. */
function unitOfPath(path: string): string {
  const dropIn = /\/([^/]+)\.d\/[^/]+\.conf$/.exec(path)?.[1];
  return dropIn ?? path.slice(path.lastIndexOf("/") + 1);
}

function memory(key: string, value: string): string {
  return key.startsWith("Memory") ? String(parseSize(value) ?? value) : value;
}

function joinContinuation(lines: readonly Line[], from: number, value: string): [string, number] {
  const parts = [value];
  let i = from;
  while (/\\\s*$/.test(parts.at(-1) ?? "") && i + 1 < lines.length && i - from < 200) {
    i += 1;
    parts.push(lines[i]?.text ?? "");
  }
  return [parts.map((part) => part.replace(/\\\s*$/, " ")).join(" "), i];
}
