// `docker run` / `docker create` / `podman run` command lines, typed or in scripts and notes, as declared containers.
import type { DockerContainer, DockerMount, PublishedPort } from "../../model/docker.ts";
import { parseMemory, parseMountOption, parseMountText, parsePublishText } from "../../model/docker-text.ts";
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { Place } from "../../model/place.ts";
import { splitCommands, splitWords } from "../../model/shell-words.ts";
import { commandPlaceOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";

const start =
  /^\s*(?:[-*>$#+]\s+)?(?:`{1,3})?(?:[A-Z_]+=\S+\s+)?(?:sudo\s+(?:-\S+\s+)*)?(?:\/usr\/bin\/)?(?:docker|podman|nerdctl)\s+(?:container\s+)?(?:run|create)\s+-/;
const inService = /^\s*Exec(?:Start|StartPre)=[-@!+]*(?:\/\S*\/)?(?:docker|podman)\s+run\s+-/;
const maxLooked = 262_144;
/** Looked for first: every segment is asked, and few speak of an engine. */
const engines = ["docker", "podman", "nerdctl"];

export const runLine: Parser = {
  id: "docker-run-line",
  reads: "docker run, docker create, podman run command lines",
  provides: ["docker.containers"],
  recognise(segment) {
    if (segment.command !== undefined && start.test(segment.command)) return 0.6;
    const first = linesOf({ ...segment, text: segment.text.slice(0, 4_096) }, 20).find(
      (line) => line.text.trim() !== "",
    );
    return first && start.test(first.text) ? 0.9 : 0;
  },
  parse(segment, emit) {
    emit.seen("docker.containers");
    emitTyped(segment, emit);
    const used = emitLines(segment, emit);
    for (const line of linesOf(segment)) if (!used.has(line.index)) leaveAsText(segment, line, emit);
  },
  notices(segment, emit) {
    emitTyped(segment, emit);
    const head = segment.text.slice(0, maxLooked);
    if (!engines.some((engine) => head.includes(engine))) return;
    if (/\b(?:docker|podman|nerdctl)\s+(?:container\s+)?(?:run|create)\s/.test(head))
      emitLines(segment, emit);
  },
};

function emitTyped(segment: Segment, emit: Emit): void {
  if (segment.command === undefined || !start.test(segment.command)) return;
  const container = readRunLine(segment.command, () => commandPlaceOf(segment), hostOf(segment));
  if (container) emit.fact("docker.containers", container);
}

/** Joins backslash lines; returns the indexes of the lines that were read. */
function emitLines(segment: Segment, emit: Emit): Set<number> {
  const used = new Set<number>();
  const lines = linesOf({ ...segment, text: segment.text.slice(0, maxLooked) }, 10_000);
  for (let i = 0; i < lines.length; i += 1) {
    const first = lines[i]?.text ?? "";
    if (!start.test(first) && !inService.test(first)) continue;
    const parts: string[] = [];
    let last = i;
    for (; last < lines.length && last - i < 200; last += 1) {
      const text = lines[last]?.text ?? "";
      parts.push(text.replace(/\\\s*$/, ""));
      if (!/\\\s*$/.test(text)) break;
    }
    const placeOfText = (word: string): Place => {
      const at = parts.findIndex((part) => part.includes(word));
      return placeOf(segment, i + Math.max(at, 0));
    };
    const container = readRunLine(parts.join("\n "), placeOfText, hostOf(segment));
    if (!container) continue;
    emit.fact("docker.containers", container);
    for (let at = i; at <= last; at += 1) used.add(at);
    i = last;
  }
  return used;
}

const switches = new Set([
  "--detach",
  "--interactive",
  "--tty",
  "--rm",
  "--privileged",
  "--init",
  "--read-only",
  "--publish-all",
  "--no-healthcheck",
  "--oom-kill-disable",
  "--sig-proxy",
  "--disable-content-trust",
  "--quiet",
  "--replace",
  "--use-api-socket",
  "--no-hosts",
]);
const shortWithValue = "acehlmpuvw";

interface Options {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly rest: readonly string[];
}

const longNames: Readonly<Record<string, string>> = {
  a: "--attach",
  c: "--cpu-shares",
  e: "--env",
  h: "--hostname",
  l: "--label",
  m: "--memory",
  p: "--publish",
  u: "--user",
  v: "--volume",
  w: "--workdir",
  P: "--publish-all",
  d: "--detach",
  i: "--interactive",
  t: "--tty",
  q: "--quiet",
};

function readOptions(words: readonly string[]): Options {
  const values = new Map<string, string[]>();
  const add = (name: string, value: string) =>
    void (values.get(name)?.push(value) ?? values.set(name, [value]));
  let i = 0;
  for (; i < words.length; i += 1) {
    const word = words[i] ?? "";
    if (word === "--") return { values, rest: words.slice(i + 1) };
    if (!word.startsWith("-") || word === "-") break;
    const equals = word.indexOf("=");
    if (word.startsWith("--")) {
      const name = equals === -1 ? word : word.slice(0, equals);
      if (equals !== -1) add(name, word.slice(equals + 1));
      else if (switches.has(name)) add(name, "true");
      else add(name, words[++i] ?? "");
      continue;
    }
    for (let at = 1; at < word.length; at += 1) {
      const letter = word[at] ?? "";
      const name = longNames[letter] ?? `-${letter}`;
      if (!shortWithValue.includes(letter)) {
        add(name, "true");
        continue;
      }
      const inline = word.slice(at + 1).replace(/^=/, "");
      add(name, inline === "" ? (words[++i] ?? "") : inline);
      break;
    }
  }
  return { values, rest: words.slice(i) };
}

/** The declared container of one command line; undefined when it is a template or has no image. */
export function readRunLine(
  line: string,
  placeOfText: (text: string) => Place,
  host: string | undefined,
): DockerContainer | undefined {
  const command = splitCommands(line.replace(/\n/g, " ")).find(({ words }) =>
    words.some((word) => word === "run" || word === "create"),
  );
  if (!command) return undefined;
  const verb = command.words.findIndex((word) => word === "run" || word === "create");
  const { values, rest } = readOptions(command.words.slice(verb + 1).filter((word) => word !== "`"));
  const [image, ...args] = rest;
  if (image === undefined || /[{}<>]/.test(image)) return undefined;
  const all = (...names: string[]) => names.flatMap((name) => values.get(name) ?? []);
  const last = (...names: string[]) => all(...names).at(-1);
  const name = last("--name") ?? image.split("/").at(-1)?.split(/[:@]/)[0] ?? image;
  const networks = all("--network", "--net");
  const mode = networks.map((network) => /^name=([^,]+)/.exec(network)?.[1] ?? network)[0];
  const isPlainMode = mode === undefined || /^(?:host|none|bridge|container:|slirp|pasta)/.test(mode);
  const memory = last("--memory");
  const options = Object.fromEntries(all("--log-opt").map(splitPair));
  const health = last("--health-cmd");
  const hasNoHealth = last("--no-healthcheck") !== undefined;
  return given({
    at: placeOfText(values.has("--name") ? name : image),
    origin: "declared" as const,
    host,
    name,
    image,
    user: last("--user"),
    entrypoint: last("--entrypoint") === undefined ? undefined : splitWords(last("--entrypoint") ?? ""),
    args: args.length > 0 ? args : undefined,
    argsAt: args[0] === undefined ? undefined : placeOfText(args[0]),
    env: environmentOf(all("--env"), placeOfText),
    ports: all("--publish").flatMap((text): PublishedPort[] => parsePublishText(text, placeOfText(text))),
    networkMode: mode ?? "bridge",
    networks: isPlainMode
      ? undefined
      : networks.map((network) =>
          given({ name: network, aliases: listOr(all("--network-alias", "--net-alias")) }),
        ),
    mounts: mountsOf(all("--volume"), all("--mount"), all("--tmpfs"), placeOfText),
    privileged: last("--privileged") === undefined ? undefined : last("--privileged") !== "false",
    pidMode: last("--pid"),
    usernsMode: last("--userns"),
    securityOpt: listOr(all("--security-opt")),
    extraHosts: listOr(all("--add-host")),
    capAdd: listOr(all("--cap-add")),
    devices: listOr(all("--device")),
    logDriver: last("--log-driver"),
    logOptions: Object.keys(options).length > 0 ? options : undefined,
    healthcheck: hasNoHealth ? ["NONE"] : health === undefined ? undefined : ["CMD-SHELL", health],
    labels: all("--label").length > 0 ? Object.fromEntries(all("--label").map(splitPair)) : undefined,
    restartPolicy: last("--restart"),
    memoryLimitBytes: memory === undefined ? undefined : parseMemory(memory),
    groupAdd: listOr(all("--group-add")),
  });
}

function listOr(list: readonly string[]): readonly string[] | undefined {
  return list.length > 0 ? list : undefined;
}

function splitPair(text: string): [string, string] {
  const equals = text.indexOf("=");
  return equals === -1 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}

function environmentOf(
  list: readonly string[],
  placeOfText: (text: string) => Place,
): DockerContainer["env"] | undefined {
  if (list.length === 0) return undefined;
  return list.map((text) => {
    const [name, value] = splitPair(text);
    return text.includes("=") ? { at: placeOfText(text), name, value } : { at: placeOfText(text), name };
  });
}

function mountsOf(
  volumes: readonly string[],
  mounts: readonly string[],
  tmpfs: readonly string[],
  placeOfText: (text: string) => Place,
): DockerMount[] {
  return [
    ...volumes.flatMap((text) => parseMountText(text, placeOfText(text)) ?? []),
    ...mounts.flatMap((text) => parseMountOption(text, placeOfText(text)) ?? []),
    ...tmpfs.map(
      (text): DockerMount => ({ at: placeOfText(text), type: "tmpfs", target: text.split(":")[0] ?? text }),
    ),
  ];
}
