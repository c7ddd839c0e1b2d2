// What is wrong with a whole stack, though each line of its file is right: all checks, in one list.
import type { StackFile } from "../model/stack-file.ts";
import { checkAlerting } from "./check-alerting.ts";
import { checkHosts } from "./check-hosts.ts";
import { checkPorts } from "./check-ports.ts";
import { checkScrape } from "./check-scrape.ts";
import { checkSecrets } from "./check-secrets.ts";
import { checkSecurity } from "./check-security.ts";
import { checkVersions } from "./check-versions.ts";
import type { Draft } from "./fault.ts";
import type { StackFileInput } from "./schema.ts";

export interface CheckContext {
  readonly input: StackFileInput;
}

export type Check = (stack: StackFile, context: CheckContext) => Iterable<Draft & { readonly note?: true }>;

const checks: readonly Check[] = [
  checkHosts,
  checkPorts,
  checkScrape,
  checkVersions,
  checkAlerting,
  checkSecrets,
  checkSecurity,
];

export function checkStack(
  stack: StackFile,
  context: CheckContext,
): { readonly faults: readonly Draft[]; readonly notes: readonly Draft[] } {
  const all = checks.flatMap((check) => [...check(stack, context)]);
  const strip = ({ note: _note, ...draft }: Draft & { readonly note?: true }): Draft => draft;
  return {
    faults: all.filter((one) => !one.note).map(strip),
    notes: all.filter((one) => one.note).map(strip),
  };
}
