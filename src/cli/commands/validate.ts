// The command line of `validate`. Its code is loaded only when it runs, so that --help starts at once.
import { type Command, InvalidArgumentError, Option } from "commander";
import { suites } from "../../model/check.ts";
import { parseDuration } from "../../model/duration.ts";
import { type LiveOptions, withLive } from "../live-options.ts";

export const validationFormats = ["terminal", "json", "markdown", "html", "junit", "openmetrics"] as const;

export interface ValidateOptions extends LiveOptions {
  readonly from?: string;
  readonly file?: string;
  readonly expect?: string;
  readonly grafanaUrl?: string;
  readonly grafanaLogin?: string;
  readonly suite?: readonly string[];
  readonly only?: readonly string[];
  /** Milliseconds. */
  readonly deadline?: number;
  /** Milliseconds. */
  readonly watch?: number;
  readonly compare?: string;
  readonly canary?: boolean;
  readonly format: (typeof validationFormats)[number];
  readonly output?: string;
  readonly quiet?: boolean;
  readonly color: boolean;
}

export function addValidate(program: Command): void {
  withLive(
    program
      .command("validate")
      .description("prove that the stack works: every check passes, fails or says it could not look")
      .option("--from <path>", "bundle, folder, file or archive to read; - for pasted text on stdin"),
  )
    .option(
      "-f, --file <file>",
      "the model; what it deploys must be there (default: watchmend.yaml, if it is here)",
    )
    .option(
      "--expect <file>",
      "what must be there, instead of the model: targets, hosts, data sources and so on (YAML)",
    )
    .option("--grafana-url <url>", "ask Grafana at this address from here, instead of where it runs")
    .option("--grafana-login <reference>", "'${env:NAME}' or file:/path; holds user:password or a token")
    .addOption(new Option("--suite <names...>", "only these suites").choices(suites))
    .option("--only <checks...>", "only these checks, by id")
    .option("--deadline <duration>", "try again until everything passes or this time is over", duration)
    .option("--watch <duration>", "repeat at this interval and print what changed", duration)
    .option("--canary", "send one log line through the agent of every host and node and look for it in Loki")
    .option("--compare <file>", "a result saved with --format json; what worked then must work now")
    .addOption(
      new Option("--format <format>", "how to print the result")
        .choices(validationFormats)
        .default("terminal"),
    )
    .option("-o, --output <file>", "write the result to a file instead of stdout")
    .option("-q, --quiet", "no progress and notes on stderr")
    .option("--no-color", "no colours (NO_COLOR works too)")
    .addHelpText(
      "after",
      `
Live systems are only read; --canary writes one line to each host's journal, to
the output of its agent, or to a new file that the agent reads and that is
removed afterwards; in a cluster a short-lived pod per node says the line.

Exit codes: 0 everything was seen to work, 1 something fails, 2 something could
not be told (which is never success), 3 the command itself failed.

Examples:
  watchmend validate --context prod
  watchmend validate                         the hosts of watchmend.yaml
  watchmend validate -f prod.yaml --host mon1 --host jenkins1
  watchmend validate --host mon1 --host jenkins1 --expect stack.yaml
  watchmend validate --grafana-login '\${env:GRAFANA_LOGIN}' --canary
  watchmend validate --context prod --deadline 5m --format junit -o result.xml
  watchmend validate --host mon1 --host jenkins1 --canary
  watchmend validate --from bundle.tar.gz
  watchmend validate --host mon1 --format json -o before.json
  watchmend validate --host mon1 --compare before.json`,
    )
    .action(async (options: ValidateOptions) => {
      const { validateVerb } = await import("../validate.ts");
      process.exitCode = await validateVerb(options);
    });
}

function duration(text: string): number {
  const milliseconds = parseDuration(/^\d+$/.test(text) ? `${text}s` : text);
  if (milliseconds === undefined || milliseconds < 1_000)
    throw new InvalidArgumentError("write a time of at least 1s, such as 30s or 5m.");
  return milliseconds;
}
