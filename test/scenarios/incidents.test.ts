// Whole incidents as people report them, red herrings and prose included: the cause comes first, nobody else is accused, healthy systems stay silent.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyseFixture, type Fixture, readFixture } from "../fixture.ts";

interface Incident extends Fixture {
  readonly healthy?: boolean;
}

const folder = join(import.meta.dirname, "incidents");
const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

describe.each(names)("%s", (name) => {
  const incident = readFixture(join(folder, name)) as Incident;
  const { report } = analyseFixture(incident);
  const loud = report.findings.filter(
    (finding) => finding.severity !== "notice" && finding.role !== "notice",
  );
  const roots = loud.filter(({ role }) => role === "root");
  const told = loud.map(({ role, rule, says }) => `${role} ${rule}: ${says}`);

  if (incident.healthy) {
    test("nothing is found", () => {
      expect(told).toEqual([]);
      expect(report.verdict).not.toBe("problems");
    });
    return;
  }

  test("the cause is found, first, and alone", () => {
    const expected = incident.expect ?? [];
    expect(expected.length).toBeGreaterThan(0);
    for (const { rule, says } of expected) {
      const words = says === undefined ? [] : [says].flat();
      const found = roots.find(
        (root) => root.rule === rule && words.every((word) => root.says.includes(word)),
      );
      expect(found, `${rule} among\n${told.join("\n")}`).toBeDefined();
    }
    const right = expected.map(({ rule }) => rule);
    expect(right, told.join("\n")).toContain(roots[0]?.rule);
    const others = loud.filter(({ rule }) => !right.includes(rule) && !(incident.also ?? []).includes(rule));
    expect(others.map(({ rule, says }) => `${rule}: ${says}`)).toEqual([]);
  });
});
