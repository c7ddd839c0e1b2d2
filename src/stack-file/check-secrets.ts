// Secrets in places where free text is allowed: start arguments, headers, parameters.
import type { Check } from "./check.ts";

const looksSecret = /(?:password|passwd|secret|token|api[-_]?key)[\w.-]{0,40}[= ]\S/i;

export const checkSecrets: Check = function* (_stack, { input }) {
  for (const [kind, component] of Object.entries(input.components ?? {}))
    for (const [i, arg] of (component?.args ?? []).entries())
      if (looksSecret.test(arg) && !/[-_.]file=/.test(arg)) yield inClear(["components", kind, "args", i]);
  for (const [i, remote] of (input.remote_write ?? []).entries())
    for (const [name] of Object.entries(remote.headers ?? {}))
      if (/^(?:authorization|cookie|x-api-key|proxy-authorization)$/i.test(name))
        yield inClear(["remote_write", i, "headers", name]);
  for (const [i, job] of (input.scrape ?? []).entries())
    for (const name of Object.keys(job.params ?? {}))
      if (/^(?:password|token|secret|api[-_]?key|access_token)$/i.test(name))
        yield inClear(["scrape", i, "params", name]);
};

function inClear(path: readonly PropertyKey[]) {
  return {
    path,
    says: "a secret in clear text",
    why: "this file is meant to be kept in git, and arguments are visible to every user of the host",
    write: "basic_auth or bearer_token with a reference, ${env:NAME} or file:/path",
  };
}
