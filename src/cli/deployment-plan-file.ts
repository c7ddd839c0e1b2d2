// The plan of a deployment as a file, and what has moved since it was made.
import type { DeploymentPlan } from "../model/deployment.ts";
import type { Step } from "../model/plan.ts";
import type { SavedPlan } from "../plan/saved-plan.ts";
import type { DeployOptions } from "./deploy-options.ts";
import type { Deployment } from "./deployment.ts";
import { plainVeil } from "./plan-veil.ts";
import { version } from "./version.ts";

function stepsOf({ hosts }: DeploymentPlan): Step[] {
  return hosts.flatMap(({ steps }) => [...steps.agents, ...steps.servers]);
}

function fingerprintsOf({ hosts }: DeploymentPlan): Record<string, string> {
  return Object.assign({}, ...hosts.map((host) => host.fingerprints)) as Record<string, string>;
}

export function deploymentDocument(
  { stack }: Deployment,
  plan: DeploymentPlan,
  options: DeployOptions,
): SavedPlan {
  const steps = stepsOf(plan);
  const { hosts, batches } = plainVeil(plan);
  return {
    schema: "watchmend.plan/v1",
    tool: { version: version() },
    madeAt: new Date().toISOString(),
    title: `Deployment of ${stack.name}`,
    findings: [],
    steps,
    needs: steps.map(() => []),
    fingerprints: fingerprintsOf(plan),
    deployment: {
      stack: stack.name,
      model: options.file,
      ...(options.host ? { onlyHosts: options.host } : {}),
      ...(options.backupData ? { backupData: true } : {}),
      ...(options.prune ? { prune: true } : {}),
      ...(options.forget ? { forget: options.forget } : {}),
      hosts: hosts.map(({ steps: _steps, fingerprints: _prints, ...host }) => host),
      batches,
    },
  };
}

/** What is not as it was when the plan was made, on the hosts or in the model; empty when it may be carried out. */
export function movedSincePlan(saved: SavedPlan, now: DeploymentPlan): string[] {
  const prints = fingerprintsOf(now);
  const moved = Object.entries(saved.fingerprints).flatMap(([subject, was]) => {
    const is = prints[subject];
    if (is === was) return [];
    return [
      is === undefined
        ? `${subject}: nothing is to be done there any more`
        : `${subject}: ${wordsOf(was, is)}`,
    ];
  });
  const fresh = Object.keys(prints).flatMap((subject) =>
    subject in saved.fingerprints ? [] : [`${subject}: it was as it should be, and is not any more`],
  );
  if (moved.length + fresh.length > 0) return [...moved, ...fresh];
  const planned = new Set(saved.steps.map((step) => JSON.stringify(step)));
  const other = stepsOf(now).filter((step) => !planned.has(JSON.stringify(step)));
  const titles = other.map(({ title }) => `${title}: the model says something else now`);
  return titles.length > 0 || stepsOf(now).length === saved.steps.length
    ? titles
    : ["the model asks for less now"];
}

function wordsOf(was: string, is: string): string {
  if (was === "absent") return "it was not there, and is now";
  if (is === "absent") return "it was there, and is not any more";
  return "somebody has changed it since";
}
