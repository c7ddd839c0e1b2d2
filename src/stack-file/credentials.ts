// References to secrets, and the two kinds of credentials that carry them.
import { given } from "../model/given.ts";
import { parseSecretRef, type SecretRef } from "../model/secret-ref.ts";

/** The schema has let only references through. */
export function secret(text: string): SecretRef {
  return parseSecretRef(text) ?? { from: "env", name: "" };
}

export function auth(from: {
  basic_auth?: { username: string; password: string } | undefined;
  bearer_token?: string | undefined;
}) {
  return given({
    basicAuth: from.basic_auth && {
      username: from.basic_auth.username,
      password: secret(from.basic_auth.password),
    },
    bearerToken: from.bearer_token === undefined ? undefined : secret(from.bearer_token),
  });
}
