// The desired state as a tree of files that one can keep in git: `hosts/<name>` is that host's root.
import type { DesiredState } from "../model/desired.ts";

export interface TreeFile {
  readonly path: string;
  readonly content: string;
}

export function treeOf(state: DesiredState): readonly TreeFile[] {
  const files = [
    ...state.hosts.flatMap(({ name, files: own }) =>
      own.map(({ path, content }) => ({ path: `hosts/${name}${path}`, content })),
    ),
    ...state.extras,
  ];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
