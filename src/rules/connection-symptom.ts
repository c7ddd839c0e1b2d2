// Symptom rules of one shape: a component cannot reach another, once per peer and way of failing.
import type { FindingDraft } from "../model/finding.ts";
import { compilePattern, type TextPattern } from "../model/pattern.ts";
import type { Rule } from "../model/rule.ts";
import type { Stack } from "../model/stack.ts";
import type { TextLine } from "../model/text.ts";
import { componentOfLine } from "../stack/find.ts";
import { readySince } from "../stack/ready-since.ts";
import { resolveAddress } from "../stack/resolve.ts";
import { concernsOf, type DialError, dialTexts, outcomeWords, peerOf, readDialError } from "./dial-text.ts";
import { matches } from "./line-match.ts";
import { type SinceFacts, whyPassed } from "./passed.ts";

type Meta = Omit<
  Rule<"text.lines">,
  "check" | "needs" | "needsAny" | "uses" | "texts" | "nature" | "explainedBy"
>;

/** Until a name server, a kube-proxy and the next attempt have caught up with a pod that became ready. */
const settlingMs = 10_000;

export interface ConnectionSymptom extends Meta {
  readonly from: readonly TextLine["component"][];
  /** Lines must also match one of these, to tell this activity from others of the same component. */
  readonly activity?: readonly TextPattern[];
  /** Lines about something else that the same component reaches for. */
  readonly except?: readonly TextPattern[];
  /** Only these ways of failing; default all of them. */
  readonly outcomes?: readonly DialError["outcome"][];
  /** `Grafana`, `Promtail`: the subject of the sentence. */
  readonly who: string;
}

/** Explained by whatever stops, hides or cuts off the peer. */
export function connectionSymptom({
  from,
  activity,
  except,
  outcomes,
  who,
  ...meta
}: ConnectionSymptom): Rule<"text.lines", "prometheus.targets" | "host.clocks"> {
  const patterns = dialTexts.map(compilePattern);
  const during = (activity ?? []).map(compilePattern);
  const other = (except ?? []).map(compilePattern);
  return {
    ...meta,
    nature: "symptom",
    needs: ["text.lines"],
    uses: ["prometheus.targets", "host.clocks"],
    texts: [...dialTexts, ...(activity ?? [])],
    explainedBy: [
      { effect: "down", via: "client-of", mechanism: "the other side is not running" },
      {
        effect: "not-ready",
        via: "client-of",
        mechanism: "a pod that is not Ready has no endpoint and, behind a headless Service, no name",
      },
      { effect: "unreachable", via: "client-of", mechanism: "nothing reachable stands behind that address" },
      {
        effect: "host-down",
        via: "runs-on",
        mechanism: "the machine or the network between them does not work",
      },
      { effect: "host-down", via: "anything", mechanism: "what both sides depend on does not work" },
    ],
    check(facts, stack) {
      const { "text.lines": lines } = facts;
      const groups = new Map<string, { error: DialError; lines: TextLine[] }>();
      for (const line of lines) {
        if (line.stream === "event" || !from.includes(line.component) || !matches(patterns, line)) continue;
        if ((during.length > 0 && !matches(during, line)) || matches(other, line)) continue;
        const error = readDialError(line.text);
        if (!error || (outcomes && !outcomes.includes(error.outcome))) continue;
        const key = `${componentOfLine(stack, line)?.id ?? ""}|${peerOf(error)}|${error.outcome}`;
        const group = groups.get(key);
        if (group) group.lines.push(line);
        else groups.set(key, { error, lines: [line] });
      }
      return [...groups.values()]
        .filter((group) => !isOver(group, stack))
        .flatMap((group) => finding(group, who, stack, facts));
    },
  };

  /** The last attempt that failed was before the other side became ready: that was its start. */
  function isOver(
    { error, lines }: { readonly error: DialError; readonly lines: readonly TextLine[] },
    stack: Stack,
  ): boolean {
    const [first] = lines;
    const times = lines.map(({ timeMs }) => timeMs ?? Number.POSITIVE_INFINITY);
    const last = Math.max(...times.slice(-10_000));
    if (!first || !error.host) return false;
    const component = componentOfLine(stack, first);
    const address = {
      host: error.host.toLowerCase(),
      ...(error.port === undefined ? {} : { port: error.port }),
    };
    const peers = resolveAddress(stack, address, component).filter((peer) => peer.id !== component?.id);
    return peers.length > 0 && peers.every((peer) => last <= (readySince(peer) ?? 0) + settlingMs);
  }

  function finding(
    group: { error: DialError; lines: TextLine[] },
    subject: string,
    stack: Stack,
    facts: SinceFacts,
  ): FindingDraft[] {
    const line = group.lines.at(-1);
    if (!line) return [];
    const component = componentOfLine(stack, line);
    const peer = peerOf(group.error);
    const passed = whyPassed(group.lines, group.error, component, facts);
    return [
      {
        subject: { kind: "link", id: `${component?.id ?? meta.component} → ${peer}` },
        ...(component ? { component: component.id } : {}),
        says: passed
          ? `${subject} could not reach ${peer} for a while (${passed}): ${outcomeWords[group.error.outcome]}`
          : `${subject} cannot reach ${peer}: ${outcomeWords[group.error.outcome]}`,
        ...(passed ? { severity: "notice" as const } : {}),
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: "proven",
        concerns: concernsOf(group.error, stack, component),
        ...(line.timeMs === undefined ? {} : { timeMs: line.timeMs }),
      },
    ];
  }
}
