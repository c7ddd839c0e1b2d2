// Finds secrets that show what they are by their form: tokens with known prefixes, credentials in URLs, headers, hashes.
import { isPlaceholder } from "./secret-keys.ts";
import type { SecretKind, SecretSpan } from "./span.ts";

interface Shape {
  readonly kind: SecretKind;
  /** Must hold the named group `secret`. A look-behind keeps a long run of letters from being tried at every position. */
  readonly pattern: RegExp;
  /** Refuses what matches and is none. */
  readonly accepts?: (secret: string) => boolean;
}

const hasDigit = (secret: string) => /\d/.test(secret) || secret.length >= 24;

const shapes: readonly Shape[] = [
  { kind: "token", pattern: /(?<![\w-])(?<secret>eyJ[\w-]{8,8000}\.[\w-]{8,8000}(?:\.[\w-]{0,4000})?)/dg },
  // Grafana's service accounts, cloud access policies and old API keys (base64 of {"k":…).
  { kind: "token", pattern: /(?<![\w])(?<secret>glsa_[A-Za-z0-9]{16,64}_[0-9a-f]{8})/dg },
  { kind: "token", pattern: /(?<![\w])(?<secret>glc_[A-Za-z0-9+/=]{16,2000})/dg },
  { kind: "token", pattern: /(?<![\w])(?<secret>eyJrIjoi[A-Za-z0-9+/=]{20,400})/dg },
  { kind: "token", pattern: /(?<![\w])(?<secret>gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{22,255})/dg },
  {
    kind: "token",
    pattern: /(?<![\w])(?<secret>gl(?:pat|dt|rt|soat|ptt|ft|cbt|imt|agent|oas)-[\w-]{16,255})/dg,
  },
  { kind: "token", pattern: /(?<![\w])(?<secret>x(?:ox[abeoprs]|app)-[\w-]{10,255})/dg },
  { kind: "key", pattern: /(?<![A-Za-z0-9])(?<secret>(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16})(?![A-Za-z0-9])/dg },
  { kind: "key", pattern: /(?<![\w-])(?<secret>AIza[\w-]{35})/dg },
  { kind: "token", pattern: /(?<![\w])(?<secret>ya29\.[\w-]{20,1000})/dg },
  { kind: "token", pattern: /(?<![\w])(?<secret>hv[sbr]\.[\w-]{20,300})/dg },
  {
    kind: "token",
    pattern:
      /(?<![\w])(?<secret>(?:npm_|dop_v1_|doo_v1_|pypi-|sk_live_|rk_live_|sk-(?:proj-|ant-)?|dckr_pat_|tfp_|nrk-|NRAK-|lin_api_|shpat_|ATATT|SG\.)[\w.-]{20,300})/dg,
    accepts: hasDigit,
  },
  { kind: "key", pattern: /(?<![\w])(?<secret>AGE-SECRET-KEY-1[A-Z0-9]{50,70})/dg },
  // k3s and RKE2: K10<hash of the CA>::server:<password>
  { kind: "token", pattern: /(?<![\w])(?<secret>K10[0-9a-f]{40,80}::[\w.-]{1,80}:[\w.-]{4,200})/dg },
  { kind: "token", pattern: /(?<![\d])(?<secret>\d{8,10}:[A-Za-z0-9_-]{35})(?![\w-])/dg },
  { kind: "hash", pattern: /(?<secret>\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53})/dg },
  { kind: "hash", pattern: /(?<secret>\$(?:1|5|6|7|y|gy|apr1|argon2id?)\$[./A-Za-z0-9$=,]{16,300})/dg },
  { kind: "hash", pattern: /(?<secret>\{S?SHA\}[A-Za-z0-9+/=]{20,200})/dg },
  { kind: "credentials", pattern: /:\/\/[^\s/:@"'<>`]{0,200}:(?<secret>[^\s/"'<>`]{1,400})@/dg },
  { kind: "credentials", pattern: /(?<![\w.-])[\w.-]{1,64}:(?<secret>[^\s:@/"']{1,200})@(?:tcp|unix)\(/dg },
  {
    kind: "webhook",
    pattern: /hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/(?<secret>[^\s"'<>\\]{8,300})/dg,
  },
  { kind: "webhook", pattern: /discord(?:app)?\.com\/api\/webhooks\/(?<secret>[^\s"'<>\\]{8,300})/dg },
  {
    kind: "webhook",
    pattern:
      /\.(?:webhook\.office|logic\.azure|azure-api|powerplatform)\.(?:com|net)(?::\d+)?\/(?<secret>[^\s"'<>\\]{8,800})/dg,
  },
  { kind: "webhook", pattern: /api\.telegram\.org\/bot(?<secret>[^\s/"'<>\\]{8,100})/dg },
  { kind: "webhook", pattern: /hc-ping\.com\/(?<secret>[^\s"'<>\\]{8,100})/dg },
  {
    kind: "webhook",
    pattern: /\/hooks\/(?<secret>[A-Za-z0-9]{16,80}(?:\/[A-Za-z0-9]{16,80})?)(?![\w-])/dg,
    accepts: hasDigit,
  },
  {
    kind: "token",
    pattern:
      /[?&;](?:access_token|auth_token|token|api[_-]?key|apikey|password|passwd|pwd|secret|client_secret|auth|sig|signature|x-amz-signature|x-amz-security-token|x-amz-credential|code|jwt|sas|private_token)=(?<secret>[^&\s"'<>#\\`]{3,4000})/dgi,
  },
  { kind: "token", pattern: /[?&;]key=(?<secret>[^&\s"'<>#\\`]{16,400})/dgi },
  {
    kind: "header",
    pattern:
      /\bauthorization["']?\s{0,4}[:=]\s{0,4}["'\\[]{0,4}(?:(?:bearer|basic|token|apikey|api-key|digest|splunk|geniekey|key)\s{1,4})?(?<secret>[^\s"'\\,}\]]{4,8000})/dgi,
    accepts: (secret) =>
      !/^(?:bearer|basic|token|digest|negotiate|header|required|failed|webhook|error|denied|policy|mode|type|node|rbac)/i.test(
        secret,
      ) || secret.length > 20,
  },
  { kind: "token", pattern: /\bbearer\s{1,4}(?<secret>[A-Za-z0-9._~+/=-]{8,8000})/dgi, accepts: hasDigit },
  {
    kind: "credentials",
    pattern: /\sbasic\s{1,4}(?<secret>[A-Za-z0-9+/]{6,2000}={0,2})(?![\w-])/dgi,
    accepts: isBasicAuth,
  },
  {
    kind: "credentials",
    pattern: /\s(?:-u\s{0,4}|--(?:proxy-)?user[= ])["']?[^\s:"']{1,100}:(?<secret>[^\s"']{1,200})/dg,
  },
  {
    kind: "password",
    pattern:
      /\b(?:sshpass\s{1,4}-p\s{0,4}|(?:docker|podman|helm registry|oras|skopeo)\s{1,4}login\b[^|;&]{0,200}?\s-p\s{1,4}|redis-cli\b[^|;&]{0,200}?\s-a\s{1,4}|reset-admin-password\s{1,4}(?:--\S{1,80}\s{1,4}){0,4}|htpasswd\s{1,4}-\w{0,6}b\w{0,6}\s{1,4}\S{1,200}\s{1,4}\S{1,100}\s{1,4})["']?(?<secret>[^\s"'-][^\s"']{0,200})/dg,
  },
  {
    kind: "password",
    pattern: /\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^|;&]{0,200}?\s-p(?<secret>[^\s"']{3,200})/dg,
  },
  {
    kind: "kubernetes-secret",
    pattern: /--from-literal[= ]["']?[\w.-]{1,200}=["']?(?<secret>[^\s"']{1,4000})/dg,
  },
  {
    kind: "password",
    pattern:
      /\bmachine\s{1,4}\S{1,200}\s{1,4}login\s{1,4}\S{1,200}\s{1,4}password\s{1,4}(?<secret>\S{1,200})/dg,
  },
  { kind: "token", pattern: /\btoken\b.{0,40}?(?<![\w.-])(?<secret>[a-z0-9]{6}\.[a-z0-9]{16})(?![\w.-])/dg },
];

/** Lines without any of these hold no secret of a known form; most lines of a log are told apart here. */
const mayHold =
  /eyJ|gl(?:sa|c|pat|dt|rt|soat|ptt|ft|cbt|imt|agent|oas)[_-]|gh[pousr]_|github_pat_|xox|xapp-|AKIA|ASIA|AROA|AIDA|AIza|ya29\.|hv[sbr]\.|npm_|do[op]_v1_|pypi-|_live_|sk-|dckr_pat_|tfp_|nrk-|NRAK-|lin_api_|shpat_|ATATT|SG\.|AGE-SECRET|K10|\d{8}:|\$\w{1,8}\$|\{S?SHA\}|:\/\/[^\s/]{1,600}@|@(?:tcp|unix)\(|hooks|webhook|logic\.azure|azure-api|powerplatform|telegram|hc-ping|[?&;][\w-]+=|uthorization|earer|asic |BEARER|BASIC |AUTHORIZATION|-u ?\S|--(?:proxy-)?user|sshpass|login|redis-cli|reset-admin|htpasswd|mysql|mariadb|from-literal|machine |token/;

export function findByShape(text: string, line: number): readonly SecretSpan[] {
  if (!mayHold.test(text)) return [];
  const spans: SecretSpan[] = [];
  for (const { kind, pattern, accepts } of shapes) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const range = match.indices?.groups?.secret;
      const secret = match.groups?.secret ?? "";
      if (!range || isPlaceholder(secret) || (accepts && !accepts(secret))) continue;
      spans.push({ line, start: range[0], end: range[1], kind });
    }
  }
  return spans;
}

/** `Basic dXNlcjpwYXNz`: user and password with a colon between them. */
function isBasicAuth(secret: string): boolean {
  const decoded = Buffer.from(secret, "base64").toString("latin1");
  return /^[\x20-\x7e]+:[\x20-\x7e]*$/.test(decoded);
}
