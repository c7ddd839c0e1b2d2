// What a stack's security needs on this machine before it is deployed: authority, certificates, the hash of its password.
import type { Rollout } from "../model/deployment.ts";
import type { StackFile } from "../model/stack-file.ts";
import {
  type CertificateWish,
  ensureCertificates,
  ensureDoorFiles,
  noteSpread,
} from "../plan/certificates/store.ts";
import { curlConfig } from "../plan/door-keys.ts";
import { secretValue } from "../plan/secret-value.ts";
import { webText } from "../render/protection.ts";
import { note } from "./output.ts";

/** Tells what was issued. What cannot be had (a password that is not set) is told by the plan, of every host. */
export function issueFor(stack: StackFile, options: { readonly quiet?: boolean }): void {
  const { security } = stack;
  if (!security) return;
  if (security.tls)
    for (const said of ensureCertificates(certificateWish(stack, security.tls.days))) note(options, said);
  const login = security.basicAuth && { username: security.basicAuth.username, password: "" };
  if (login && security.basicAuth) {
    try {
      login.password = secretValue(security.basicAuth.password);
    } catch {
      return;
    }
  }
  ensureDoorFiles(
    security.store,
    (users) => webText(stack, users),
    curlConfig(security.tls !== undefined, login),
    login,
  );
}

/** Remembers which hosts have what was issued: a change of authority waits for all of them. */
export function noteIssued({ security }: StackFile, { hosts }: Pick<Rollout, "hosts">): void {
  if (!security?.tls) return;
  noteSpread(
    security.store,
    hosts.filter(({ outcome }) => outcome === "done" || outcome === "unchanged").map(({ host }) => host),
  );
}

/** Everything a host is asked by: its address and name, what it listens on, and itself at home. */
export function certificateWish(stack: StackFile, days: number): CertificateWish {
  return {
    store: stack.security?.store ?? stack.name,
    stack: stack.name,
    days,
    hosts: stack.hosts.map(({ name, address, listen, names }) => ({
      name,
      names: [
        ...new Set([
          address,
          name,
          ...names,
          ...(/^(?:0\.0\.0\.0|::)$/.test(listen) ? [] : [listen]),
          "localhost",
          "127.0.0.1",
          "::1",
        ]),
      ],
    })),
  };
}
