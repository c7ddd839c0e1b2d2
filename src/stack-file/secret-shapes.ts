// What a secret in clear text looks like: by the name it goes by, by the place in a URL, by its own form.

interface Shape {
  readonly says: string;
  readonly pattern: RegExp;
}

const secretName =
  "(?:pass(?:word|wd|phrase)?|pwd|secret|(?:[a-z0-9]{1,30}[-_.])?token|bearer|credentials?|api[-_.]?key|access[-_.]?key|private[-_.]?key|client[-_.]?secret)";

const names = new RegExp(`(?:^|[-_.])${secretName}$`, "i");
const headers =
  /^(?:(?:proxy-)?authorization|cookie|x-api-key|x-auth(?:entication)?(?:-.{1,40})?|(?:x-)?auth[-_]?token)$/i;

/** Whole texts, wherever they stand. Each pattern is anchored or bounded: a text has up to 4,000 characters. */
const shapes: readonly Shape[] = [
  { says: "a private key", pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/ },
  { says: "user and password in a URL", pattern: /:\/\/[^\s/?#@:]{0,200}:[^\s/?#@]{1,200}@/ },
  {
    says: "user and password before an address",
    pattern: /^[\w.+-]{1,100}:[^\s/@:]{1,200}@(?!sha\d)[\w.-]{1,253}/,
  },
  {
    says: "a token in the query of a URL",
    pattern: new RegExp(`[?&](?:${secretName}|key|sig|signature|auth|apikey)=[^&\\s$]`, "i"),
  },
  {
    says: "the address of an incoming webhook, which is its own password",
    pattern:
      /:\/\/(?:hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/\w|[\w.-]{1,100}\.webhook\.office\.com\/webhookb2\/\w|(?:ptb\.|canary\.)?discord(?:app)?\.com\/api\/webhooks\/\d|chat\.googleapis\.com\/v1\/spaces\/\S{1,300}[?&]token=|api\.telegram\.org\/bot\d)/i,
  },
  {
    says: "the value of an Authorization header",
    pattern:
      /authorization["']?\s{0,10}[:=]\s{0,10}["']?\w|(?:^|["'])(?:Bearer|Basic)\s{1,10}[\w.~+/-]{12,2000}={0,2}(?:$|["'])/i,
  },
  { says: "a JSON web token", pattern: /(?:^|[^\w-])eyJ[\w-]{8,2000}\.[\w-]{8}/ },
  {
    says: "a token of a known form",
    pattern:
      /(?:^|[^\w-])(?:glsa_\w{16}|glc_\w{16}|gh[pousr]_\w{20}|github_pat_\w{22}|glpat-[\w-]{16}|xox[abeoprs]-[\w-]{10}|hv[sbr]\.[\w-]{20}|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9]))/,
  },
];

const flagWithValue = new RegExp(`(?:^|[-_.])${secretName}[=:]\\s*[^\\s$]`, "i");
const flagAlone = new RegExp(`^--?[\\w.-]{0,60}(?:^|[-_.])${secretName}$`, "i");
/** `--token-file=/x`, `--web.password_file /x`: a path, not the secret. */
const namesFile = /[-_.]file(?:[=:]|$)/i;

/** Most texts of a long list of targets: no shape is made of these alone. */
const plainAddress = /^[\d.:]{1,60}$/;

/** What it is; undefined when nothing shows that it is one. `name` is what people called it. */
export function secretIn(text: string, name: string | undefined): string | undefined {
  if (name !== undefined && text !== "" && (names.test(name) || headers.test(name)))
    return `the value of ${name}`;
  if (plainAddress.test(text)) return undefined;
  return shapes.find(({ pattern }) => pattern.test(text))?.says;
}

/** In the arguments of a program: `--token=abc`, or `abc` after `--token`. */
export function isSecretArgument(text: string, before: string | undefined): boolean {
  if (flagWithValue.test(text) && !namesFile.test(text)) return true;
  return before !== undefined && flagAlone.test(before) && !text.startsWith("-");
}
