// The command line of `rbac`. Its code is loaded only when it runs, so that --help starts at once.
import { type Command, InvalidArgumentError } from "commander";

export interface RbacOptions {
  readonly namespace?: readonly string[];
  readonly canary?: boolean;
  readonly remediate?: boolean;
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

const dnsName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

export function addRbac(program: Command): void {
  program
    .command("rbac")
    .description("print the rights that reading or mending a cluster needs, for kubectl apply")
    .option("--namespace <name>", "rights in this namespace only (repeatable; default: all)", namespaces)
    .option("--service-account <namespace/name>", "who gets them (default: monitoring/watchmend)", account)
    .option("--canary", "also the right to make and delete the pods of validate --canary")
    .option("--remediate", "also the rights to carry out repairs and to take them back")
    .addHelpText(
      "after",
      `
Reading only, and never Secrets; --canary adds making and deleting pods,
--remediate editing workloads and configuration, which is much: name the
namespaces with it. Printed from the table that reading goes by.

Examples:
  watchmend rbac | kubectl apply -f -
  watchmend rbac --namespace monitoring --service-account monitoring/watchmend
  watchmend rbac --remediate --namespace monitoring | kubectl apply -f -`,
    )
    .action(async (options: RbacOptions) => {
      const { rbac } = await import("../rbac.ts");
      process.exitCode = rbac(options);
    });
}

function namespaces(value: string, before: readonly string[] | undefined): readonly string[] {
  if (!dnsName.test(value)) throw new InvalidArgumentError("that is no name of a namespace.");
  return before?.includes(value) ? before : [...(before ?? []), value];
}

function account(value: string): { namespace: string; name: string } {
  const [namespace = "", name = "", ...rest] = value.split("/");
  if (rest.length > 0 || !dnsName.test(namespace) || !dnsName.test(name))
    throw new InvalidArgumentError("write it as NAMESPACE/NAME.");
  return { namespace, name };
}
