// `drift`: what is not as the last apply left it; reads and changes nothing.
import { createRedactor } from "../bundle/redact.ts";
import { redactStrings } from "../diagnose/redact-report.ts";
import { exitCodes } from "../model/errors.ts";
import { driftOf } from "../plan/deploy/drift.ts";
import { renderDrift } from "../report/drift.ts";
import type { DeployOptions } from "./deploy-options.ts";
import { lookAtHosts, openDeployment } from "./deployment.ts";
import { deliver, terminalStyle } from "./output.ts";

export async function driftVerb(options: DeployOptions): Promise<number> {
  const deployment = openDeployment(options);
  try {
    const { plan, observed } = await lookAtHosts(deployment, options, { batch: 1 });
    const found = plan.hosts.flatMap((host) => {
      const seen = observed.get(host.host);
      const desired = deployment.desired.hosts.find(({ name }) => name === host.host);
      return seen && desired ? driftOf(host, desired, seen) : [];
    });
    const redactor = createRedactor();
    const drifted = redactStrings(found, (text) => redactor.redact(text, "").text);
    const unseen = plan.hosts.filter(({ state }) => state === "unreachable");
    const document = {
      schema: "watchmend.drift/v1",
      stack: plan.stack,
      drifted,
      unseen: unseen.map(({ host, because }) => ({ host, because })),
    };
    deliver(
      options.format === "json"
        ? `${JSON.stringify(document, undefined, 2)}\n`
        : renderDrift(plan.stack, drifted, plan.hosts, terminalStyle(options)),
      options.output,
    );
    if (plan.hosts.length > 0 && unseen.length === plan.hosts.length) return exitCodes.failed;
    const unknown = plan.hosts.some((host) => (host.unknown ?? []).length > 0);
    if (unseen.length > 0 || unknown) return exitCodes.unknown;
    return drifted.length > 0 ? exitCodes.problems : exitCodes.clean;
  } finally {
    await deployment.close();
  }
}
