// Which hosts a job or a log source means: names, or labels the hosts must have.
import type { Labels, StackHost } from "../model/stack-file.ts";
import { type Draft, nearest } from "./fault.ts";

export function chooseHosts(
  choice: readonly string[] | Labels,
  hosts: readonly StackHost[],
  path: readonly PropertyKey[],
  drafts: Draft[],
): readonly StackHost[] {
  if (!Array.isArray(choice)) {
    const wanted = Object.entries(choice);
    const found = hosts.filter((host) => wanted.every(([name, value]) => host.labels[name] === value));
    if (found.length === 0)
      drafts.push({
        path,
        says: `no host has the labels ${wanted.map(([name, value]) => `${name}=${value}`).join(", ")}`,
        write: "names of hosts, or labels that some host has",
      });
    return found;
  }
  const names = hosts.map((host) => host.name);
  const list: readonly string[] = choice;
  list.forEach((name, i) => {
    if (list.indexOf(name) < i)
      drafts.push({ path: [...path, i], says: `names ${name} twice`, write: "each host once" });
    if (names.includes(name)) return;
    const near = nearest(name, names);
    drafts.push({
      path: [...path, i],
      says: `there is no host "${name}"${near === undefined ? "" : `; did you mean ${near}?`}`,
      write: near ?? `one of: ${names.slice(0, 20).join(", ")}`,
    });
  });
  return hosts.filter((host) => list.includes(host.name));
}
