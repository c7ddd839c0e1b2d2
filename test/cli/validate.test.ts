// The verb `validate` from end to end over hosts made of scripts: verdicts and exit codes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ValidateOptions } from "../../src/cli/commands/validate.ts";
import { validateVerb } from "../../src/cli/validate.ts";
import type { Validation } from "../../src/model/check.ts";
import { type MadeHosts, makeHosts } from "../targets/host/made-host.ts";
import { smallStack } from "../targets/host/small-stack.ts";

let hosts: MadeHosts;
const path = process.env.PATH;

beforeEach(() => {
  hosts = makeHosts({ mon1: smallStack() });
  process.env.PATH = `${hosts.folder}:${path}`;
});

afterEach(() => {
  process.env.PATH = path;
  hosts.remove();
});

const validate = async (
  options: Partial<ValidateOptions>,
): Promise<{ code: number; validation: Validation }> => {
  const output = join(hosts.folder, "result.json");
  const code = await validateVerb({
    format: "json",
    output,
    quiet: true,
    color: false,
    since: 86_400_000,
    timeout: 5_000,
    ...options,
  });
  return { code, validation: JSON.parse(readFileSync(output, "utf8")) as Validation };
};

const told = ({ verdicts }: Validation, ...states: string[]): string[] =>
  verdicts
    .filter(({ state }) => states.includes(state))
    .map(({ check, state, says }) => `${check} ${state}: ${says}`);

test("a host whose parts all work passes", async () => {
  const { code, validation } = await validate({ host: ["mon1"] });
  expect(told(validation, "fail", "unknown", "warn")).toEqual([]);
  expect(validation.missing).toEqual([]);
  expect([code, validation.verdict]).toEqual([0, "pass"]);
});

test("one of two hosts that cannot be reached makes the answer unknown, however well the other one is", async () => {
  const { code, validation } = await validate({ host: ["mon1", "gone"] });
  expect(told(validation, "fail", "unknown")).toEqual([]);
  expect(validation.missing.map(({ what }) => what)).toEqual(["host gone"]);
  expect([code, validation.verdict]).toEqual([2, "unknown"]);
});
