// Where secrets lie: files of the host, one folder per component, mounted into its container. Their values are never rendered.

import type { DesiredFile } from "../model/desired.ts";
import type { SecretRef } from "../model/secret-ref.ts";
import type { DeployedKind, StackFile, StackHost } from "../model/stack-file.ts";
import { issuedFor, secretsFolder } from "./protection.ts";

export { secretsFolder };

interface Credentials {
  readonly basicAuth?: { readonly username: string; readonly password: SecretRef };
  readonly bearerToken?: SecretRef;
}

/** `basic_auth` and `authorization` of Prometheus, reading from files. */
export function credentials(from: Credentials, name: string): Readonly<Record<string, unknown>> {
  const slug = secretName(name);
  return {
    ...(from.basicAuth
      ? {
          basic_auth: {
            username: from.basicAuth.username,
            password_file: `${secretsFolder}/${slug}-password`,
          },
        }
      : {}),
    ...(from.bearerToken
      ? { authorization: { type: "Bearer", credentials_file: `${secretsFolder}/${slug}-token` } }
      : {}),
  };
}

export function secretName(name: string): string {
  return name.replace(/[^A-Za-z0-9.-]/g, "_");
}

export interface NamedSecret {
  readonly reader: DeployedKind;
  readonly name: string;
  readonly from: SecretRef;
  readonly change: DesiredFile["change"];
}

/** What a component of a host reads: what the model names, and what is issued for the stack. */
export function secretsFor(stack: StackFile, host: StackHost, kind: DeployedKind): readonly NamedSecret[] {
  const password = stack.security?.basicAuth?.password;
  const issued = issuedFor(stack, host, kind).flatMap(({ name, issued: at, change }): NamedSecret[] => {
    const from = at === undefined ? password : ({ from: "issued", name: at } as const);
    return from ? [{ reader: kind, name, from, change }] : [];
  });
  return [...secretsOf(stack).filter(({ reader }) => reader === kind), ...issued];
}

const declared = new WeakMap<StackFile, readonly NamedSecret[]>();

/** Every secret that the model names, with the component that reads it. Asked for every container of every host. */
function secretsOf(stack: StackFile): readonly NamedSecret[] {
  const known = declared.get(stack);
  if (known) return known;
  const found = namedSecrets(stack);
  declared.set(stack, found);
  return found;
}

function namedSecrets(stack: StackFile): readonly NamedSecret[] {
  const found: NamedSecret[] = [];
  const add = (reader: DeployedKind, name: string, from: SecretRef | undefined): void => {
    // Grafana takes its secrets when it starts; the others read theirs when they use them.
    const change = reader === "grafana" ? "restart" : "none";
    if (from) found.push({ reader, name: secretName(name), from, change });
  };
  for (const job of stack.scrape) {
    add("prometheus", `job-${job.job}-password`, job.basicAuth?.password);
    add("prometheus", `job-${job.job}-token`, job.bearerToken);
  }
  for (const [i, remote] of stack.remoteWrite.entries()) {
    add("prometheus", `remote-write-${i + 1}-password`, remote.basicAuth?.password);
    add("prometheus", `remote-write-${i + 1}-token`, remote.bearerToken);
  }
  for (const { name, webhook, slack, teams, pagerduty, email } of stack.alerting.receivers) {
    add("alertmanager", `${name}-webhook`, typeof webhook?.url === "string" ? undefined : webhook?.url);
    add("alertmanager", `${name}-slack`, slack?.url);
    add("alertmanager", `${name}-teams`, teams?.url);
    add("alertmanager", `${name}-pagerduty`, pagerduty?.key);
    add("alertmanager", `${name}-email`, email?.password);
  }
  add("grafana", "admin-password", stack.components.find((one) => one.kind === "grafana")?.adminPassword);
  return found;
}
