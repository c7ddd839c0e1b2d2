// Whether the server reaches what it will scrape: asked from its own host, with the path it will take.
import type { ExpectedTarget } from "../model/desired.ts";
import { quoteWord } from "../model/quote.ts";
import { speaksTls } from "../model/reachability.ts";
import { type DeployedKind, deployedKinds, type StackHost } from "../model/stack-file.ts";
import { runScript } from "../plan/transaction/doors.ts";
import type { Deployment } from "./deployment.ts";

export interface ReachFault {
  readonly target: ExpectedTarget;
  readonly says: string;
}

/** curl's own numbers: 6 name, 7 refused, 28 no answer in time. */
const reasons: Readonly<Record<string, string>> = {
  "6": "its name is not known there",
  "7": "the connection is refused: nothing listens on that address, or a firewall rejects it",
  "28": "no answer in time: a firewall drops the packets",
  "52": "it closes the connection without an answer",
};

export async function reachFaults(
  deployment: Deployment,
  server: StackHost,
  targets: readonly ExpectedTarget[],
): Promise<readonly ReachFault[]> {
  const access = deployment.doors.get(server.name);
  if (!access) return [];
  const lines = targets.map(
    ({ instance, job }, i) =>
      `t ${i} ${quoteWord(`${speaksTls(deployment.stack, kindOf(job)) ? "https" : "http"}://${instance}/metrics`)} &`,
  );
  const script = `no_proxy='*'; export no_proxy
t() { if command -v curl >/dev/null 2>&1; then c=$(curl -sk -o /dev/null -m 5 -w '%{http_code}' "$2"); echo "$1 $c $?"; else wget -q -T 5 -t 1 -O /dev/null "$2" && echo "$1 200 0" || echo "$1 000 $?"; fi; }
${lines.join("\n")}
wait`;
  const result = await runScript(access, script, { timeoutMs: 60_000 });
  const answers = new Map(
    Buffer.from(result.stdout)
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(" "))
      .map(([i, code, exit]) => [Number(i), { code: code ?? "", exit: exit ?? "" }]),
  );
  return targets.flatMap((target, i): ReachFault[] => {
    const answer = answers.get(i);
    if (answer?.code === "200" || (answer && isClosedDoor(deployment, target, answer))) return [];
    const why =
      answer === undefined
        ? "it could not be asked"
        : answer.code === "000"
          ? (reasons[answer.exit] ?? "no answer")
          : `it answers ${answer.code}`;
    return [
      { target, says: `${target.job} at ${target.instance} cannot be scraped from ${server.name}: ${why}` },
    ];
  });
}

/**
 * The server has no keys yet: who refuses for want of a password or a certificate has been reached. With TLS 1.3 the refusal comes
 * after the handshake, and curl meets it while it sends or receives: 16, 35, 52, 55 or 56. */
function isClosedDoor(
  { stack }: Deployment,
  { job }: ExpectedTarget,
  { code, exit }: { readonly code: string; readonly exit: string },
): boolean {
  if (stack.security === undefined) return false;
  return code === "401" || (speaksTls(stack, kindOf(job)) && /^(?:16|35|52|55|56)$/.test(exit));
}

function kindOf(job: string): DeployedKind {
  return deployedKinds.find((kind) => kind === job) ?? "grafana";
}
