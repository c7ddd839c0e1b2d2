// Validations are exactly the contract: the schema is current, and what every check says of every fixture conforms to it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { analyseTexts } from "../../src/diagnose/diagnose.ts";
import type { Validation } from "../../src/model/check.ts";
import type { Expectation } from "../../src/model/expectation.ts";
import { validationJsonSchema, validationSchema } from "../../src/report/validation/schema.ts";
import { rules } from "../../src/rules/registry.ts";
import { checks } from "../../src/validate/checks/registry.ts";
import { compareValidations } from "../../src/validate/compare.ts";
import { discoveredExpectation } from "../../src/validate/expectations.ts";
import { validate } from "../../src/validate/validate.ts";

const root = join(import.meta.dirname, "../../src/validate/checks");

test("the shipped schema is the generated one (vitest -u writes it)", async () => {
  await expect(validationJsonSchema()).toMatchFileSnapshot("../../schema/validation.v1.schema.json");
});

function validationOf(file: string): Validation {
  const { evidence, expectation } = parse(readFileSync(file, "utf8")) as {
    evidence: Record<string, string>;
    expectation?: Partial<Expectation>;
  };
  const { factSet, gaps, stack, report, readLine } = analyseTexts(evidence, {
    rules,
    version: "0.0.0",
    mode: "diagnose",
  });
  return validate({
    checks,
    factSet: { ...factSet, gaps },
    stack,
    report,
    expectation: { ...discoveredExpectation(stack), ...expectation },
    readLine,
    version: "0.0.0",
  });
}

test("what every check says of every fixture conforms", () => {
  const shipped = z.fromJSONSchema(
    JSON.parse(readFileSync(join(import.meta.dirname, "../../schema/validation.v1.schema.json"), "utf8")),
  );
  const all = checks.flatMap(({ id }) =>
    readdirSync(join(root, id))
      .filter((name) => /^(?:red|green).*\.yaml$/.test(name))
      .map((name) => [`${id}/${name}`, validationOf(join(root, id, name))] as const),
  );
  expect(all.length).toBeGreaterThan(2 * checks.length - 1);
  const [first, second] = all.map(([, validation]) => validation);
  if (!first || !second) throw new Error("no fixtures");
  const compared = { ...second, comparison: compareValidations(first, second) };
  for (const [name, validation] of [...all, ["compared", compared] as const]) {
    const printed = JSON.parse(JSON.stringify(validation));
    expect(shipped.safeParse(printed).error?.issues ?? [], name).toEqual([]);
    expect(validationSchema.safeParse(printed).error?.issues ?? [], name).toEqual([]);
  }
});

test("the schema refuses what the contract does not have", () => {
  const shipped = z.fromJSONSchema(JSON.parse(validationJsonSchema()));
  const good = JSON.parse(JSON.stringify(validationOf(join(root, "pods/ready/red.yaml"))));
  const { counts, ...without } = good;
  expect(counts.fail).toBe(1);
  expect(shipped.safeParse(good).success).toBe(true);
  for (const wrong of [without, { ...good, verdict: "healthy" }, { ...good, extra: 1 }])
    expect(shipped.safeParse(wrong).success).toBe(false);
});
