// Forms of secrets: tokens with known prefixes, credentials in URLs, headers, hashes, arguments of commands.
import type { SecretKind } from "./span.ts";

export interface Shape {
  readonly kind: SecretKind;
  /** One of these stands in every match: looking for them is many times faster than the pattern, and most lines have none. */
  readonly hints: readonly string[];
  /** Must hold the named group `secret`. A look-behind keeps a long run of letters from being tried at every position. */
  readonly pattern: RegExp;
  /** Refuses what matches and is none. */
  readonly accepts?: (secret: string) => boolean;
}

const hasDigit = (secret: string) => /\d/.test(secret) || secret.length >= 24;

export const shapes: readonly Shape[] = [
  {
    kind: "token",
    hints: ["eyJ"],
    pattern: /(?<![\w-])(?<secret>eyJ[\w-]{8,8000}\.[\w-]{8,8000}(?:\.[\w-]{0,4000})?)/dg,
  },
  // Grafana's service accounts, cloud access policies and old API keys (base64 of {"k":…).
  { kind: "token", hints: ["glsa_"], pattern: /(?<![\w])(?<secret>glsa_[A-Za-z0-9]{16,64}_[0-9a-f]{8})/dg },
  { kind: "token", hints: ["glc_"], pattern: /(?<![\w])(?<secret>glc_[A-Za-z0-9+/=]{16,2000})/dg },
  { kind: "token", hints: ["eyJrIjoi"], pattern: /(?<![\w])(?<secret>eyJrIjoi[A-Za-z0-9+/=]{20,400})/dg },
  {
    kind: "token",
    hints: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
    pattern: /(?<![\w])(?<secret>gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{22,255})/dg,
  },
  {
    kind: "token",
    hints: [
      "glpat-",
      "gldt-",
      "glrt-",
      "glsoat-",
      "glptt-",
      "glft-",
      "glcbt-",
      "glimt-",
      "glagent-",
      "gloas-",
    ],
    pattern: /(?<![\w])(?<secret>gl(?:pat|dt|rt|soat|ptt|ft|cbt|imt|agent|oas)-[\w-]{16,255})/dg,
  },
  {
    kind: "token",
    hints: ["xox", "xapp-"],
    pattern: /(?<![\w])(?<secret>x(?:ox[abeoprs]|app)-[\w-]{10,255})/dg,
  },
  {
    kind: "key",
    hints: ["AKIA", "ASIA", "AROA", "AIDA"],
    pattern: /(?<![A-Za-z0-9])(?<secret>(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16})(?![A-Za-z0-9])/dg,
  },
  { kind: "key", hints: ["AIza"], pattern: /(?<![\w-])(?<secret>AIza[\w-]{35})/dg },
  { kind: "token", hints: ["ya29."], pattern: /(?<![\w])(?<secret>ya29\.[\w-]{20,1000})/dg },
  { kind: "token", hints: ["hvs.", "hvb.", "hvr."], pattern: /(?<![\w])(?<secret>hv[sbr]\.[\w-]{20,300})/dg },
  {
    kind: "token",
    hints: [
      "npm_",
      "dop_v1_",
      "doo_v1_",
      "pypi-",
      "_live_",
      "sk-",
      "dckr_pat_",
      "tfp_",
      "nrk-",
      "NRAK-",
      "lin_api_",
      "shpat_",
      "ATATT",
      "SG.",
    ],
    pattern:
      /(?<![\w])(?<secret>(?:npm_|dop_v1_|doo_v1_|pypi-|sk_live_|rk_live_|sk-(?:proj-|ant-)?|dckr_pat_|tfp_|nrk-|NRAK-|lin_api_|shpat_|ATATT|SG\.)[\w.-]{20,300})/dg,
    accepts: hasDigit,
  },
  {
    kind: "key",
    hints: ["AGE-SECRET-KEY-"],
    pattern: /(?<![\w])(?<secret>AGE-SECRET-KEY-1[A-Z0-9]{50,70})/dg,
  },
  // k3s and RKE2: K10<hash of the CA>::server:<password>
  {
    kind: "token",
    hints: ["K10"],
    pattern: /(?<![\w])(?<secret>K10[0-9a-f]{40,80}::[\w.-]{1,80}:[\w.-]{4,200})/dg,
  },
  { kind: "token", hints: [":AA"], pattern: /(?<![\d])(?<secret>\d{8,10}:AA[A-Za-z0-9_-]{33})(?![\w-])/dg },
  { kind: "hash", hints: ["$2"], pattern: /(?<secret>\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53})/dg },
  {
    kind: "hash",
    hints: ["$1$", "$5$", "$6$", "$7$", "$y$", "$gy$", "$apr1$", "$argon2"],
    pattern: /(?<secret>\$(?:1|5|6|7|y|gy|apr1|argon2id?)\$[./A-Za-z0-9$=,]{16,300})/dg,
  },
  { kind: "hash", hints: ["SHA}"], pattern: /(?<secret>\{S?SHA\}[A-Za-z0-9+/=]{20,200})/dg },
  {
    kind: "credentials",
    hints: ["@"],
    pattern: /:\/\/[^\s/:@"'<>`]{0,200}:(?<secret>[^\s/"'<>`]{1,400})@/dg,
  },
  {
    kind: "credentials",
    hints: ["@tcp(", "@unix("],
    pattern: /(?<![\w.-])[\w.-]{1,64}:(?<secret>[^\s:@/"']{1,200})@(?:tcp|unix)\(/dg,
  },
  {
    kind: "webhook",
    hints: ["hooks.slack"],
    pattern: /hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/(?<secret>[^\s"'<>\\]{8,300})/dg,
  },
  {
    kind: "webhook",
    hints: ["discord"],
    pattern: /discord(?:app)?\.com\/api\/webhooks\/(?<secret>[^\s"'<>\\]{8,300})/dg,
  },
  {
    kind: "webhook",
    hints: ["webhook.office", "logic.azure", "azure-api", "powerplatform"],
    pattern:
      /\.(?:webhook\.office|logic\.azure|azure-api|powerplatform)\.(?:com|net)(?::\d+)?\/(?<secret>[^\s"'<>\\]{8,800})/dg,
  },
  {
    kind: "webhook",
    hints: ["telegram"],
    pattern: /api\.telegram\.org\/bot(?<secret>[^\s/"'<>\\]{8,100})/dg,
  },
  { kind: "webhook", hints: ["hc-ping"], pattern: /hc-ping\.com\/(?<secret>[^\s"'<>\\]{8,100})/dg },
  {
    kind: "webhook",
    hints: ["/hooks/"],
    pattern: /\/hooks\/(?<secret>[A-Za-z0-9]{16,80}(?:\/[A-Za-z0-9]{16,80})?)(?![\w-])/dg,
    accepts: hasDigit,
  },
  {
    kind: "token",
    hints: ["?", "&"],
    pattern:
      /[?&](?:access_token|auth_token|token|api[_-]?key|apikey|password|passwd|pwd|secret|client_secret|auth|sig|signature|x-amz-signature|x-amz-security-token|x-amz-credential|code|jwt|sas|private_token)=(?<secret>[^&\s"'<>#\\`]{3,4000})/dgi,
  },
  {
    kind: "token",
    hints: ["?key=", "&key=", "?KEY=", "&KEY="],
    pattern: /[?&]key=(?<secret>[^&\s"'<>#\\`]{16,400})/dgi,
  },
  {
    kind: "header",
    hints: ["uthorization", "AUTHORIZATION"],
    pattern:
      /\bauthorization["']?\s{0,4}[:=]\s{0,4}["'\\[]{0,4}(?:(?:bearer|basic|token|apikey|api-key|digest|splunk|geniekey|key)\s{1,4})?(?<secret>[^\s"'\\,}\]]{4,8000})/dgi,
    accepts: (secret) =>
      !/^(?:bearer|basic|token|digest|negotiate|header|required|failed|webhook|error|denied|policy|mode|type|node|rbac)/i.test(
        secret,
      ) || secret.length > 20,
  },
  {
    kind: "token",
    hints: ["earer ", "BEARER "],
    pattern: /\bbearer\s{1,4}(?<secret>[A-Za-z0-9._~+/=-]{8,8000})/dgi,
    accepts: hasDigit,
  },
  {
    kind: "credentials",
    hints: ["asic ", "BASIC "],
    pattern: /\sbasic\s{1,4}(?<secret>[A-Za-z0-9+/]{6,2000}={0,2})(?![\w-])/dgi,
    accepts: isBasicAuth,
  },
  {
    kind: "credentials",
    hints: [" -u", "user"],
    pattern:
      /\b(?:curl|https?)\b[^|;]{0,400}?\s(?:-u\s{0,4}|--(?:proxy-)?user[= ])["']?[^\s:"']{1,100}:(?<secret>[^\s"']{1,200})/dg,
  },
  {
    kind: "password",
    hints: ["sshpass", "login", "redis-cli", "reset-admin-password", "htpasswd"],
    pattern:
      /\b(?:sshpass\s{1,4}-p\s{0,4}|(?:docker|podman|helm registry|oras|skopeo)\s{1,4}login\b[^|;&]{0,200}?\s-p\s{1,4}|redis-cli\b[^|;&]{0,200}?\s-a\s{1,4}|reset-admin-password\s{1,4}(?:--\S{1,80}\s{1,4}){0,4}|htpasswd\s{1,4}-\w{0,6}b\w{0,6}\s{1,4}\S{1,200}\s{1,4}\S{1,100}\s{1,4})["']?(?<secret>[^\s"'-][^\s"']{0,200})/dg,
  },
  {
    kind: "password",
    hints: ["mysql", "mariadb"],
    pattern: /\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^|;&]{0,200}?\s-p(?<secret>[^\s"']{3,200})/dg,
  },
  {
    kind: "kubernetes-secret",
    hints: ["--from-literal"],
    pattern: /--from-literal[= ]["']?[\w.-]{1,200}=["']?(?<secret>[^\s"']{1,4000})/dg,
  },
  {
    kind: "password",
    hints: ["machine "],
    pattern:
      /\bmachine\s{1,4}\S{1,200}\s{1,4}login\s{1,4}\S{1,200}\s{1,4}password\s{1,4}(?<secret>\S{1,200})/dg,
  },
  {
    kind: "token",
    hints: ["token"],
    pattern: /\btoken\b.{0,40}?(?<![\w.-])(?<secret>[a-z0-9]{6}\.[a-z0-9]{16})(?![\w.-])/dg,
  },
];

/** `Basic dXNlcjpwYXNz`: user and password with a colon between them. */
function isBasicAuth(secret: string): boolean {
  const decoded = Buffer.from(secret, "base64").toString("latin1");
  return /^[\x20-\x7e]+:[\x20-\x7e]*$/.test(decoded);
}
