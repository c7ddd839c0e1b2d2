// The program: its verbs, each with its command line in a file of its own under commands/.
import { Command } from "commander";
import { addCollect } from "./commands/collect.ts";
import { addCompletion } from "./commands/completion.ts";
import { deployingVerbs } from "./commands/deploying.ts";
import { addDiagnose } from "./commands/diagnose.ts";
import { addExplain } from "./commands/explain.ts";
import { addHistory } from "./commands/history.ts";
import { addLint } from "./commands/lint.ts";
import { addPreflight } from "./commands/preflight.ts";
import { addRbac } from "./commands/rbac.ts";
import { addRemediate } from "./commands/remediate.ts";
import { addRollback } from "./commands/rollback.ts";
import { addValidate } from "./commands/validate.ts";
import { version } from "./version.ts";

/** In the order of --help. */
const verbs = [
  addDiagnose,
  addLint,
  addRemediate,
  addRollback,
  addHistory,
  addValidate,
  addCollect,
  addRbac,
  addExplain,
  addCompletion,
];

export function buildProgram(): Command {
  const program = new Command("watchmend")
    .description("Keeps self-hosted monitoring stacks alive: finds the root cause with proof.")
    .version(version(), "-V, --version")
    .showHelpAfterError("(run with --help for the options)")
    .exitOverride()
    .configureHelp({ helpWidth: 80 })
    .addHelpText("after", examples);
  for (const add of [...deployingVerbs, addPreflight, ...verbs]) add(program);
  return program;
}

const examples = `
Exit codes: 0 clean, 1 problems found, 2 could not tell, 3 the command itself failed.

Examples:
  watchmend diagnose --context prod                a cluster, live
  watchmend diagnose --from ./incident/            a folder of saved output
  kubectl logs prometheus-0 -p | watchmend diagnose --from -
  watchmend diagnose --from bundle.tar.gz --format html -o report.html
  watchmend lint ./manifests                       before you deploy
  watchmend explain loki/frontend-worker-port-mismatch
`;
