// `certificates`: when the stack's certificates end, and the changes of them that are not a matter of time.
import { exitCodes, UserError } from "../model/errors.ts";
import type { StackFile } from "../model/stack-file.ts";
import {
  type AuthorityStage,
  type Certificate,
  certificateFile,
  changeAuthority,
  forgetCertificates,
  hostsWithout,
  listCertificates,
} from "../plan/certificates/store.ts";
import type { CertificatesOptions } from "./commands/certificates.ts";
import { issueFor } from "./issue.ts";
import { deliver, note } from "./output.ts";
import { loadStackFile } from "./stack-file.ts";

const soonDays = 14;

export function certificates(options: CertificatesOptions): number {
  const stack = loadStackFile(options.file, options);
  const { security } = stack;
  if (!security?.tls)
    throw new UserError(
      "usage",
      `${options.file} has no certificates: the components talk without TLS`,
      "Write into it:\n  security:\n    tls: true",
    );
  if (options.renew) renew(stack, security.store, options.renew);
  const stage = options.newAuthority ? nextStage(stack, security.store) : undefined;
  if (options.renew || stage) issueFor(stack, options);
  const list = listCertificates(security.store);
  if (options.format === "json") {
    const document = {
      schema: "watchmend.certificates/v1",
      store: certificateFile(security.store),
      certificates: list.map(({ until, ...rest }) => ({ ...rest, until: until.toISOString() })),
    };
    deliver(JSON.stringify(document, undefined, 2), undefined);
  } else deliver(shown(list, certificateFile(security.store), stack), undefined);
  if (stage) note(options, `${stages[stage]}\nnext: watchmend apply -f ${options.file}`);
  else if (options.renew) note(options, `next: watchmend apply -f ${options.file}`);
  return list.some(({ daysLeft }) => daysLeft < soonDays) ? exitCodes.problems : exitCodes.clean;
}

function renew(stack: StackFile, store: string, wanted: readonly string[]): void {
  const known = stack.hosts.map(({ name }) => name);
  const unknown = wanted.find((name) => name !== "all" && !known.includes(name));
  if (unknown !== undefined)
    throw new UserError(
      "usage",
      `there is no host ${unknown} in the model`,
      `Its hosts are: ${known.join(", ")}; or all.`,
    );
  forgetCertificates(store, wanted.includes("all") ? known : wanted);
}

const stages: Readonly<Record<AuthorityStage, string>> = {
  "trusts-next":
    "step 1 of 3: there is a next authority. Once applied, every host trusts both; certificates are still of the first.",
  "signs-next":
    "step 2 of 3: the next authority signs. Once applied, every certificate is of it; both are trusted.",
  "forgets-old": "step 3 of 3: the authority before is forgotten. Once applied, nobody trusts it any more.",
};

/** A host that trusts one authority alone would be cut off by a step that it misses. */
function nextStage(stack: StackFile, store: string): AuthorityStage {
  const without = hostsWithout(
    store,
    stack.hosts.map(({ name }) => name),
  );
  if (without.length > 0)
    throw new UserError(
      "usage",
      `the authority cannot be changed now: ${without.join(", ")} ${without.length === 1 ? "has" : "have"} not got what was issued before`,
      "Bring it there first: watchmend apply",
    );
  return changeAuthority(store, stack.name);
}

function shown(list: readonly Certificate[], store: string, stack: StackFile): string {
  if (list.length === 0) return `no certificates yet: watchmend plan or apply issues them (into ${store})`;
  const known = new Set(stack.hosts.map(({ name }) => name));
  const width = Math.max(...list.map(({ name }) => name.length));
  const lines = list.map(({ name, until, daysLeft, names, issuer }) => {
    const left = daysLeft < 0 ? "ended" : `${daysLeft} days left`;
    const alarm = daysLeft < soonDays ? "  ends soon: watchmend apply renews it" : "";
    const stray = names.length > 0 && !known.has(name) ? "  (no host of the model)" : "";
    const of = names.length === 0 ? issuer : names.join(", ");
    return `${name.padEnd(width)}  ${until.toISOString().slice(0, 10)}  ${left.padStart(14)}  ${of}${stray}${alarm}`;
  });
  return [`in ${store}`, ...lines].join("\n");
}
