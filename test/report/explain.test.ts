// `explain`, `rules` and the documentation page come from what the rules declare.
import { describe, expect, test } from "vitest";
import { renderRule, renderRuleList } from "../../src/report/explain.ts";
import { rulePage } from "../../src/report/rule-page.ts";
import { causesOf, consequencesOf, filterRules, suggestRules } from "../../src/report/rule-text.ts";
import { columns } from "../../src/report/text/width.ts";
import { cause, habit, ruleTexts, symptom } from "./rule-texts.ts";

describe.each(ruleTexts.map((rule) => [rule.id.replace("/", "-"), rule] as const))("%s", (name, rule) => {
  test("in the terminal", async () => {
    const text = renderRule(rule, { rules: ruleTexts });
    await expect(text).toMatchFileSnapshot(`golden/explain-${name}.txt`);
    const rows = text.split("\n").filter((row) => !/^ *\$ /.test(row));
    expect(Math.max(...rows.map(columns))).toBeLessThanOrEqual(80);
    expect(renderRule(rule, { rules: ruleTexts, unicode: false })).toMatch(/^[\x0a\x20-\x7e]*$/);
  });
  test("as a page", async () => {
    const page = rulePage(rule, {
      rules: ruleTexts,
      badCase: "critical: as reported\n```\nwith a fence\n```",
      badCaseFile: "src/rules/x/bad.yaml",
    });
    await expect(page).toMatchFileSnapshot(`golden/page-${name}.md`);
  });
});

test("all rules as a table by component", async () => {
  await expect(renderRuleList(ruleTexts)).toMatchFileSnapshot("golden/rules.txt");
});

test("the table can be filtered by words of id, title, mechanism and message", () => {
  expect(filterRules(ruleTexts, "lock DB directory")).toEqual([cause]);
  expect(filterRules(ruleTexts, "LOKI compactor")).toEqual([habit]);
  expect(filterRules(ruleTexts, "Server is ready")).toEqual([]);
  expect(renderRuleList(ruleTexts, { filter: "loki" })).toContain("1 of 3 rules");
  expect(renderRuleList(ruleTexts, { filter: "zzz\u001b[31m" })).toBe(
    'No rule contains "zzz\\e[31m". All 3 rules: watchmend rules\n',
  );
});

test("a symptom knows what may account for it, a cause what it brings about", () => {
  expect(causesOf(symptom, ruleTexts)).toEqual([cause]);
  expect(consequencesOf(cause, ruleTexts)).toEqual([symptom]);
  expect(consequencesOf(habit, ruleTexts)).toEqual([]);
});

test("a mistyped id gets suggestions", () => {
  expect(suggestRules("prometheus/data-dir-not-writeable", ruleTexts)[0]).toBe(cause.id);
  expect(suggestRules("crashloop", ruleTexts)).toEqual([symptom.id]);
  expect(suggestRules("", ruleTexts)).toEqual([]);
});
