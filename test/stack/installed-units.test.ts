// A unit that a package brought and nobody started is no component that could be broken.
import { expect, test } from "vitest";
import { noFacts } from "../../src/model/facts.ts";
import type { SystemdUnit } from "../../src/model/host.ts";
import { buildStack } from "../../src/stack/build.ts";

const kinds = (unit: Partial<SystemdUnit>): string[] => {
  const at = { source: "units.txt", line: 1 };
  const name = "prometheus-node-exporter.service";
  return buildStack({ ...noFacts(), "host.units": [{ at, name, host: "db1", ...unit }] }).components.map(
    (component) => component.kind,
  );
};

test("inactive and disabled: only installed", () => {
  expect(kinds({ active: "inactive", enabled: "disabled" })).toEqual([]);
  expect(kinds({ active: "inactive", enabled: "masked" })).toEqual([]);
});

test("stopped but enabled, failed, running, or not known: part of the stack", () => {
  expect(kinds({ active: "inactive", enabled: "enabled" })).toEqual(["node-exporter"]);
  expect(kinds({ active: "failed", enabled: "disabled" })).toEqual(["node-exporter"]);
  expect(kinds({ active: "active", enabled: "disabled" })).toEqual(["node-exporter"]);
  expect(kinds({ active: "inactive" })).toEqual(["node-exporter"]);
});
