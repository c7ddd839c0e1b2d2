// How validate logs in to Grafana: by reference, as a header that no argument list, log or report ever shows.
import { readFileSync } from "node:fs";
import { UserError } from "../model/errors.ts";
import { parseSecretRef, type SecretRef, secretRefText } from "../model/secret-ref.ts";
import type { StackFile } from "../model/stack-file.ts";

export type LoginHeader = Readonly<Record<string, string>>;

/** `--grafana-login`, else the administrator of the model, where its password can be read here. */
export function grafanaLogin(
  reference: string | undefined,
  stack: StackFile | undefined,
): LoginHeader | undefined {
  if (reference !== undefined) return header(readSecret(referenceOf(reference)));
  const password = stack?.components.find(({ kind }) => kind === "grafana")?.adminPassword;
  const value = password && readable(password);
  return value === undefined ? undefined : header(`admin:${value}`);
}

function referenceOf(text: string): SecretRef {
  const reference = parseSecretRef(text);
  if (reference) return reference;
  throw new UserError(
    "usage",
    "--grafana-login takes no secret, but the place where it is",
    "Write --grafana-login '${env:GRAFANA_LOGIN}' or --grafana-login file:/path; it holds user:password, or the token of a service account.",
  );
}

function readSecret(reference: SecretRef): string {
  const value = readable(reference);
  if (value !== undefined) return value;
  throw new UserError(
    "bad-config",
    `${secretRefText(reference)} is not set, empty or cannot be read`,
    "It holds user:password, or the token of a service account with the role Viewer.",
  );
}

function readable({ from, name }: SecretRef): string | undefined {
  try {
    const text = from === "env" ? process.env[name] : readFileSync(name, "utf8");
    return text?.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** A token has no colon. */
function header(value: string): LoginHeader {
  const words = value.includes(":") ? `Basic ${Buffer.from(value).toString("base64")}` : `Bearer ${value}`;
  return { Authorization: words };
}
