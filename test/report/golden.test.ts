// Every text format on every report, compared with checked-in output.
import { describe, expect, test } from "vitest";
import { renderJson } from "../../src/report/json.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderTerminal } from "../../src/report/terminal.ts";
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
    test("json", async () => {
      const text = renderJson(report);
      expect(renderJson(JSON.parse(text))).toBe(text);
      if (name !== "huge") await expect(text).toMatchFileSnapshot(`golden/${name}.json`);
    });
  });
}
