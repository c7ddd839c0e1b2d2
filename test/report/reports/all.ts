// The reports every format is tested with.
import type { Report } from "../../../src/model/report.ts";
import { crashLoop } from "./crash-loop.ts";
import { dockerAgents } from "./docker-agents.ts";
import { healthy } from "./healthy.ts";
import { hostile } from "./hostile.ts";
import { huge } from "./huge.ts";
import { nothing, unknown } from "./unknown.ts";

export const reports: Readonly<Record<string, Report>> = {
  "crash-loop": crashLoop,
  "docker-agents": dockerAgents,
  healthy,
  unknown,
  nothing,
  hostile,
  huge,
};
