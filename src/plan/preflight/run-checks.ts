// All checks over all hosts: what they ask, and what they say, in an order that depends on nothing but the model.
import type { DesiredHost } from "../../model/desired.ts";
import type {
  HostQuestion,
  Preflight,
  PreflightCheck,
  PreflightDraft,
  PreflightInput,
  PreflightResult,
  PreflightState,
} from "../../model/preflight.ts";
import type { StackHost } from "../../model/stack-file.ts";

/** Ids of the ordinary questions that some check reads. */
export function looksOf(checks: readonly PreflightCheck[]): ReadonlySet<string> {
  return new Set(checks.flatMap(({ looks }) => looks ?? []));
}

export function questionsFor(
  checks: readonly PreflightCheck[],
  host: StackHost,
  wanted: DesiredHost,
  input: Pick<PreflightInput, "stack" | "archives">,
): readonly HostQuestion[] {
  return checks.flatMap((check) => check.asks?.(host, wanted, input) ?? []);
}

export function runChecks(
  checks: readonly PreflightCheck[],
  input: PreflightInput,
  options: { readonly version: string; readonly acceptUnknown: boolean },
): Preflight {
  const order = new Map(input.stack.hosts.map(({ name }, i) => [name, i]));
  const results = checks
    .flatMap((check) => draftsOf(check, input).map((draft) => ({ proof: [], ...draft, check: check.id })))
    .sort((a, b) => (order.get(a.host) ?? -1) - (order.get(b.host) ?? -1));
  const count = (state: PreflightState): number => results.filter((one) => one.state === state).length;
  const counts = { ok: count("ok"), warn: count("warn"), stop: count("stop"), unknown: count("unknown") };
  const { acceptUnknown } = options;
  return {
    schema: "watchmend.preflight/v1",
    tool: { version: options.version },
    stack: input.stack.name,
    verdict: counts.stop > 0 ? "stop" : counts.unknown > 0 && !acceptUnknown ? "unknown" : "go",
    counts,
    accepted: acceptUnknown,
    results,
  };
}

function draftsOf(check: PreflightCheck, input: PreflightInput): readonly PreflightDraft[] {
  return [
    ...(check.judgeAll?.(input) ?? []),
    ...input.stack.hosts.flatMap((host) => ofHost(check, input, host)),
  ];
}

/** A host that did not answer is told once, by the check of its connection. */
function ofHost(check: PreflightCheck, input: PreflightInput, host: StackHost): readonly PreflightDraft[] {
  const sight = input.sights.get(host.name);
  const wanted = input.desired.hosts.find(({ name }) => name === host.name);
  if (!check.judge || !sight?.reached || !wanted) return [];
  return check.judge({ ...input, host, wanted, sight });
}

/** The hosts on which nothing may be changed: the others can go on without them. */
export function stoppedHosts({
  results,
  accepted,
}: Preflight): ReadonlyMap<string, readonly PreflightResult[]> {
  const stopped = new Map<string, PreflightResult[]>();
  for (const result of results) {
    if (result.state !== "stop" && (result.state !== "unknown" || accepted)) continue;
    stopped.set(result.host, [...(stopped.get(result.host) ?? []), result]);
  }
  return stopped;
}
