// `diagnose`: evidence in, root cause out.
import { reportOf } from "../diagnose/diagnose.ts";
import { exitCodes, UserError } from "../model/errors.ts";
import type { Report } from "../model/report.ts";
import { rules } from "../rules/registry.ts";
import type { DiagnoseOptions } from "./commands/diagnose.ts";
import { asksForLive, notBoth, readLive } from "./live.ts";
import { deliver, exitCodeOf, maySeeSecrets, render } from "./output.ts";
import { withEvidence } from "./recorded.ts";
import { judgeAndSave } from "./save-bundle.ts";
import { version } from "./version.ts";

export async function diagnose(options: DiagnoseOptions): Promise<number> {
  const report = await (options.from === undefined
    ? liveReport(options)
    : savedReport(options, options.from));
  if (report === undefined) return exitCodes.interrupted;
  deliver(await render(report, options, options.topology === true), options.output);
  return exitCodeOf(report.verdict);
}

const judging = { rules, version: version(), mode: "diagnose" } as const;

async function savedReport(options: DiagnoseOptions, from: string): Promise<Report> {
  if (asksForLive(options)) throw notBoth();
  if (options.save !== undefined) throw savedAlready(from, options.save);
  return await withEvidence(from, (evidence) => reportOf(evidence, judging, maySeeSecrets(options)));
}

/** Judged as a bundle of it would be. Undefined when Ctrl-C ended it: half of the evidence is no ground for a verdict. */
async function liveReport(options: DiagnoseOptions): Promise<Report | undefined> {
  if (!asksForLive(options)) {
    throw new UserError(
      "usage",
      "nothing to read: neither --from nor a live system is named",
      "Give a folder, file, bundle or archive, or - for pasted text: watchmend diagnose --from ./incident; or a cluster: watchmend diagnose --context NAME",
    );
  }
  const startedAt = new Date().toISOString();
  const { items, interrupted } = await readLive(options);
  if (interrupted && options.save === undefined) return undefined;
  const report = await judgeAndSave(items, {
    startedAt,
    ...(options.save === undefined ? {} : { path: options.save }),
    ...(options.quiet === undefined ? {} : { quiet: options.quiet }),
  });
  return interrupted ? undefined : report;
}

function savedAlready(from: string, bundle: string): UserError {
  return new UserError(
    "usage",
    "--save keeps what is read from a live system, and --from reads what is saved already",
    `To make a redacted bundle of it: watchmend collect --from ${from} -o ${bundle}`,
  );
}
