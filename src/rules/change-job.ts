// Queries that select a job under a name that no scrape configuration has, where just one name can be meant.
import type { ConfigKind } from "../model/config.ts";
import type { Facts } from "../model/facts.ts";
import type { Step } from "../model/plan.ts";
import { filesOf, replaceValues, valuesIn } from "./change-configuration.ts";

/** `says` names the job that is selected and, after "there are", those that exist. */
export function renameJob(
  says: string,
  facts: Pick<Facts, "config.documents">,
  kind: ConfigKind,
): readonly Step[] {
  const [, wrong] = /job="([^"]+)"/.exec(says) ?? [];
  const [, list] = /\(there are: ([^)]+)\)/.exec(says) ?? [];
  const meant = list?.split(", ").filter((name) => wrong !== undefined && isAlike(name, wrong)) ?? [];
  const [right, second] = meant;
  if (wrong === undefined || right === undefined || second !== undefined) return [];
  return filesOf(facts, kind).flatMap((doc) =>
    replaceValues(
      valuesIn(doc, (value, path) => path.at(-1) === "expr" && String(value).includes(`job="${wrong}"`)),
      `Select job ${right}`,
      (value) => String(value).replaceAll(`job="${wrong}"`, `job="${right}"`),
    ),
  );
}

/** `node`, `node-exporter` and `node_exporter` are one thing. */
function isAlike(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.toLowerCase().replaceAll(/[-_]|exporter/g, ""));
  return a !== "" && a === b;
}
