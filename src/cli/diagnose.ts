// `diagnose`: evidence in, root cause out.
import { reportOf } from "../diagnose/diagnose.ts";
import { UserError } from "../model/errors.ts";
import { rules } from "../rules/registry.ts";
import type { DiagnoseOptions } from "./commands/diagnose.ts";
import { deliver, exitCodeOf, maySeeSecrets, render } from "./output.ts";
import { withEvidence } from "./recorded.ts";
import { version } from "./version.ts";

export async function diagnose(options: DiagnoseOptions): Promise<number> {
  if (options.from === undefined) {
    throw new UserError(
      "usage",
      "nothing to read: --from is missing",
      "Give a folder, file, bundle or archive, or - for pasted text: watchmend diagnose --from ./incident",
    );
  }
  const report = await withEvidence(options.from, (evidence) =>
    reportOf(evidence, { rules, version: version(), mode: "diagnose" }, maySeeSecrets(options)),
  );
  deliver(await render(report, options, options.topology === true), options.output);
  return exitCodeOf(report.verdict);
}
