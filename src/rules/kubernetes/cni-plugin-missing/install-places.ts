// On which groups of hosts a playbook installs the CNI plugins, and which of its groups go without.
import type { AnsibleFileTask } from "../../../model/ansible.ts";
import type { Place } from "../../../model/place.ts";

export interface InstallPlaces {
  readonly at: Place;
  readonly on: readonly string[];
  readonly missing: readonly string[];
}

/** Undefined when the playbook installs none, or installs them wherever it does anything. */
export function installPlaces(tasks: readonly AnsibleFileTask[]): InstallPlaces | undefined {
  const installing = tasks.filter(isInstall);
  const [first] = installing;
  if (!first) return undefined;
  const on = [...new Set(installing.flatMap(({ hosts }) => groupsOf(hosts)))];
  const all = [...new Set(tasks.flatMap(({ hosts }) => groupsOf(hosts)))];
  const missing = all.filter((group) => !on.includes(group) && group !== "localhost");
  if (on.length === 0 || on.includes("all") || missing.length === 0) return undefined;
  return { at: first.at, on, missing };
}

/** Not the task that merely makes the directory. */
function isInstall({ state, module, path }: AnsibleFileTask): boolean {
  if (state === "directory" || /(?:^|\.)file$/.test(module)) return false;
  return /^\/opt\/cni\/bin/.test(path) || /cni[-_]plugins/.test(path);
}

function groupsOf(hosts: string | undefined): readonly string[] {
  return (hosts ?? "").split(/[:,\s]+/).filter((group) => group !== "" && !/^[!&]/.test(group));
}
