// `preflight`: everything that must hold before a deployment, host by host. It changes nothing.
import { exitCodes } from "../model/errors.ts";
import type { Preflight } from "../model/preflight.ts";
import { renderPreflight } from "../report/preflight.ts";
import type { PreflightOptions } from "./commands/preflight.ts";
import { openDeployment } from "./deployment.ts";
import { readImageArchives } from "./image-archives.ts";
import { interruptible } from "./interrupt.ts";
import { deliver, terminalStyle } from "./output.ts";
import { preflight } from "./preflight-run.ts";

export async function preflightVerb(options: PreflightOptions): Promise<number> {
  const deployment = openDeployment(options);
  const signal = interruptible();
  try {
    const archives = await readImageArchives(options.images, deployment.stack, options.file);
    const result = await preflight(deployment, archives, options, signal);
    if (signal.aborted) return exitCodes.interrupted;
    deliver(shown(result, options), options.output);
    return { go: exitCodes.clean, stop: exitCodes.problems, unknown: exitCodes.unknown }[result.verdict];
  } finally {
    await deployment.close();
  }
}

function shown(result: Preflight, options: PreflightOptions): string {
  if (options.format === "json") return `${JSON.stringify(result, undefined, 2)}\n`;
  return renderPreflight(result, { ...terminalStyle(options), ...(options.all ? { all: true } : {}) });
}
