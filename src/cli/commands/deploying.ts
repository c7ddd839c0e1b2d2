// The verbs around watchmend.yaml, in the order of --help.
import { addApply } from "./apply.ts";
import { addCertificates } from "./certificates.ts";
import { addDestroy } from "./destroy.ts";
import { addDrift } from "./drift.ts";
import { addInit } from "./init.ts";
import { addPlan } from "./plan.ts";
import { addRender } from "./render.ts";
import { addServe } from "./serve.ts";

export const deployingVerbs = [
  addInit,
  addRender,
  addPlan,
  addApply,
  addDrift,
  addDestroy,
  addCertificates,
  addServe,
];
