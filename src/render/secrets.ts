// Where secrets lie: files of the host, one folder per component, mounted into its container. Their values are never rendered.
import type { SecretRef } from "../model/secret-ref.ts";
import type { DeployedKind, StackFile } from "../model/stack-file.ts";

/** The folder inside every container that has secrets. */
export const secretsFolder = "/run/watchmend/secrets";

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
}

/** Every secret of the stack with the component that reads it. */
export function secretsOf(stack: StackFile): readonly NamedSecret[] {
  const found: NamedSecret[] = [];
  const add = (reader: DeployedKind, name: string, from: SecretRef | undefined): void => {
    if (from) found.push({ reader, name: secretName(name), from });
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
