// Answers that are refused, late, empty or cut never make a green verdict, and nothing waits for ever.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/bundle/collected-item.ts";
import { createRedactor } from "../../src/bundle/redact.ts";
import { readTargets } from "../../src/cli/live.ts";
import { validateVerb } from "../../src/cli/validate.ts";
import { analyseItems } from "../../src/diagnose/diagnose.ts";
import type { AnyCheck, Validation } from "../../src/model/check.ts";
import { rules } from "../../src/rules/registry.ts";
import { kubernetesTarget } from "../../src/targets/kubernetes/target.ts";
import { checks } from "../../src/validate/checks/registry.ts";
import { discoveredExpectation } from "../../src/validate/expectations.ts";
import { validate } from "../../src/validate/validate.ts";
import { fakeApi, session } from "../targets/fake-api.ts";
import { type Fault, faults, type MadeHosts, makeHosts } from "../targets/host/made-host.ts";
import { grafanaLogin, stackWithGrafana } from "../targets/host/small-stack.ts";
import { type ApiFault, apiFaults, madeCluster } from "../targets/made-cluster.ts";

let hosts: MadeHosts | undefined;
const path = process.env.PATH;

afterEach(() => {
  process.env.PATH = path;
  hosts?.remove();
  hosts = undefined;
});

interface Ran {
  readonly code: number;
  readonly validation: Validation;
  readonly seconds: number;
}

async function onHost(
  fault: Fault | undefined,
  of: "http" | "engine" = "http",
  only = "",
  deadline?: number,
): Promise<Ran> {
  hosts = makeHosts({ mon1: stackWithGrafana() });
  process.env.PATH = `${hosts.folder}:${path}`;
  process.env.WM_TEST_LOGIN = grafanaLogin;
  hosts.break(fault, of, only);
  const output = join(hosts.folder, "result.json");
  const started = performance.now();
  const code = await validateVerb({
    format: "json",
    output,
    quiet: true,
    color: false,
    since: 86_400_000,
    timeout: 1_000,
    host: ["mon1"],
    grafanaLogin: "${env:WM_TEST_LOGIN}",
    ...(deadline === undefined ? {} : { deadline }),
  });
  const seconds = (performance.now() - started) / 1000;
  return { code, seconds, validation: JSON.parse(readFileSync(output, "utf8")) as Validation };
}

const told = ({ verdicts }: Validation): string[] =>
  verdicts.map(({ check, state, says }) => `${check} ${state}: ${says}`);

/** Not green, and not silent about it. */
function expectNotGreen({ code, validation }: Ran): void {
  expect(validation.verdict, told(validation).join("\n")).not.toBe("pass");
  expect([1, 2]).toContain(code);
  expect(validation.counts.fail + validation.counts.unknown + validation.missing.length).toBeGreaterThan(0);
}

describe("a host", () => {
  test("without a fault is green", async () => {
    const ran = await onHost(undefined);
    expect([ran.code, ran.validation.verdict], told(ran.validation).join("\n")).toEqual([0, "pass"]);
  });

  test.each(faults.filter((fault) => fault !== "hang"))("every answer over HTTP: %s", async (fault) => {
    expectNotGreen(await onHost(fault));
  });

  test.each(["403", "500", "empty", "halved"] as const)("every answer of the engine: %s", async (fault) => {
    expectNotGreen(await onHost(fault, "engine"));
  });

  test.each([
    ":9090/api/v1/targets",
    ":9090/api/v1/query",
    ":9090/-/ready",
    ":3000/api/datasources",
    ":3000/api/datasources/proxy",
    ":3000/api/search",
  ])("only %s is cut", async (only) => {
    expectNotGreen(await onHost("halved", "http", only));
  });

  test.each(["http", "engine"] as const)("whose %s hangs is told when the deadline is over", async (of) => {
    const ran = await onHost("hang", of, "", 6_000);
    expectNotGreen(ran);
    expect(ran.code).toBe(2);
    expect(ran.seconds).toBeLessThan(15);
  });
});

async function inCluster(
  fault?: ApiFault,
  only?: RegExp,
  chosen: readonly AnyCheck[] = checks,
): Promise<Validation> {
  const api = await fakeApi(madeCluster(fault, only));
  try {
    const target = kubernetesTarget(api.door, {});
    const items = await readTargets([target], session({ itemTimeoutMs: fault === "silent" ? 300 : 5_000 }));
    const evidence = await evidenceOf(items, createRedactor());
    const { analysis } = await analyseItems(evidence, { rules, version: "0", mode: "diagnose" });
    const { factSet, gaps, stack, report, readLine } = analysis;
    const expectation = discoveredExpectation(stack);
    return validate({
      checks: chosen,
      factSet: { ...factSet, gaps },
      stack,
      report,
      expectation,
      readLine,
      version: "0",
    });
  } finally {
    await api.close();
  }
}

/** Of a cluster alone disks, clocks and look-ups are not seen. */
const seen = checks.filter(({ suite }) =>
  ["pods", "endpoints", "health", "restarts", "logs", "targets", "flow"].includes(suite),
);

describe("a cluster", () => {
  test("without a fault is green where its API shows enough", async () => {
    const validation = await inCluster(undefined, undefined, seen);
    expect(validation.missing).toEqual([]);
    expect(validation.verdict, told(validation).join("\n")).toBe("pass");
  });

  test.each(apiFaults)("every answer: %s", async (fault) => {
    expect((await inCluster(fault, undefined, seen)).verdict).not.toBe("pass");
  });

  test.each([
    /\/pods(\?|$)/,
    /\/services\?/,
    /endpointslices/,
    /\/proxy\/api\/v1\/targets/,
    /\/proxy\/api\/v1\/query/,
    /\/proxy\/-\/ready/,
    /\/log\?/,
  ])("only %s: every fault", async (only) => {
    // a log that is shorter and says that it is whole is a shorter log
    const shown = only.test("/log?") ? apiFaults.filter((fault) => fault !== "halved") : apiFaults;
    for (const fault of shown) {
      const validation = await inCluster(fault, only, seen);
      expect(validation.verdict, `${fault}\n${told(validation).join("\n")}`).not.toBe("pass");
    }
  });
});
