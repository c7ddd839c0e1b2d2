// `docker inspect` and `podman inspect` of containers: arrays, single objects and excerpts cut by hand.
import type { Segment } from "../../model/evidence.ts";
import { commandsOf, type RanCommand } from "../command.ts";
import { operands } from "../command-options.ts";
import { hostOf, placeOf } from "../lines.ts";
import { itemsOf, type JsonNode, memberOf, readLooseJson, textOf } from "../loose-json.ts";
import type { Emit, Parser } from "../parser.ts";
import { parseIsoTime } from "../time-stamp.ts";
import { containerOfNode, isContainerNode } from "./inspect-container.ts";
import { wholeOfPiece } from "./inspect-piece.ts";

/** Keys of the engine's JSON that no other JSON of a monitoring stack uses. */
const telling =
  /"(?:HostConfig|NetworkSettings|RestartCount|OOMKilled|GraphDriver|PortBindings|NetworkMode|ResolvConfPath|HostnamePath|LogPath|StartedAt|FinishedAt|ExitCode|MountLabel|ImageName|ConmonPidFile|LogConfig|RestartPolicy|CapAdd|Binds|Propagation|Entrypoint|ExposedPorts)"\s*:/g;
const usual =
  /"(?:Id|Name|State|Status|Mounts|Config|Image|User|Destination|Source|RW|Env|Cmd|Args|Path|Created)"\s*:/g;

export const inspectJson: Parser = {
  id: "docker-inspect",
  reads: "docker inspect, podman inspect (JSON, also an excerpt)",
  provides: ["docker.containers"],
  recognise(segment) {
    const head = segment.text.slice(0, 65_536);
    if (!/^\s*(?:[[{"]|\.\.\.|…)/.test(head)) return 0;
    if (
      /"(?:apiVersion|kind|RepoTags|RepoDigests|IPAM|Mountpoint|ServerVersion)"\s*:/.test(head) &&
      !/"HostConfig"/.test(head)
    )
      return 0;
    const strong = new Set(head.match(telling)).size;
    if (strong >= 2) return 0.95;
    const isInspect = inspectCommand(segment) !== undefined;
    if (strong === 1) return 0.9;
    return new Set(head.match(usual)).size >= (isInspect ? 1 : 3) ? 0.75 : 0;
  },
  parse(segment, emit) {
    emit.seen("docker.containers");
    const { documents } = readLooseJson(segment.text);
    const nodes = documents.flatMap((node) => {
      const piece = wholeOfPiece(node);
      if (piece) return [piece];
      return node.kind === "array" ? node.items.map((item) => wholeOfPiece(item) ?? item) : [node];
    });
    const names = inspectNames(segment);
    const containers = nodes.filter(isContainerNode);
    containers.forEach((node, i) => {
      emitContainer(node, segment, emit, names.length === containers.length ? names[i] : names[0]);
    });
    if (containers.length === 0) {
      emit.gap({
        what: "docker inspect",
        because: "unparseable",
        detail: "no container object was found in this JSON",
        at: placeOf(segment, 0),
      });
    }
  },
};

function emitContainer(node: JsonNode, segment: Segment, emit: Emit, name: string | undefined): void {
  const placeAt = (line: number) => placeOf(segment, line);
  const container = containerOfNode(node, placeAt, hostOf(segment), name ?? segment.hints?.container);
  if (!container) {
    emit.gap({
      what: "docker inspect",
      because: "unparseable",
      detail: "the excerpt does not say which container it is about",
      at: placeAt(node.line),
      decideWith: "docker inspect <container>",
    });
    return;
  }
  emit.fact("docker.containers", container);
  for (const log of itemsOf(memberOf(node, "State", "Health", "Log")))
    emitHealthOutput(log, container.name, segment, emit);
  const error = memberOf(node, "State", "Error");
  if (error && container.error !== undefined)
    emitText(container.error, error.line, container.name, segment, emit);
}

/** What the health check printed: `OCI runtime exec failed: … executable file not found`. */
function emitHealthOutput(log: JsonNode, name: string, segment: Segment, emit: Emit): void {
  const output = memberOf(log, "Output");
  const text = textOf(output)?.trim().slice(0, 4_096);
  if (output && text)
    emitText(text, output.line, name, segment, emit, parseIsoTime(textOf(memberOf(log, "End"))));
}

function emitText(
  text: string,
  line: number,
  container: string,
  segment: Segment,
  emit: Emit,
  timeMs?: number,
): void {
  const host = hostOf(segment);
  emit.text({
    text,
    line: segment.startLine + line,
    stream: "output",
    container,
    ...(host === undefined ? {} : { host }),
    ...(timeMs === undefined ? {} : { timeMs }),
  });
}

const inspectValues = ["-f", "--format", "--type", "-H", "--host", "--context"];

export function inspectCommand(segment: Segment): RanCommand | undefined {
  return commandsOf(segment).find(
    ({ program, args }) =>
      /^(?:docker|podman|nerdctl)$/.test(program) &&
      operands(args, inspectValues).slice(0, 2).includes("inspect") &&
      !["network", "volume", "image", "node", "service", "swarm", "plugin"].includes(
        operands(args, inspectValues)[0] ?? "",
      ),
  );
}

/** The containers named on the command line, unless they come from a substitution. */
export function inspectNames(segment: Segment): string[] {
  const command = inspectCommand(segment);
  if (!command) return [];
  const words = operands(command.args, inspectValues);
  return words.slice(words.indexOf("inspect") + 1).filter((word) => !/[$`()*]/.test(word));
}
