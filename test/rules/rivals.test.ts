// Rivals written as rule ids (`docker/mtu-too-large`) name rules that exist; other rivals are short names without a slash.
import { expect, test } from "vitest";
import { rules } from "../../src/rules/registry.ts";

const ids = new Set(rules.map((rule) => rule.id));

test.each(rules.filter((rule) => rule.rivals !== undefined).map((rule) => [rule.id, rule] as const))(
  "rivals of %s",
  (id, rule) => {
    for (const rival of rule.rivals ?? []) {
      expect(rival.rule, "a rule is not its own rival").not.toBe(id);
      if (rival.rule.includes("/")) expect(ids.has(rival.rule), rival.rule).toBe(true);
      else expect(rival.rule).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    }
  },
);
