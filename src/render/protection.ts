// How components prove themselves to each other, in each program's own words. Keys and passwords are files, never text.
import { hasTrait } from "../model/compatibility.ts";
import { given } from "../model/given.ts";
import { speaksTls } from "../model/reachability.ts";
import type { DeployedKind, StackComponent, StackFile, StackHost } from "../model/stack-file.ts";
import { type AlloyBlock, attributes } from "./agents/alloy-text.ts";
import { yamlDocument } from "./to-yaml.ts";

type Config = Readonly<Record<string, unknown>>;

/** The folder inside every container that has secrets. */
export const secretsFolder = "/run/watchmend/secrets";

/** Certificate and key in one file: it is replaced in one go, and the two always fit. */
export const ownFile = `${secretsFolder}/tls.pem`;
export const trustFile = `${secretsFolder}/ca.crt`;
const passwordFile = `${secretsFolder}/stack-password`;
/** With passwords the whole file holds their hashes. */
const secretWebFile = `${secretsFolder}/web.yml`;

/** Programs whose doors are opened by Prometheus' web configuration (https://prometheus.io/docs/prometheus/latest/configuration/https/). */
const toolkit: readonly DeployedKind[] = [
  "prometheus",
  "prometheus-agent",
  "alertmanager",
  "node-exporter",
  "blackbox-exporter",
];

export function hasDoor({ security }: Pick<StackFile, "security">, kind: DeployedKind): boolean {
  if (security === undefined) return false;
  return speaksTls({ security }, kind) || (security.basicAuth !== undefined && takesPassword(kind));
}

export function takesPassword(kind: DeployedKind): boolean {
  return toolkit.includes(kind) || kind === "alloy";
}

/** The argument that names the web configuration. */
export function webArgs(
  stack: StackFile,
  { kind, version }: StackComponent,
  folder: string,
): readonly string[] {
  if (stack.security === undefined || !toolkit.includes(kind)) return [];
  const flag =
    kind === "node-exporter" && !hasTrait("node-exporter", version, "web-config-file")
      ? "--web.config"
      : "--web.config.file";
  return [`${flag}=${stack.security.basicAuth ? secretWebFile : `${folder}/web.yml`}`];
}

/** Undefined where it is a secret, or where there is none. */
export function webConfig({ security }: StackFile, kind: DeployedKind): Config | undefined {
  if (security?.tls === undefined || security.basicAuth || !toolkit.includes(kind)) return undefined;
  return { tls_server_config: serverTls() };
}

/** The same with the hashes of passwords, for who may see them. */
export function webText(
  { security }: StackFile,
  users: Readonly<Record<string, string>> | undefined,
): string {
  return yamlDocument(
    given({
      tls_server_config: security?.tls
        ? {
            ...serverTls(),
            client_auth_type: users ? "VerifyClientCertIfGiven" : "RequireAndVerifyClientCert",
          }
        : undefined,
      basic_auth_users: users,
    }),
  );
}

/** Prometheus' web configuration, Loki and Promtail use the same words. */
export function serverTls(): Config {
  return {
    cert_file: ownFile,
    key_file: ownFile,
    client_auth_type: "RequireAndVerifyClientCert",
    client_ca_file: trustFile,
  };
}

/** For HTTP clients of Prometheus' kind: Prometheus, Promtail. */
export function clientOf(stack: StackFile, kind: DeployedKind): Config {
  return given({
    basic_auth:
      stack.security?.basicAuth && takesPassword(kind)
        ? { username: stack.security.basicAuth.username, password_file: passwordFile }
        : undefined,
    tls_config: speaksTls(stack, kind) ? clientTls : undefined,
  });
}

const clientTls = { ca_file: trustFile, cert_file: ownFile, key_file: ownFile };

/** The same in Alloy's language. */
export function alloyClient(stack: StackFile, kind: DeployedKind): readonly AlloyBlock[] {
  const { basicAuth } = stack.security ?? {};
  return [
    ...(basicAuth && takesPassword(kind)
      ? [
          {
            name: "basic_auth",
            body: attributes({ username: basicAuth.username, password_file: passwordFile }),
          },
        ]
      : []),
    ...(speaksTls(stack, kind) ? [{ name: "tls_config", body: attributes(clientTls) }] : []),
  ];
}

/** Alloy's own door (https://grafana.com/docs/alloy/latest/reference/config-blocks/http/). Passwords come from a file that it reads itself. */
export function alloyDoor({ security }: StackFile): readonly AlloyBlock[] {
  if (security === undefined) return [];
  const { tls, basicAuth } = security;
  const body = [
    ...(basicAuth
      ? [
          {
            name: "auth",
            body: [
              {
                name: "basic",
                body: attributes({
                  username: basicAuth.username,
                  password: { ref: "local.file.stack_password.content" },
                }),
              },
            ],
          },
        ]
      : []),
    ...(tls
      ? [
          {
            name: "tls",
            body: attributes({
              cert_file: ownFile,
              key_file: ownFile,
              client_ca_file: trustFile,
              client_auth_type: basicAuth ? "VerifyClientCertIfGiven" : "RequireAndVerifyClientCert",
            }),
          },
        ]
      : []),
  ];
  const password: readonly AlloyBlock[] = basicAuth
    ? [
        {
          name: "local.file",
          label: "stack_password",
          body: attributes({ filename: passwordFile, is_secret: true }),
        },
      ]
    : [];
  return body.length === 0 ? [] : [...password, { name: "http", body }];
}

/** The fields of a data source of Grafana, which takes the texts from files itself. */
export function grafanaClient(
  stack: StackFile,
  kind: DeployedKind,
): { readonly json: Config; readonly more: Config } {
  const tls = speaksTls(stack, kind);
  const login = stack.security?.basicAuth && takesPassword(kind) ? stack.security.basicAuth : undefined;
  if (!tls && !login) return { json: {}, more: {} };
  return {
    json: tls ? { tlsAuth: true, tlsAuthWithCACert: true } : {},
    more: {
      ...(login ? { basicAuth: true, basicAuthUser: login.username } : {}),
      secureJsonData: given({
        basicAuthPassword: login ? `$__file{${passwordFile}}` : undefined,
        tlsCACert: tls ? `$__file{${trustFile}}` : undefined,
        tlsClientCert: tls ? `$__file{${ownFile}}` : undefined,
        tlsClientKey: tls ? `$__file{${ownFile}}` : undefined,
      }),
    },
  };
}

/** Whom a component asks or lets in decides what it needs of the stack's secrets. */
export function issuedFor(
  { security }: StackFile,
  host: StackHost,
  kind: DeployedKind,
): readonly {
  readonly name: string;
  readonly issued?: string;
  readonly change: "restart" | "reload" | "none";
}[] {
  if (security === undefined || kind === "cadvisor") return [];
  const { store, tls, basicAuth } = security;
  const isClient = kind !== "node-exporter" && kind !== "blackbox-exporter";
  // Read with every connection; but Loki and Promtail take the authority, and Grafana everything, when they start.
  const whole = kind === "grafana" ? "restart" : kind === "alloy" ? "reload" : "none";
  const authority = kind === "loki" || kind === "promtail" ? "restart" : whole;
  return [
    ...(tls
      ? [
          { name: "tls.pem", issued: `${store}/hosts/${host.name}.pem`, change: whole } as const,
          { name: "ca.crt", issued: `${store}/trust.crt`, change: authority } as const,
        ]
      : []),
    ...(basicAuth && toolkit.includes(kind)
      ? [{ name: "web.yml", issued: `${store}/web.yml`, change: "none" } as const]
      : []),
    ...(basicAuth && isClient ? [{ name: "stack-password", change: whole } as const] : []),
    ...(hasDoor({ security }, kind)
      ? [{ name: "curl.conf", issued: `${store}/curl.conf`, change: "none" } as const]
      : []),
  ];
}
