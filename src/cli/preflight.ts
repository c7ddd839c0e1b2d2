// `preflight`: everything that must hold before a deployment, host by host. It changes nothing.
import { exitCodes, UserError } from "../model/errors.ts";
import type { Preflight } from "../model/preflight.ts";
import { renderStack } from "../render/render-stack.ts";
import { renderPreflight } from "../report/preflight.ts";
import type { PreflightOptions } from "./commands/preflight.ts";
import { readImageArchives } from "./image-archives.ts";
import { interruptible } from "./interrupt.ts";
import { deliver, terminalStyle } from "./output.ts";
import { preflight } from "./preflight-run.ts";
import { progressLine } from "./progress.ts";
import { loadStackFile } from "./stack-file.ts";
import { openStackHosts } from "./stack-hosts.ts";

const MB = 1_000_000;

export async function preflightVerb(options: PreflightOptions): Promise<number> {
  const stack = loadStackFile(options.file, options);
  const unknown = options.host?.find((name) => !stack.hosts.some((host) => host.name === name));
  if (unknown !== undefined)
    throw new UserError(
      "usage",
      `${options.file} has no host ${unknown}`,
      `Hosts are: ${stack.hosts.map(({ name }) => name).join(", ")}.`,
    );
  const archives = await readImageArchives(options.images, stack, options.file);
  const signal = interruptible();
  const line = progressLine(options);
  const all = openStackHosts(stack, options);
  const sessions = new Map([...all].filter(([name]) => options.host?.includes(name) ?? true));
  const limits = {
    itemTimeoutMs: options.timeout,
    itemBytes: 32 * MB,
    logBytes: 2 * MB,
    sinceSeconds: 0,
    parallel: 8,
  };
  try {
    const result = await preflight({
      stack,
      desired: renderStack(stack),
      archives,
      sessions,
      read: { limits, signal, progress: line.show },
      acceptUnknown: options.acceptUnknown ?? false,
    });
    if (signal.aborted) return exitCodes.interrupted;
    line.end();
    deliver(shown(result, options), options.output);
    return { go: exitCodes.clean, stop: exitCodes.problems, unknown: exitCodes.unknown }[result.verdict];
  } finally {
    line.end();
    await Promise.all([...all.values()].map((session) => session.close()));
  }
}

function shown(result: Preflight, options: PreflightOptions): string {
  if (options.format === "json") return `${JSON.stringify(result, undefined, 2)}\n`;
  return renderPreflight(result, { ...terminalStyle(options), ...(options.all ? { all: true } : {}) });
}
