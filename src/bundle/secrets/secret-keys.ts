// Which names of settings, variables, flags and headers hold secrets, and which values under them are none.
import type { SecretKind } from "./span.ts";

/** Last words of names whose values are secrets, whatever stands in front. */
const lastWords: Readonly<Record<string, SecretKind>> = {
  password: "password",
  passwd: "password",
  passphrase: "password",
  pwd: "password",
  passw: "password",
  pass: "password",
  requirepass: "password",
  masterauth: "password",
  secret: "token",
  token: "token",
  identitytoken: "token",
  bearer: "token",
  credentials: "credentials",
  credential: "credentials",
  authorization: "header",
  cookie: "header",
  community: "password",
  apikey: "key",
  secretkey: "key",
  accesskey: "key",
  privatekey: "key",
  presharedkey: "key",
  routingkey: "key",
  servicekey: "key",
  accountkey: "key",
  psk: "key",
  connectionstring: "credentials",
  htpasswd: "hash",
};

/** `api_key` and `secret_access_key` are secrets; `cache_key` and `primary_key` are not. */
const wordsBeforeKey: ReadonlySet<string> = new Set([
  "api",
  "secret",
  "access",
  "private",
  "encryption",
  "signing",
  "routing",
  "service",
  "integration",
  "account",
  "auth",
  "shared",
  "master",
  "user",
  "license",
  "hmac",
  "session",
  "admin",
  "certificate",
  "unseal",
  "recovery",
  "storage",
  "bootstrap",
  "genie",
  "app",
  "application",
  "rest",
  "webhook",
]);

/** Names that look secret and are references, switches, limits or public. */
const harmlessNames =
  /(?:^|[_.-])(?:existing|no|num|max|min|enable|use|has|require|allow|disable|reset|forgot|change|invalid|missing|wrong)[_.-]?(?:pass\w*|secret|token|key)$|existing-?secret$|(?:image-?pull|tls|pull|config|cert|certificate|ca)[_.-]?secret$|page[_.-]?token$|resource-?version/i;

/** Evidence repeats few names very often. */
const kinds = new Map<string, SecretKind | undefined>();
const mostKinds = 5_000;

/** The kind of secret a setting of this name holds; undefined for names that hold none. */
export function secretKindOf(name: string): SecretKind | undefined {
  if (kinds.has(name)) return kinds.get(name);
  const kind = kindByWords(name);
  if (kinds.size >= mostKinds) kinds.clear();
  kinds.set(name, kind);
  return kind;
}

function kindByWords(name: string): SecretKind | undefined {
  const words = wordsOf(name);
  const last = words.at(-1)?.replace(/\d+$/, "") ?? "";
  const before = words.at(-2) ?? "";
  if (harmlessNames.test(words.join("-"))) return undefined;
  if (last === "pass" && words.length === 1) return name === "pass" ? "password" : undefined;
  if (Object.hasOwn(lastWords, last)) return lastWords[last];
  if (last === "key" && wordsBeforeKey.has(before)) return "key";
  if (last === "data" && before === "key") return "private-key";
  if (last === "string" && before === "connection") return "credentials";
  if (last === "url" && isWebhookWord(before, words.at(-3) ?? "")) return "webhook";
  if (last === "webhook") return "webhook";
  return undefined;
}

function isWebhookWord(before: string, earlier: string): boolean {
  return before === "webhook" || before === "hook" || (before === "api" && earlier === "slack");
}

/** `GF_SECURITY_ADMIN_PASSWORD`, `adminPassword`, `grafana.admin-password`, `X-Api-Key` in words. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

const nothing =
  /^(?:|true|false|null|nil|none|~|yes|no|on|off|undefined|unset|set|empty|optional|required|-+|\*+|[xX]{3,}|\.{2,}|…+|•+|\|[-+]?|>[-+]?|\d+ bytes?|&\w+|\*\w+)$/;
/** Variables, templates, files and vaults that hold the secret somewhere else. */
const reference =
  /^(?:\$\{[^}:]*\}|\$\(|\$[A-Za-z_][A-Za-z0-9_]*$|\$__|\{\{|<[^<>]*>|%\(|%[A-Z_]+%|!(?:vault|ENV|env|secret|Ref|Sub)\b|(?:env|file|vault|ref\+\w+|secretref|secret|sops|aws-sm|gcp-sm):|op:\/\/|arn:|projects\/|\/(?:run|var|etc|mnt|opt|secrets?|home)\/|@\/|\.{1,2}\/)/;
const masked =
  /^[[(<{]*\s*(?:redacted|hidden|masked|censored|removed|sensitive|filtered|secret|omitted|protected)\b[^\s]{0,20}(?: \w{1,10}){0,3}\s*[\])>}]*$/i;
/** Alloy and Terraform expressions. */
const expression =
  /^(?:sys\.env|env|local\.|remote\.|nonsensitive|convert\.|module\.|var\.|data\.|file\(|lookup\(|random_|argument\.)/;

/** What stands under a secret name and is no secret: nothing, a switch, a mask, or a reference to it. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  return (
    text.length > 100_000 ||
    nothing.test(text) ||
    reference.test(text) ||
    masked.test(text) ||
    expression.test(text) ||
    /^[[{]\s*[\]}]?$/.test(text) ||
    isOurToken(text)
  );
}

export function isOurToken(text: string): boolean {
  return /^\(redacted:\d+\)$/.test(text);
}

/** `secret: grafana-admin` and `passwordKey: admin-password` name an object or a key of it. */
export function isObjectName(value: string): boolean {
  return /^[a-z]+(?:[-.][a-z]+)+$/.test(value.trim());
}

/** Words that stand all over a stack's evidence: as passwords they are removed only where they are passwords. */
const commonWords: ReadonlySet<string> = new Set(
  `admin administrator root user username guest default test testing demo example sample monitoring monitor grafana prometheus
  prom operator loki alloy promtail alertmanager cadvisor node exporter nodeexporter jenkins haproxy docker kubernetes kube k8s cluster server
  agent stack password passwd pass secret token changeme change me letmein public private localhost local host master worker
  prod production staging dev development service system metrics logs logging data database postgres postgresql mysql redis
  elastic elasticsearch kibana minio influx influxdb telegraf vault consul nginx traefik security network storage volume
  backup replica primary secondary config configuration release main latest stable internal external home homelab lab mon
  super welcome basic auth bearer none null true false the my our key api app web http https ssl tls rabbitmq guestguest`
    .split(/\s+/)
    .filter((word) => word !== ""),
);

/**
 * Is the value so particular that it can be removed wherever it stands? `prometheus` as a password must not turn every
 * line about Prometheus into dots.
 */
export function isParticular(value: string): boolean {
  if (value.length < 6 || /\s/.test(value))
    return value.length >= 12 && !/^[\w\s.,;:'"-]*$/.test(value) ? true : isPassphrase(value);
  const parts = value
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((part) => part !== "");
  if (/^[\d.:-]+$/.test(value)) return value.length >= 8 && /^\d+$/.test(value);
  if (parts.every((part) => commonWords.has(part))) return false;
  if (/^[a-z]+$/.test(value) || /^[a-z]+(?:[-_.][a-z]+)*$/.test(value)) return value.length >= 8;
  if (/^(?:https?:\/\/|\/)/.test(value)) return value.length >= 16;
  return true;
}

function isPassphrase(value: string): boolean {
  return value.length >= 16 && /\s/.test(value) && !/[.:=]\s/.test(value);
}
