// Secrets wherever free text is allowed: arguments, headers, parameters, labels, URLs, addresses. No message repeats one.
import { isRecord } from "../model/json-value.ts";
import { parseSecretRef } from "../model/secret-ref.ts";
import type { Check } from "./check.ts";
import { isSecretArgument, secretIn } from "./secret-shapes.ts";

type Path = readonly PropertyKey[];

export const checkSecrets: Check = function* (_stack, { input }) {
  for (const { path, text, before } of textsOf(input, [])) {
    if (parseSecretRef(text) !== undefined) continue;
    const isArgument = path.includes("args") && isSecretArgument(text, before);
    const found = secretIn(text, nameOf(path)) ?? (isArgument ? "the value of an argument" : undefined);
    if (found === undefined) continue;
    yield {
      path,
      says: `a secret in clear text: ${found}`,
      why: "this file is meant to be kept in git, and what is rendered from it can be read on the hosts",
      write: remedy(path),
    };
  }
};

interface Text {
  readonly path: Path;
  readonly text: string;
  /** The item before it in a list: `--token`, `abc`. */
  readonly before?: string;
}

/** As deep as the schema goes, which the input has passed. */
function* textsOf(value: unknown, path: Path): Generator<Text> {
  if (typeof value === "string") yield { path, text: value };
  else if (Array.isArray(value))
    for (const [i, item] of value.entries()) {
      const before: unknown = value[i - 1];
      if (typeof item === "string" && typeof before === "string")
        yield { path: [...path, i], text: item, before };
      else yield* textsOf(item, [...path, i]);
    }
  else if (isRecord(value))
    for (const [key, inner] of Object.entries(value)) yield* textsOf(inner, [...path, key]);
}

/** The name a value goes by where people choose the names. The schema's own keys say themselves what they hold. */
function nameOf(path: Path): string | undefined {
  const chosen = path.findIndex((key) => chosenNames.includes(String(key)));
  const name = chosen === -1 ? undefined : path[chosen + 1];
  return typeof name === "string" ? name : undefined;
}

const chosenNames = ["labels", "external_labels", "headers", "params", "match"];

function remedy(path: Path): string {
  const keys = path.map(String);
  if (keys.includes("webhook")) return 'url: "${env:WEBHOOK_URL}"';
  if (keys.includes("email"))
    return 'smarthost: mail.example.org:587, with username: and password: "${env:SMTP_PASSWORD}"';
  if (keys.includes("ssh")) return "key: ~/.ssh/id_ed25519 (the path of the key file)";
  if (keys.includes("labels") || keys.includes("external_labels") || keys.includes("match"))
    return "no secret in labels: they stand in every sample and every log line";
  if (keys[0] === "discovery") return "a URL without credentials";
  if (keys.includes("image")) return "an image without credentials; log in on the hosts with docker login";
  return "basic_auth or bearer_token with a reference, ${env:NAME} or file:/path";
}
