// The program: its verbs, each with its command line in a file of its own under commands/.
import { Command } from "commander";
import { addApply } from "./commands/apply.ts";
import { addCertificates } from "./commands/certificates.ts";
import { addCollect } from "./commands/collect.ts";
import { addCompletion } from "./commands/completion.ts";
import { addDestroy } from "./commands/destroy.ts";
import { addDiagnose } from "./commands/diagnose.ts";
import { addDrift } from "./commands/drift.ts";
import { addExplain } from "./commands/explain.ts";
import { addHistory } from "./commands/history.ts";
import { addInit } from "./commands/init.ts";
import { addLint } from "./commands/lint.ts";
import { addPlan } from "./commands/plan.ts";
import { addPreflight } from "./commands/preflight.ts";
import { addRbac } from "./commands/rbac.ts";
import { addRemediate } from "./commands/remediate.ts";
import { addRender } from "./commands/render.ts";
import { addRollback } from "./commands/rollback.ts";
import { addServe } from "./commands/serve.ts";
import { addValidate } from "./commands/validate.ts";
import { version } from "./version.ts";

/** In the order of --help, by the verbs that each adds. */
const verbs: readonly (readonly [names: readonly string[], add: (program: Command) => void])[] = [
  [["init"], addInit],
  [["render"], addRender],
  [["plan"], addPlan],
  [["apply"], addApply],
  [["drift"], addDrift],
  [["destroy"], addDestroy],
  [["certificates"], addCertificates],
  [["serve"], addServe],
  [["preflight"], addPreflight],
  [["diagnose"], addDiagnose],
  [["lint"], addLint],
  [["remediate"], addRemediate],
  [["rollback"], addRollback],
  [["history"], addHistory],
  [["validate"], addValidate],
  [["collect"], addCollect],
  [["rbac"], addRbac],
  [["explain", "rules"], addExplain],
  [["completion"], addCompletion],
];

/** With a verb only what that one needs: the options of all others take longer than a short run should. */
export function buildProgram(verb?: string): Command {
  const program = new Command("watchmend")
    .description("Keeps self-hosted monitoring stacks alive: finds the root cause with proof.")
    .version(version(), "-V, --version")
    .showHelpAfterError("(run with --help for the options)")
    .exitOverride()
    .configureHelp({ helpWidth: 80 })
    .addHelpText("after", examples);
  const wanted = verbs.find(([names]) => verb !== undefined && names.includes(verb));
  for (const [, add] of wanted ? [wanted] : verbs) add(program);
  return program;
}

const examples = `
Exit codes: 0 clean, 1 problems found, 2 could not tell, 3 the command itself
failed, 130 interrupted.

Examples:
  watchmend diagnose --context prod                a cluster, live
  watchmend diagnose --from ./incident/            a folder of saved output
  kubectl logs prometheus-0 -p | watchmend diagnose --from -
  watchmend diagnose --from bundle.tar.gz --format html -o report.html
  watchmend lint ./manifests                       before you deploy
  watchmend explain loki/frontend-worker-port-mismatch
`;
