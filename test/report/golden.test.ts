// Every text format on every report, compared with checked-in output.
import { describe, expect, test } from "vitest";
import { renderAnalysisText } from "../../src/report/analysis-text.ts";
import { renderJson } from "../../src/report/json.ts";
import { renderJunit } from "../../src/report/junit.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderSarif } from "../../src/report/sarif.ts";
import { renderTerminal } from "../../src/report/terminal.ts";
import { renderTopology } from "../../src/report/topology-text.ts";
import { reports } from "./reports/all.ts";

for (const [name, report] of Object.entries(reports)) {
  describe(name, () => {
    test("terminal", async () => {
      await expect(renderTerminal(report)).toMatchFileSnapshot(`golden/${name}.terminal.txt`);
    });
    test("terminal in 60 columns of ASCII", async () => {
      const text = renderTerminal(report, { width: 60, unicode: false });
      expect(text).toMatch(/^[\x0a\x20-\x7e]*$/);
      if (name !== "huge") await expect(text).toMatchFileSnapshot(`golden/${name}.narrow.txt`);
    });
    test("markdown", async () => {
      await expect(renderMarkdown(report)).toMatchFileSnapshot(`golden/${name}.md`);
    });
    test("analysis of a bundle", async () => {
      const text = renderAnalysisText(report);
      expect(text).toMatch(/^[\x0a\x20-\x7e]*$/);
      await expect(text).toMatchFileSnapshot(`golden/${name}.analysis.txt`);
    });
    test("topology", async () => {
      await expect(renderTopology(report)).toMatchFileSnapshot(`golden/${name}.topology.txt`);
      expect(renderTopology(report, { unicode: false })).toMatch(/^[\x0a\x20-\x7e]*$/);
    });
    test("junit", async () => {
      if (name !== "huge") await expect(renderJunit(report)).toMatchFileSnapshot(`golden/${name}.junit.xml`);
    });
    test("sarif", async () => {
      if (name !== "huge") await expect(renderSarif(report)).toMatchFileSnapshot(`golden/${name}.sarif`);
    });
    test("json", async () => {
      const text = renderJson(report);
      expect(renderJson(JSON.parse(text))).toBe(text);
      if (name !== "huge") await expect(text).toMatchFileSnapshot(`golden/${name}.json`);
    });
  });
}
