// Thousands of files that are no evidence for one reason are told in one sentence.
import type { Gap } from "../model/evidence.ts";
import { limits } from "./limits.ts";

export function summariseGaps(gaps: readonly Gap[]): readonly Gap[] {
  const groups = new Map<string, Gap[]>();
  for (const gap of gaps) {
    const key = JSON.stringify([gap.because, gap.detail, gap.decideWith, gap.onlySharpens]);
    const group = groups.get(key);
    if (group) group.push(gap);
    else groups.set(key, [gap]);
  }
  return [...groups.values()].flatMap((group) => (group.length > limits.gapsAlike ? [oneFor(group)] : group));
}

function oneFor(group: readonly Gap[]): Gap {
  const [first] = group;
  if (!first) throw new Error("a group without gaps");
  const examples = group.slice(0, 3).map((gap) => gap.what);
  const { at: _at, ...rest } = first;
  return {
    ...rest,
    what: commonFolder(group.map((gap) => gap.what)),
    detail: `${group.length} files, such as ${examples.join(", ")}: ${first.detail}`,
  };
}

function commonFolder(names: readonly string[]): string {
  let common = (names[0] ?? "").split("/").slice(0, -1);
  for (const name of names) {
    const parts = name.split("/");
    const end = common.findIndex((part, i) => parts[i] !== part);
    if (end >= 0) common = common.slice(0, end);
  }
  return common.length === 0 ? "." : `${common.join("/")}/`;
}
