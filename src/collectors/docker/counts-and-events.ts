// Short answers about containers: how many there are (`docker ps -q | wc -l`), what happened to them (`docker events`), volumes in JSON.
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { commandsOf } from "../command.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import { memberOf, readLooseJson, textOf } from "../loose-json.ts";
import type { Parser } from "../parser.ts";
import { parseIsoTime } from "../time-stamp.ts";

export const containerCount: Parser = {
  id: "docker-count",
  reads: "docker ps -q | wc -l, docker network ls | wc -l",
  provides: ["host.settings"],
  recognise: (segment) =>
    countedThing(segment) && /^\s*\d{1,9}\s*$/.test(segment.text.slice(0, 100)) ? 0.97 : 0,
  parse(segment, emit) {
    const line = linesOf(segment, 100).find((candidate) => candidate.text.trim() !== "");
    const name = countedThing(segment);
    if (!line || !name) return;
    emit.fact(
      "host.settings",
      given({ at: placeOf(segment, line.index), host: hostOf(segment), name, value: line.text.trim() }),
    );
  },
};

/** `docker running` matches the name that `docker info` gives the same number. */
function countedThing(segment: Segment): string | undefined {
  const command = commandsOf(segment).find(
    ({ program, lastFilter }) =>
      /^(?:docker|podman)$/.test(program) && lastFilter?.[0] === "wc" && lastFilter.includes("-l"),
  );
  if (!command) return undefined;
  const { args } = command;
  if (args[0] === "ps")
    return args.some((word) => /^-[a-z]*a/.test(word) || word === "--all")
      ? "docker containers"
      : "docker running";
  if (args[1] === "ls" || args[1] === "list") return `docker ${args[0]}s`;
  return args[0] === "images" ? "docker images" : undefined;
}

const eventLine =
  /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) (container|network|volume|image|daemon) ([a-z_]+(?:: [^(]{0,200})?) ([0-9a-zA-Z_.-]{1,80}) \((.*)\)\s*$/;

export const engineEvents: Parser = {
  id: "docker-events",
  reads: "docker events",
  provides: ["docker.containers", "text.lines"],
  recognise(segment) {
    const head = headOf(segment);
    const own = head.filter((line) => eventLine.test(line)).length;
    return own > 0 && own >= head.length * 0.6 ? 0.96 : 0;
  },
  parse(segment, emit) {
    for (const line of linesOf(segment)) {
      const match = eventLine.exec(line.text.trim());
      if (!match) {
        leaveAsText(segment, line, emit);
        continue;
      }
      const [text, time, kind, action = "", id = "", attributes = ""] = match;
      const name = /(?:^|, )name=([^,)]+)/.exec(attributes)?.[1];
      const host = hostOf(segment);
      const at = placeOf(segment, line.index);
      emit.text(
        given({
          text,
          line: segment.startLine + line.index,
          stream: "event" as const,
          host,
          container: kind === "container" ? name : undefined,
          timeMs: parseIsoTime(time),
        }),
      );
      if (kind !== "container" || name === undefined) continue;
      const image = /(?:^|, )image=([^,)]+)/.exec(attributes)?.[1];
      const code = /exitCode=(\d{1,3})/.exec(attributes)?.[1];
      const container = { at, origin: "running" as const, host, name, id, image };
      if (action === "oom") emit.fact("docker.containers", given({ ...container, oomKilled: true }));
      if (action === "die" && code !== undefined)
        emit.fact("docker.containers", given({ ...container, exitCode: Number(code) }));
    }
  },
};

export const volumeInspect: Parser = {
  id: "docker-volume-inspect",
  reads: "docker volume inspect",
  provides: ["host.mounts"],
  recognise(segment) {
    const head = segment.text.slice(0, 16_384);
    return /^\s*[[{]/.test(head) &&
      /"Mountpoint"\s*:/.test(head) &&
      /"Driver"\s*:/.test(head) &&
      !/"HostConfig"/.test(head)
      ? 0.96
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.mounts");
    const { documents } = readLooseJson(segment.text);
    for (const node of documents.flatMap((document) =>
      document.kind === "array" ? document.items : [document],
    )) {
      const target = memberOf(node, "Mountpoint");
      const name = textOf(memberOf(node, "Name"));
      const path = textOf(target);
      if (!target || path === undefined) continue;
      const options = textOf(memberOf(node, "Options", "o"));
      emit.fact(
        "host.mounts",
        given({
          at: placeOf(segment, target.line),
          host: hostOf(segment),
          source: textOf(memberOf(node, "Options", "device")) ?? name ?? path,
          target: path,
          type: textOf(memberOf(node, "Options", "type")) ?? "docker-volume",
          options: options?.split(","),
          volume: name,
        }),
      );
    }
  },
};
