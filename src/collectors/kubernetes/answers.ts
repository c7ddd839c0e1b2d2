// What kubectl says when there is nothing to list or it could not look: an empty answer, or a gap with its reason.
import type { Gap, Segment, Unavailable } from "../../model/evidence.ts";
import type { Emit, Parser } from "../parser.ts";
import { familyOf } from "./emit-row.ts";
import { type KubectlCommand, parseKubectl } from "./kubectl-command.ts";
import { emitLeftover } from "./leftover.ts";
import { resourceType } from "./resource-names.ts";

interface Refusal {
  readonly pattern: RegExp;
  readonly because: Unavailable;
  /** The command that would tell; `command` is the one that failed. */
  readonly decideWith: (match: RegExpMatchArray, command: string | undefined) => string;
}

const again = (_match: RegExpMatchArray, command: string | undefined) => command ?? "kubectl cluster-info";

const refusals: readonly Refusal[] = [
  {
    pattern:
      /^Error from server \(Forbidden\):.*?(?:cannot (\w+) resource "([^"]+)"(?: in API group "[^"]*")?(?: in the namespace "([^"]+)")?|$)/,
    because: "forbidden",
    decideWith: ([, verb = "list", resource = "pods", namespace]) =>
      `kubectl auth can-i ${verb} ${resource}${namespace ? ` -n ${namespace}` : " --all-namespaces"}`,
  },
  {
    pattern:
      /^(?:error|Error from server \(Unauthorized\)): ?(?:You must be logged in to the server|the server has asked for the client to provide credentials|Unauthorized)/i,
    because: "forbidden",
    decideWith: () => "kubectl auth whoami",
  },
  { pattern: /^Error from server \(NotFound\): /, because: "absent", decideWith: again },
  {
    pattern: /^error: the server doesn't have a resource type "([^"]*)"/,
    because: "absent",
    decideWith: ([, resource = ""]) => `kubectl api-resources | grep -i ${resource.replace(/[^\w.-]/g, "")}`,
  },
  {
    pattern:
      /^(?:error: )?previous terminated container .* not found|^unable to retrieve container logs for /,
    because: "absent",
    decideWith: again,
  },
  {
    pattern:
      /^Unable to connect to the server: (?=.*(?:i\/o timeout|deadline exceeded|TLS handshake timeout|Client\.Timeout))/,
    because: "timed-out",
    decideWith: () => "kubectl cluster-info",
  },
  {
    pattern: /^Unable to connect to the server: /,
    because: "unreachable",
    decideWith: () => "kubectl cluster-info",
  },
  {
    pattern: /^The connection to the server \S+ was refused/,
    because: "unreachable",
    decideWith: () => "kubectl cluster-info",
  },
  {
    pattern:
      /^Error from server \((?:Timeout|ServerTimeout|GatewayTimeout)\)|^Error from server: etcdserver: request timed out/,
    because: "timed-out",
    decideWith: again,
  },
  {
    pattern: /^Error from server \((?:ServiceUnavailable|TooManyRequests|InternalError)\)/,
    because: "unreachable",
    decideWith: again,
  },
  { pattern: /^Error from server(?: \(\w+\))?: /, because: "unreadable", decideWith: again },
  {
    pattern:
      /^error: (?:Metrics API not available|metrics not available yet)|^Error from server.*metrics\.k8s\.io/,
    because: "absent",
    decideWith: () => "kubectl get apiservice v1beta1.metrics.k8s.io",
  },
  {
    pattern:
      /^error: (?:context ".*" does not exist|no configuration has been provided|stat .*: no such file|current-context is not set|Missing or incomplete configuration info|unknown (?:short)?hand flag|unknown flag|a resource cannot be retrieved by name|resource\(s\) were provided|one of the)/,
    because: "unreadable",
    decideWith: () => "kubectl config get-contexts",
  },
  {
    pattern:
      /^(?:-?(?:ba|z|da|k)?sh: )?(?:line \d+: |\d+: )?(?:kubectl|oc|helm)(?:: command not found|: not found)|^(?:zsh: )?command not found: (?:kubectl|oc|helm)/,
    because: "tool-missing",
    decideWith: again,
  },
];

const nothing = /^No (resources|events) found(?: in (\S+) namespace)?\.?$/;
/** Said on the side by kubectl; no answer of its own. */
const remark =
  /^Warning: |^[EIW]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \w+\.go:\d+\] |^Defaulted container |^Found \d+ pods, using pod\//;

export const answersParser: Parser = {
  id: "kubectl-answers",
  reads: "kubectl's answers without data: No resources found, Forbidden, unreachable server, not logged in",
  provides: ["text.lines"],
  startsAt: (line) => nothing.test(line) || refusalOf(line) !== undefined,
  recognise({ text }) {
    const lines = text
      .slice(0, 20_000)
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    const own = lines.filter((line) => nothing.test(line) || refusalOf(line)).length;
    if (own === 0) return 0;
    if (lines.every((line) => nothing.test(line) || refusalOf(line) || remark.test(line))) return 1;
    const [first = ""] = lines;
    return nothing.test(first) || refusalOf(first) ? 0.8 : 0;
  },
  parse: parseAnswers,
};

function refusalOf(line: string): { refusal: Refusal; match: RegExpMatchArray } | undefined {
  if (
    !/^(?:[Ee]rror|Unable|The conn|previous|unable|-?(?:ba|z|da|k)?sh:|kubectl|oc|helm|command not)/.test(
      line,
    )
  ) {
    return undefined;
  }
  const head = line.slice(0, 2_000);
  for (const refusal of refusals) {
    const match = refusal.pattern.exec(head);
    if (match) return { refusal, match };
  }
  return undefined;
}

function parseAnswers(segment: Segment, emit: Emit): void {
  const command = parseKubectl(segment.command);
  const lines = segment.text.split("\n");
  const leftover: number[] = [];
  for (const [i, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === "") continue;
    const at = { source: segment.source, line: segment.startLine + i };
    const empty = nothing.exec(line);
    const refused = empty ? undefined : refusalOf(line);
    if (empty) emitNothing(empty, command, at, emit);
    else if (refused) {
      emit.gap(gapOf(refused.refusal, refused.match, line, segment, command, at));
      emit.text({ text: line, line: at.line, stream: "output", ...namespaceOf(command) });
    } else if (remark.test(line)) emit.text({ text: line, line: at.line, stream: "output" });
    else leftover.push(i);
  }
  emitLeftover(segment, lines, leftover, emit);
}

function namespaceOf(command: KubectlCommand | undefined) {
  return command?.namespace ? { namespace: command.namespace } : {};
}

function emitNothing(
  match: RegExpMatchArray,
  command: KubectlCommand | undefined,
  at: NonNullable<Gap["at"]>,
  emit: Emit,
): void {
  if (match[1] === "events" || command?.verb === "events") {
    emit.seen("kubernetes.events");
    return;
  }
  const types = command?.types ?? [];
  for (const type of types) emit.seen(familyOf(type.kind));
  if (types.length > 0) return;
  emit.gap({
    what: match[2] ? `objects in namespace ${match[2]}` : "objects",
    because: "absent",
    detail: `${match[0]} (which kind was asked for is not shown)`,
    at,
  });
}

function gapOf(
  refusal: Refusal,
  match: RegExpMatchArray,
  line: string,
  segment: Segment,
  command: KubectlCommand | undefined,
  at: NonNullable<Gap["at"]>,
): Gap {
  return {
    what: subjectOf(line, command) ?? segment.command ?? "the Kubernetes API",
    because: refusal.because,
    detail: line.slice(0, 500),
    at,
    decideWith: refusal.decideWith(match, segment.command),
  };
}

/** `pods`, `statefulsets in namespace mon`: what was asked for, from the message or the command. */
function subjectOf(line: string, command: KubectlCommand | undefined): string | undefined {
  const named = /^Error from server \(NotFound\): ([\w.]+) "([^"]+)"/.exec(line);
  if (named) return `${resourceType(named[1] ?? "")?.kind ?? named[1]} ${named[2]}`;
  const denied = /cannot \w+ resource "([^"]+)"/.exec(line)?.[1];
  const kinds = denied ?? command?.types.map((type) => type.kind).join(", ");
  if (!kinds) return undefined;
  const namespace = /in the namespace "([^"]+)"/.exec(line)?.[1] ?? command?.namespace;
  return namespace ? `${kinds} in namespace ${namespace}` : kinds;
}
