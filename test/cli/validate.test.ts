// The verb `validate` from end to end over hosts made of scripts: verdicts and exit codes.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ValidateOptions } from "../../src/cli/commands/validate.ts";
import { validateVerb } from "../../src/cli/validate.ts";
import type { Validation } from "../../src/model/check.ts";
import { type MadeHosts, makeHosts } from "../targets/host/made-host.ts";
import { grafanaLogin, smallStack, stackWithGrafana } from "../targets/host/small-stack.ts";

let hosts: MadeHosts;
const path = process.env.PATH;

beforeEach(() => {
  hosts = makeHosts({ mon1: smallStack(), shown: stackWithGrafana("shown") });
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

const stateOf = ({ verdicts }: Validation, check: string): string[] =>
  verdicts.filter((verdict) => verdict.check === check).map(({ state, says }) => `${state}: ${says}`);

test("a Grafana that asks for a login is unknown without one, with what to do next", async () => {
  const { code, validation } = await validate({ host: ["shown"] });
  expect([code, validation.verdict]).toEqual([2, "unknown"]);
  expect(stateOf(validation, "flow/through-grafana")[0]).toMatch(/^unknown: could not look/);
  const [missing] = validation.missing;
  expect(missing?.because).toMatch(/^forbidden: Grafana's data sources .* Grafana asks for a login/);
  expect(missing?.decideWith).toContain("--grafana-login '${env:GRAFANA_LOGIN}'");
});

test("with a login, fresh metrics come back through its data source; the login is in no argument and in no report", async () => {
  process.env.WM_TEST_LOGIN = grafanaLogin;
  const { code, validation } = await validate({ host: ["shown"], grafanaLogin: "${env:WM_TEST_LOGIN}" });
  expect(told(validation, "fail", "unknown", "warn")).toEqual([]);
  expect(stateOf(validation, "flow/through-grafana")).toEqual([
    "pass: metrics come back through data source Prometheus: samples of 1 targets; the oldest is 4 s old",
  ]);
  expect(stateOf(validation, "grafana/datasources")[0]).toMatch(/^pass: data source Prometheus answers/);
  expect(code).toBe(0);
  const asked = readFileSync(join(hosts.folder, "shown", "asked"), "utf8");
  const secret = Buffer.from(grafanaLogin).toString("base64");
  expect(`${asked}${JSON.stringify(validation)}`).not.toContain(secret);
  expect(`${asked}${JSON.stringify(validation)}`).not.toContain("s3cret");
});

test.each(["viewer:s3cret", "${env:WM_NOT_SET}", "file:/no/such/file"])(
  "%s is no login",
  async (reference) => {
    await expect(validate({ host: ["shown"], grafanaLogin: reference })).rejects.toThrow(
      /takes no secret|not set/,
    );
  },
);

const model = (more = ""): string => `schema: watchmend.stack/v1
name: t
hosts:
  mon1: {address: mon1, roles: [server]}
components:
  alertmanager: {enabled: false}
  loki: {enabled: false}
  grafana: {enabled: false}
  node-exporter: {enabled: false}
${more}`;

test("without a model what was found is what is expected, and with one what is declared must be there", async () => {
  expect((await validate({ host: ["mon1"] })).validation.expectation).toEqual({ from: "discovered" });
  const file = join(hosts.folder, "stack.yaml");
  writeFileSync(file, model());
  const { code, validation } = await validate({ file });
  expect(validation.expectation).toEqual({ from: "model", source: file });
  expect(told(validation, "fail")).toEqual([
    "targets/expected fail: prometheus mon1:9090 was declared, but Prometheus has no such target",
  ]);
  expect(told(validation, "warn")).toContain(
    "targets/expected warn: node mon1:9100 is scraped, but nobody declared it",
  );
  expect(code).toBe(1);
});
