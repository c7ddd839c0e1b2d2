// Ansible files as far as they set owners, files, containers and targets.
import type { Place } from "./place.ts";

/** One task that sets owner or mode of a path, or writes a file. */
export interface AnsibleFileTask {
  readonly at: Place;
  /** Name of the play's file and the task's order over all files read, to tell which comes later. */
  readonly order: number;
  readonly name?: string;
  readonly module: string;
  readonly path: string;
  readonly owner?: string;
  readonly group?: string;
  readonly mode?: string;
  readonly recurse?: boolean;
  readonly state?: string;
  readonly hosts?: string;
}

export interface AnsibleHost {
  readonly at: Place;
  readonly name: string;
  readonly groups: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
}
