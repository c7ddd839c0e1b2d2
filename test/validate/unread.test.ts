// What could not be read makes a validation unknown, however well everything else is; what is absent or only sharpens does not.
import { expect, test } from "vitest";
import { evidenceOf } from "../../src/bundle/collected-item.ts";
import { createRedactor } from "../../src/bundle/redact.ts";
import { analyseItems } from "../../src/diagnose/diagnose.ts";
import type { Validation } from "../../src/model/check.ts";
import type { CollectedItem, Missing } from "../../src/model/collected.ts";
import { checks } from "../../src/validate/checks/registry.ts";
import { discoveredExpectation } from "../../src/validate/expectations.ts";
import { validate } from "../../src/validate/validate.ts";

const running = `CONTAINER ID   IMAGE                       COMMAND                  CREATED       STATUS       PORTS     NAMES
4f1c2a9be001   prom/node-exporter:v1.9.1   "/bin/node_exporter"     2 weeks ago   Up 2 weeks             node-exporter
`;

const seen = (host: string): CollectedItem => ({
  locator: `${host}: docker ps`,
  how: "ssh",
  command: "docker ps",
  host,
  body: Buffer.from(running),
});

const lacking = (host: string, missing: Partial<Missing>): CollectedItem => ({
  locator: `host ${host}`,
  how: "ssh",
  host,
  body: { because: "unreachable", detail: "connect: Connection refused", ...missing },
});

const judge = async (...items: CollectedItem[]): Promise<Validation> => {
  const evidence = await evidenceOf(items, createRedactor());
  const { analysis } = await analyseItems(evidence, { rules: [], version: "0.0.0", mode: "diagnose" });
  const { factSet, gaps, stack, report, readLine } = analysis;
  return validate({
    checks: checks.filter(({ id }) => id === "pods/containers-running"),
    factSet: { ...factSet, gaps },
    stack,
    report,
    expectation: discoveredExpectation(stack),
    readLine,
    version: "0.0.0",
  });
};

test("two hosts that were read pass", async () => {
  expect((await judge(seen("mon1"), seen("jenkins1"))).verdict).toBe("pass");
});

test.each(["unreachable", "forbidden", "timed-out", "tool-missing", "too-large", "unreadable"] as const)(
  "one of two hosts %s",
  async (because) => {
    const validation = await judge(seen("mon1"), lacking("jenkins1", { because }));
    expect(validation.counts).toMatchObject({ fail: 0, unknown: 0 });
    expect(validation.verdict).toBe("unknown");
    expect(validation.missing[0]?.because).toContain(because);
  },
);

test("what is absent hides nothing, and what only sharpens is not needed", async () => {
  expect((await judge(seen("mon1"), lacking("x", { because: "absent" }))).verdict).toBe("pass");
  expect((await judge(seen("mon1"), lacking("x", { onlySharpens: true }))).verdict).toBe("pass");
});
