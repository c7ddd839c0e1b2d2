// A saved plan read from its file, of a repair or of a deployment; the other kind is refused with the command that takes it.
import { readFileSync } from "node:fs";
import { UserError } from "../model/errors.ts";
import { readSavedPlan, type SavedPlan } from "../plan/saved-plan.ts";

export type DeploymentDocument = SavedPlan & { readonly deployment: NonNullable<SavedPlan["deployment"]> };

export function loadDeploymentPlan(file: string): DeploymentDocument {
  const plan = load(file, {
    missing: "Save a plan with watchmend plan -o FILE, or leave the name out to plan anew.",
    make: "Make one with watchmend plan -o FILE.",
  });
  if (plan.deployment) return { ...plan, deployment: plan.deployment };
  throw otherKind(file, "a repair", `watchmend remediate --plan ${file} --yes`);
}

export function loadRepairPlan(file: string): SavedPlan {
  const plan = load(file, {
    missing: "Name a plan saved by watchmend remediate --dry-run -o FILE.",
    make: "Make one with watchmend remediate --dry-run -o FILE.",
  });
  if (plan.deployment) throw otherKind(file, "a deployment", `watchmend apply ${file}`);
  return plan;
}

function load(file: string, hints: { readonly missing: string; readonly make: string }): SavedPlan {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new UserError("path-not-found", `${file} cannot be read: ${because}`, hints.missing);
  }
  const read = readSavedPlan(text);
  if (read.ok) return read.plan;
  throw new UserError("bad-config", `${file} is no plan: ${read.because}`, hints.make);
}

function otherKind(file: string, of: string, command: string): UserError {
  return new UserError("usage", `${file} is the plan of ${of}`, `Carry it out with: ${command}`);
}
