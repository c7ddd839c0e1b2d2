// A repair stays only if nothing that was fine broke meanwhile; which of two like parts broke makes a difference.
import { expect, test } from "vitest";
import type { Finding } from "../../src/model/finding.ts";
import type { Report } from "../../src/model/report.ts";
import { verify } from "../../src/plan/verify.ts";

const finding = (id: string, subject: string, given: Partial<Finding> = {}): Finding => ({
  id,
  rule: "docker/published-on-loopback",
  role: "root",
  severity: "critical",
  certainty: "proven",
  component: "node-exporter",
  layer: "network",
  subject: { kind: "component", id: subject },
  title: id,
  says: `${subject} is broken`,
  proof: [],
  explains: [],
  explainedBy: [],
  rivals: [],
  ...given,
});

const report = (...findings: Finding[]): Report =>
  ({
    findings,
    coverage: { rules: { evaluated: 1, inconclusive: 0, notApplicable: 0 }, missing: [] },
    stack: {
      components: ["web1", "web2"].map((host) => ({
        id: `${host}/node-exporter`,
        kind: "node-exporter",
        name: "node-exporter",
        host,
      })),
      relations: [],
    },
  }) as unknown as Report;

const fault = finding("a", "web1/node-exporter");
const judged = (...now: Finding[]) => verify([fault], report(fault), report(...now)).ok;

test("gone and nothing new: the repair stays", () => {
  expect(judged()).toBe(true);
  expect(judged(fault)).toBe(false);
});

test("the same kind of part broke on another host meanwhile: the repair goes back", () => {
  expect(judged(finding("b", "web2/node-exporter"))).toBe(false);
  expect(
    judged(finding("b", "node-exporter.service", { proof: [{ source: "web2: systemctl", excerpt: "" }] })),
  ).toBe(false);
});

test("a masked fault of the repaired part that shows itself is the next repair", () => {
  expect(judged(finding("b", "web1/textfile"))).toBe(true);
  // a finding that names no place may be about the same part
  expect(judged(finding("b", "node.rules"))).toBe(true);
});

test("an engine that runs again does not show itself; one that cannot be asked any more is no success", () => {
  const stopped = finding("c", "web1", { rule: "docker/daemon-stopped", component: "docker" });
  const before = report(stopped);
  const engine = { id: "docker", kind: "docker", name: "docker" };
  const withEngine = {
    ...before,
    stack: { ...before.stack, components: [...before.stack.components, engine] },
  } as Report;
  expect(verify([stopped], withEngine, report())).toEqual({ ok: true });
  const gap = { what: "containers of web1", because: "timed-out", rules: [], decideWith: "docker ps" };
  const blind = report();
  const unseen = { ...blind, coverage: { ...blind.coverage, missing: [gap] } } as unknown as Report;
  expect(verify([stopped], withEngine, unseen)).toEqual({
    ok: false,
    because: "containers of web1 cannot be seen any more",
  });
  // other parts are lost when they are gone
  const fault = finding("d", "loki", { component: "loki" });
  const loki = { id: "mon/loki", kind: "loki", name: "loki" };
  const had = {
    ...before,
    stack: { ...before.stack, components: [...before.stack.components, loki] },
  } as unknown as Report;
  expect(verify([fault], had, report()).ok).toBe(false);
});

test("what nobody saw before, behind a stopped engine, comes to light and was not broken by the repair", () => {
  const stopped = finding("e", "web1", { rule: "docker/daemon-stopped", component: "docker" });
  const all = report(stopped);
  const [, other] = all.stack.components;
  const before = { ...all, stack: { ...all.stack, components: [other] } } as unknown as Report;
  const left = finding("f", "web1/node-exporter", { rule: "docker/container-stopped" });
  expect(verify([stopped], before, report(left))).toEqual({ ok: true });
  expect(verify([stopped], all, report(left)).ok).toBe(false);
});
