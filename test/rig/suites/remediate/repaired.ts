// Every fault of the suite `collect` that says it is repaired, repaired.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { repaired } from "../../repair/there-and-back.ts";
import type { Scenario } from "../../scenario.ts";

const folder = join(import.meta.dirname, "../collect");
const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
const modules = await Promise.all(
  files.sort().map((file) => import(join(folder, file)) as Promise<{ scenarios: readonly Scenario[] }>),
);

export const scenarios: readonly Scenario[] = modules.flatMap((module) => module.scenarios).flatMap(repaired);
