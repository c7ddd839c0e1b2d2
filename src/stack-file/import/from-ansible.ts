// Hosts of an Ansible inventory with their connection, roles and labels.
import type { AnsibleHost } from "../../model/ansible.ts";
import { isAddress } from "../words.ts";
import { type AnsibleVariables, applyVariables } from "./ansible-variables.ts";
import { hostOf, type ImportDraft, nameFrom, note } from "./draft.ts";

const serverGroup =
  /^(?:monitoring|monitor|observability|prometheus|metrics)(?:[_-]?(?:servers?|hosts?|vms?|nodes?))?$/i;

export function importAnsible(
  draft: ImportDraft,
  hosts: readonly AnsibleHost[],
  variables: AnsibleVariables,
): void {
  const servers = hosts.filter((host) => host.groups.some((group) => serverGroup.test(group)));
  const names = new Set<string>();
  for (const host of hosts) {
    const name = nameFrom(host.name.split(".")[0] ?? host.name);
    const unique = names.has(name) ? nameFrom(host.name) : name;
    names.add(unique);
    importHost(draft, unique, host, variables, servers[0] === host);
  }
  for (const extra of servers.slice(1))
    note(
      draft,
      extra.at,
      `${extra.name} as a second monitoring server`,
      "a stack has one server per component; it became an agent",
    );
  applyVariables(draft, hosts, variables);
}

function importHost(
  draft: ImportDraft,
  name: string,
  host: AnsibleHost,
  variables: AnsibleVariables,
  isServer: boolean,
): void {
  const made = hostOf(draft, name);
  const value = (key: string): string | undefined => variables.text(host, key);
  const fqdn = value("host_fqdn");
  const byName = fqdn !== undefined && /^(?:true|yes|1)$/i.test(value("monitoring_use_fqdn") ?? "");
  const written = byName ? fqdn : (value("ansible_host") ?? value("ansible_ssh_host") ?? host.name);
  if (isAddress(written)) made.address = written;
  else
    note(
      draft,
      host.at,
      `address "${written}" of ${host.name}`,
      "it is not an address or a name that stands for itself",
    );
  if (!byName && fqdn !== undefined)
    note(
      draft,
      host.at,
      `host_fqdn ${fqdn} of ${host.name}`,
      `${written} is used, as the inventory connects; write the name as its address to scrape by name`,
    );
  made.roles = isServer ? ["server", "agent"] : ["agent"];
  const role = roleOf(host.groups);
  if (role !== undefined) made.labels.role = role;
  const ssh = sshOf(value);
  if (Object.keys(ssh).length > 0) made.ssh = ssh;
  if (/^(?:local|docker|podman|winrm|psrp)$/.test(value("ansible_connection") ?? ""))
    note(
      draft,
      host.at,
      `ansible_connection=${value("ansible_connection")} of ${host.name}`,
      "watchmend connects by ssh",
    );
  for (const key of [
    "ansible_password",
    "ansible_ssh_pass",
    "ansible_become_password",
    "ansible_become_pass",
  ])
    if (value(key) !== undefined)
      note(draft, host.at, `${key} of ${host.name}`, "ssh keys are used, and secrets are never copied");
}

function sshOf(value: (key: string) => string | undefined): Record<string, string | number> {
  const port = Number(value("ansible_port") ?? value("ansible_ssh_port"));
  const user = value("ansible_user") ?? value("ansible_ssh_user");
  const key = value("ansible_ssh_private_key_file") ?? value("ansible_private_key_file");
  const options = `${value("ansible_ssh_common_args") ?? ""} ${value("ansible_ssh_extra_args") ?? ""}`;
  const jump = /(?:-J\s*|ProxyJump[= ])["']?([^\s"']{1,300})/.exec(options)?.[1];
  return {
    ...(user === undefined || /[{}\s]/.test(user) ? {} : { user }),
    ...(port >= 1 && port <= 65_535 && port !== 22 ? { port } : {}),
    ...(key === undefined || key.includes("{{") ? {} : { key }),
    ...(jump === undefined ? {} : { jump }),
  };
}

/** `jenkins_masters` is what the source system labels `jenkins-vm`. */
function roleOf(groups: readonly string[]): string | undefined {
  const telling = groups.filter((group) => !["all", "ungrouped"].includes(group));
  const server = telling.find((group) => serverGroup.test(group));
  if (server !== undefined) return "monitoring-vm";
  const jenkins = telling.find((group) => /^jenkins/i.test(group));
  if (jenkins !== undefined) return "jenkins-vm";
  const [first] = telling;
  return first === undefined ? undefined : nameFrom(first.replaceAll("_", "-"));
}
