// Ansible files as far as they set owners, files, containers and targets.
import type { Place } from "./place.ts";

/**
 * One task that sets owner or mode of a path, or writes a file. Playbooks, roles and task files that a task runs are listed too
 * (module `import_playbook`, `role`, `include_tasks`, …; `path` is their name), so that orders across files can be told.
 */
export interface AnsibleFileTask {
  readonly at: Place;
  /** Position in the run of the file it stands in. */
  readonly order: number;
  readonly name?: string;
  readonly module: string;
  readonly path: string;
  readonly owner?: string;
  /** Where the owner is set, when that is another line than `at`. */
  readonly ownerAt?: Place;
  /** Path of the task's arguments in the document, where owner and group are keys of their own (no loop, no free form). */
  readonly argumentsPath?: readonly (string | number)[];
  readonly group?: string;
  readonly mode?: string;
  readonly recurse?: boolean;
  readonly state?: string;
  readonly hosts?: string;
  /** What lineinfile, blockinfile and copy write, and where lineinfile puts it. */
  readonly content?: string;
  readonly regexp?: string;
  readonly insertAfter?: string;
}

export interface AnsibleHost {
  readonly at: Place;
  readonly name: string;
  readonly groups: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
}
