// JUnit XML: well formed with any evidence, counts that add up, causes fail and gaps are skipped with their reason.
import { describe, expect, test } from "vitest";
import { renderJunit } from "../../src/report/junit.ts";
import { reports } from "./reports/all.ts";
import { crashLoop } from "./reports/crash-loop.ts";
import { unknown } from "./reports/unknown.ts";

/** Reads the subset of XML that the format uses; throws on anything that is not well formed. */
function elements(xml: string): { name: string; attributes: Record<string, string>; depth: number }[] {
  const found: { name: string; attributes: Record<string, string>; depth: number }[] = [];
  const open: string[] = [];
  const rest = xml
    .replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "")
    .replace(/<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g, (_, close, name, attributes, empty) => {
      if (close) {
        expect(open.pop()).toBe(name);
        return "";
      }
      const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]);
      found.push({ name, attributes: Object.fromEntries(pairs), depth: open.length });
      if (!empty) open.push(name);
      return "";
    });
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(xml.replace(/&(amp|lt|gt|quot|#10);/g, "")).not.toContain("&");
  expect(xml).not.toMatch(/[\x00-\x09\x0b-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/);
  return found;
}

describe.each(Object.entries(reports))("%s", (_name, report) => {
  const parts = elements(renderJunit(report));

  test("counts add up", () => {
    const suites = parts.filter((part) => part.name === "testsuite");
    const sum = (key: string) => suites.reduce((total, suite) => total + Number(suite.attributes[key]), 0);
    const top = parts[0]?.attributes ?? {};
    const of = (name: string) => parts.filter((part) => part.name === name).length;
    expect([sum("tests"), sum("failures"), sum("skipped")]).toEqual([
      Number(top.tests),
      Number(top.failures),
      Number(top.skipped),
    ]);
    expect([of("testcase"), of("failure"), of("skipped")]).toEqual([
      Number(top.tests),
      Number(top.failures),
      Number(top.skipped),
    ]);
  });

  test("every cause and latent finding fails", () => {
    const failing = report.findings.filter(
      (finding) => finding.role === "root" || finding.role === "latent",
    ).length;
    expect(parts.filter((part) => part.name === "failure").length).toBeGreaterThanOrEqual(failing);
  });
});

test("a symptom of a known cause does not fail a second time", () => {
  expect(elements(renderJunit(crashLoop)).filter((part) => part.name === "failure")).toHaveLength(2);
});

test("nothing passes when no verdict was possible", () => {
  const xml = renderJunit(unknown);
  expect(xml).toContain('name="no fault found" classname="metrics/loki-write-0">\n      <skipped');
  expect(xml).toContain("kubectl -n metrics logs loki-write-0");
});
