// How the components prove who they are: nothing, certificates, or a password.
import { given } from "../model/given.ts";
import type { Security } from "../model/stack-file.ts";
import { auth } from "./credentials.ts";
import type { StackFileInput } from "./schema.ts";

const usualDays = 90;

export function resolveSecurity({ name, security }: StackFileInput): Security | undefined {
  if (security === undefined) return undefined;
  const { tls, basic_auth, store } = security;
  const days = (typeof tls === "object" ? tls.days : undefined) ?? usualDays;
  const isProtected = (tls ?? false) !== false || basic_auth !== undefined;
  if (!isProtected) return undefined;
  return given({
    store: store ?? name,
    tls: (tls ?? false) === false ? undefined : { days },
    basicAuth: auth({ basic_auth }).basicAuth,
  });
}
