// The command line of `certificates`. Its code is loaded only when it runs, so that --help starts at once.
import { type Command, Option } from "commander";

export interface CertificatesOptions {
  readonly file: string;
  readonly renew?: readonly string[];
  readonly newAuthority?: boolean;
  readonly format: "terminal" | "json";
  readonly quiet?: boolean;
  readonly color: boolean;
}

export function addCertificates(program: Command): void {
  program
    .command("certificates")
    .description("the stack's own authority and certificates: when they end, and how they are changed")
    .option("-f, --file <file>", "the model of the stack", "watchmend.yaml")
    .option("--renew <host>", "issue the certificate of this host anew (repeatable), or of all", append)
    .option("--new-authority", "take the next step to another authority; there are three")
    .addOption(
      new Option("--format <format>", "how to print it").choices(["terminal", "json"]).default("terminal"),
    )
    .option("-q, --quiet", "no notes on stderr")
    .option("--no-color", "no colours (NO_COLOR works too)")
    .addHelpText(
      "after",
      `
With security: tls: in watchmend.yaml, plan and apply issue what is missing and
renew what has a third of its time left; nobody has to remember. This verb shows
when everything ends, and begins what is not a matter of time. It changes files
of this machine only: watchmend apply brings them to the hosts.

A new authority needs three rounds of --new-authority and apply: all hosts trust
both, all certificates come from the new one, the old one is forgotten. Each
step is refused until every host has the one before.

Exit codes: 0 nothing ends soon, 1 something ends within 14 days or has ended,
3 the model is wrong or knows no certificates.

Examples:
  watchmend certificates
  watchmend certificates --renew jenkins-1 && watchmend apply
  watchmend certificates --new-authority && watchmend apply`,
    )
    .action(async (options: CertificatesOptions) => {
      const { certificates } = await import("../certificates.ts");
      process.exitCode = certificates(options);
    });
}

function append(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
