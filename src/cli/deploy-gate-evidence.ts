// The costly half of the gate: lines sent through every log agent and looked for in Loki, and, where something fails, a diagnosis.
import { evidenceOf } from "../bundle/collected-item.ts";
import { createRedactor } from "../bundle/redact.ts";
import { analysisOfItems } from "../diagnose/diagnose.ts";
import { cleanerFor, redactReport } from "../diagnose/redact-report.ts";
import { type CanaryFlight, canarySchema } from "../model/canary.ts";
import { type CollectedItem, isMissing } from "../model/collected.ts";
import { textOf, valueAt } from "../model/json-value.ts";
import type { StackHost } from "../model/stack-file.ts";
import type { Target } from "../model/target.ts";
import { rules } from "../rules/registry.ts";
import { createTurns } from "../targets/host/connect-turns.ts";
import { hostTarget } from "../targets/host/host-target.ts";
import { flyCanaries } from "./canaries.ts";
import type { GateCourse } from "./deploy-gate.ts";
import { parsed } from "./deploy-gate-samples.ts";
import { addressOf } from "./deployment.ts";
import { connectsAtOnce } from "./host-choice.ts";
import { identify } from "./host-targets.ts";
import { readTargets, type ThirdLook } from "./live.ts";
import { limitsOf } from "./live-options.ts";
import { note } from "./output.ts";
import { version } from "./version.ts";

export interface EvidenceVerdict {
  readonly blamed: readonly { readonly host: string; readonly says: string }[];
  readonly others: readonly string[];
  readonly says: readonly string[];
  readonly diagnosis: readonly string[];
}

const nothing: EvidenceVerdict = { blamed: [], others: [], says: [], diagnosis: [] };
/** Logs of the last minutes are enough to say what is wrong now. */
const sinceMs = 900_000;

export async function evidenceVerdict(course: GateCourse, failed: boolean): Promise<EvidenceVerdict> {
  const { deployment, scope, out, options } = course;
  const senders = deployment.hosts.filter((host) => scope.has(host.name) && logAgentOf(host) !== undefined);
  const loki = deployment.stack.components.find(({ kind }) => kind === "loki")?.host;
  const askCanaries = senders.length > 0 && loki !== undefined && !out.has(loki);
  if (!askCanaries && !failed) return nothing;
  const read = deployment.hosts.filter(({ name }) => !out.has(name) && (scope.has(name) || name === loki));
  note(options, askCanaries ? "sending a line through every log agent" : "reading the hosts for a diagnosis");
  const items = await collect(course, read, askCanaries);
  const flights = items.flatMap(flightOf);
  const isCut = course.signal.aborted;
  const verdicts = askCanaries
    ? senders.map((host) => judge(host, flights, deployment.stack.hosts, isCut))
    : [];
  const lost = verdicts.flatMap(({ blame }) => blame ?? []);
  const blamed = loki === undefined ? lost : blameOf(lost, senders.length, loki);
  const others = verdicts.flatMap(({ open }) => open ?? []);
  const arrived = verdicts.filter(({ blame, open }) => !blame && !open).length;
  return {
    blamed,
    others,
    says: askCanaries
      ? [`lines sent through ${arrived} of ${senders.length} log agents were found in Loki with their labels`]
      : [],
    diagnosis: failed || blamed.length > 0 ? await diagnosisOf(items) : [],
  };
}

/** When nobody's line arrives it is where all of them go to, not each of the agents. */
function blameOf(lost: EvidenceVerdict["blamed"], senders: number, loki: string): EvidenceVerdict["blamed"] {
  return senders > 1 && lost.length === senders ? lost.map(({ says }) => ({ host: loki, says })) : lost;
}

export function logAgentOf({ components }: StackHost): "alloy" | "promtail" | undefined {
  if (components.includes("alloy")) return "alloy";
  return components.includes("promtail") ? "promtail" : undefined;
}

async function collect(
  { deployment, signal }: GateCourse,
  hosts: readonly StackHost[],
  canaries: boolean,
): Promise<readonly CollectedItem[]> {
  const turns = createTurns(connectsAtOnce);
  const targets = hosts.flatMap((host): Target[] => {
    const session = deployment.sessions.get(host.name);
    return session
      ? [hostTarget(addressOf(deployment, host.name), { ssh: { turns }, identify, session })]
      : [];
  });
  const limits = limitsOf({ timeout: 30_000, since: sinceMs });
  const third: ThirdLook = async (open, { stack }, session) => {
    const perches = open.flatMap(({ perch }) => perch ?? []);
    const flown = await flyCanaries({ hosts: perches, clusters: [] }, stack, session);
    return flown.map(({ item }) => item);
  };
  return await readTargets(
    targets,
    { limits, signal, progress: () => undefined },
    canaries ? third : undefined,
  );
}

interface CanaryVerdict {
  readonly blame?: { readonly host: string; readonly says: string };
  readonly open?: string;
}

function judge(
  host: StackHost,
  flights: readonly Flight[],
  hosts: readonly StackHost[],
  isCut: boolean,
): CanaryVerdict {
  const { name } = host;
  const flight = flights.find((one) => one.host === name);
  if (!flight)
    return {
      blame: {
        host: name,
        says: `no line could be sent through ${logAgentOf(host)} on ${name}: its configuration was not understood`,
      },
    };
  if (flight.outcome === "lost")
    return {
      blame: {
        host: name,
        says: `a line written on ${name} (${flight.ways.join(", ")}) did not arrive in Loki${flight.because ? `: ${flight.because}` : ""}`,
      },
    };
  if (flight.outcome !== "arrived") {
    const says = `whether lines of ${name} arrive could not be told: ${flight.because ?? flight.outcome}`;
    // A line that was sent and that nobody can be asked about proves nothing, and the gate asks for proof.
    return flight.outcome === "not-asked" && !isCut ? { blame: { host: name, says } } : { open: says };
  }
  const wanted = { host: name, ...hosts.find((one) => one.name === name)?.labels };
  const wrong = Object.entries(wanted).find(([key, value]) => flight.labels?.[key] !== value);
  if (!wrong) return {};
  return {
    blame: { host: name, says: `a line of ${name} arrived without the label ${wrong[0]}="${wrong[1]}"` },
  };
}

type Flight = Pick<CanaryFlight, "host" | "outcome" | "ways" | "because" | "labels">;

function flightOf({ how, body }: CollectedItem): Flight[] {
  if (how !== "canary" || isMissing(body) || !(body instanceof Uint8Array)) return [];
  const read = parsed(Buffer.from(body).toString("utf8"));
  if (textOf(valueAt(read, "schema")) !== canarySchema) return [];
  return [read as Flight];
}

/** The root causes, each with its strongest proof. */
async function diagnosisOf(items: readonly CollectedItem[]): Promise<readonly string[]> {
  const { analysis, segments } = await analysisOfItems(await evidenceOf(items, createRedactor()), {
    rules,
    version: version(),
    mode: "diagnose",
  });
  const report = redactReport(analysis.report, cleanerFor(segments));
  const roots = report.findings
    .filter(({ role, severity }) => role === "root" && severity !== "notice")
    .slice(0, 6);
  if (roots.length === 0)
    return ["the diagnosis finds no root cause in what can be read; watchmend diagnose shows all of it"];
  return roots.flatMap(({ rule, says, proof }) => [
    `${rule}: ${says}`,
    ...proof
      .slice(0, 2)
      .map(
        ({ source, line, excerpt }) =>
          `    ${source}${line === undefined ? "" : `:${line}`}: ${excerpt.trim().slice(0, 200)}`,
      ),
  ]);
}
