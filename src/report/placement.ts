// Which component or link of the stack a finding is about: findings name their subject in words.
import type { Finding } from "../model/finding.ts";
import type { Report, ReportComponent } from "../model/report.ts";

export function linkKey(from: string, to: string): string {
  return `${from}\0${to}`;
}

/** Positions of findings in the report, by component and by link. */
export interface PlacedFindings {
  readonly onNode: ReadonlyMap<string, number[]>;
  readonly onLink: ReadonlyMap<string, number[]>;
}

export function placeFindings(report: Report): PlacedFindings {
  const onNode = new Map<string, number[]>();
  const onLink = new Map<string, number[]>();
  const finder = componentFinder(report.stack.components);
  for (const [index, finding] of report.findings.entries()) {
    const [from, to] = finding.subject.id.split(/ → | -> /);
    const ends = [from, to].map((end) => (end === undefined ? undefined : (finder.byName(end) ?? end)));
    if (finding.subject.kind === "link" && ends[0] && ends[1]) push(onLink, linkKey(ends[0], ends[1]), index);
    const component =
      finder.byName(finding.subject.id) ?? ends.find((end) => end && finder.has(end)) ?? finder.only(finding);
    if (component) push(onNode, component, index);
  }
  return { onNode, onLink };
}

function componentFinder(components: readonly ReportComponent[]) {
  const ids = new Set(components.map((component) => component.id));
  const byShortName = new Map<string, string[]>();
  const byKind = new Map<string, string[]>();
  for (const component of components) {
    for (const name of new Set([component.name, component.kind, component.id.split("/").at(-1) ?? ""])) {
      push(byShortName, name, component.id);
    }
    push(byKind, component.kind, component.id);
  }
  const unique = (found: readonly string[] | undefined) => (found?.length === 1 ? found[0] : undefined);
  return {
    has: (id: string) => ids.has(id),
    byName: (name: string) =>
      ids.has(name) ? name : unique(byShortName.get(name.split("/").at(-1) ?? name)),
    only: (finding: Finding) => unique(byKind.get(finding.component)),
  };
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
