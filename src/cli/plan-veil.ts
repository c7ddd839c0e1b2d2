// What of a plan may be shown: the files that stand on a host may hold passwords in clear text.
import { createRedactor } from "../bundle/redact.ts";
import { redactStrings } from "../diagnose/redact-report.ts";
import type { DeploymentPlan } from "../model/deployment.ts";

/** Everything but the steps, which hold what the model renders: that has references only. */
export function plainVeil(plan: DeploymentPlan): DeploymentPlan {
  const redactor = createRedactor();
  const text = (plain: string): string => redactor.redact(plain, "").text;
  return {
    ...plan,
    hosts: plan.hosts.map((host) => ({
      ...host,
      files: redactStrings(host.files, text),
      containers: redactStrings(host.containers, text),
    })),
  };
}
