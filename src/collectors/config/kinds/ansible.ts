// Ansible: playbooks, task lists and inventories in YAML.
import type { Shape } from "../shape.ts";
import type { KindSign } from "./sign.ts";

const playKeys = [
  "tasks",
  "roles",
  "pre_tasks",
  "post_tasks",
  "handlers",
  "become",
  "gather_facts",
  "vars",
  "vars_files",
  "connection",
];

/** Modules that make a list of mappings an Ansible task list; the collection prefix is optional. */
const ansibleModules =
  `apt command copy cron debug dnf docker_compose docker_compose_v2 docker_container docker_image docker_login docker_network docker_volume fail fetch file find firewalld
  get_url git group import_role import_tasks include_role include_tasks include_vars lineinfile meta mount package pip podman_container service set_fact shell
  script slurp stat synchronize sysctl systemd systemd_service template ufw unarchive uri user wait_for yum assert blockinfile block replace iptables`.split(
    /\s+/,
  );
const moduleSigns = ansibleModules.flatMap((name) => [
  `/-/${name}`,
  `/-/ansible.builtin.${name}`,
  `/-/ansible.posix.${name}`,
  `/-/community.docker.${name}`,
  `/-/community.general.${name}`,
  `/-/containers.podman.${name}`,
  `/-/ansible.legacy.${name}`,
]);
const taskWords = [
  "/-/name",
  "/-/when",
  "/-/register",
  "/-/become",
  "/-/notify",
  "/-/tags",
  "/-/loop",
  "/-/with_items",
  "/-/delegate_to",
];

export const ansiblePlaybook: KindSign = {
  kind: "ansible-playbook",
  score: 0.9,
  matches: (s) =>
    (s.has("/-/hosts") && playKeys.some((key) => s.has(`/-/${key}`))) ||
    s.hasAny("/-/import_playbook", "/-/ansible.builtin.import_playbook") ||
    (s.hasAny(...moduleSigns) && s.hasAny(...taskWords)) ||
    (s.has("/-/name") &&
      [...s.paths].some((path) => /^\/-\/[a-z_]{1,40}\.[a-z_]{1,40}\.[a-z_0-9]{1,60}$/.test(path))),
};

/** Every key at the top is a group: it has hosts, children or vars, and somewhere a connection is described. */
export function isInventory(s: Shape): boolean {
  if (s.hasAny("/all/hosts", "/all/children")) return true;
  const isGroup = (key: string) => s.hasAny(`/${key}/hosts`, `/${key}/children`);
  const groups = s.top.filter((key) => isGroup(key) || s.has(`/${key}/vars`));
  if (groups.length === 0 || groups.length !== s.top.length || !groups.some(isGroup)) return false;
  return (
    s.has("/all/vars") || [...s.paths].some((path) => /\/ansible_(?:host|user|connection|port)$/.test(path))
  );
}
