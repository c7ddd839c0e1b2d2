// From Promtail to Alloy: where one stopped, the other goes on.
import { expect, test } from "vitest";
import { compareHost } from "../../src/plan/deploy/compare-host.ts";
import { renderStack } from "../../src/render/render-stack.ts";
import { wishes } from "../deploy/observed.ts";
import { stackOf } from "./stack.ts";

const model = (logs: string, components: string): ReturnType<typeof stackOf> =>
  stackOf(`schema: watchmend.stack/v1
name: demo
hosts:
  mon: {address: 10.0.0.1, roles: [server, agent]}
components:
${components}
logs: {${logs}, files: [{name: jenkins, path: "/var/log/jenkins/*.log", labels: {team: a}}]}
`);

const rendered = (logs: string, components: string) => {
  const [host] = renderStack(model(logs, components)).hosts;
  return {
    config: host?.files.find(({ path }) => path.endsWith("config.alloy"))?.content ?? "",
    mounts: host?.containers.find(({ component }) => component === "alloy")?.mounts ?? [],
    notes: host?.notes ?? [],
  };
};

test("with Promtail's entry still in the file, Alloy reads its positions of files and of the journal", () => {
  const { config, mounts, notes } = rendered("agent: alloy", "  promtail: {}");
  expect(config).toContain('legacy_positions_file = "/var/lib/promtail/positions.yaml"');
  expect(config).toMatch(
    /legacy_position \{\s+file = "\/var\/lib\/promtail\/positions\.yaml"\s+name = "systemd-journal"/,
  );
  expect(mounts).toContainEqual({
    source: "/opt/monitoring/data/promtail",
    target: "/var/lib/promtail",
    readOnly: true,
    inherited: true,
  });
  expect(notes.join()).toMatch(/goes on where Promtail stopped/);
});

test("a Promtail that somebody else began is followed at its own names: another name would be another place", () => {
  const names = "journal_job: journal, positions_file: places.yml";
  const { config } = rendered(`agent: alloy, ${names}`, "  promtail: {}");
  expect(config).toContain('legacy_positions_file = "/var/lib/promtail/places.yml"');
  expect(config).toMatch(
    /legacy_position \{\s+file = "\/var\/lib\/promtail\/places\.yml"\s+name = "journal"/,
  );
  const [host] = renderStack(model(`agent: promtail, ${names}`, "  promtail: {}")).hosts;
  const promtail = host?.files.find(({ path }) => path.endsWith("promtail.yaml"))?.content ?? "";
  expect(promtail).toContain("filename: /var/lib/promtail/places.yml");
  expect(promtail).toContain("job_name: journal\n");
});

test("without it, and in an Alloy that could not read them, nothing of it is rendered; the latter is told", () => {
  expect(rendered("agent: alloy", "  alloy: {}").config).not.toContain("legacy");
  const old = rendered("agent: alloy", "  promtail: {}\n  alloy: {version: 1.10.2}");
  expect(old.config).not.toContain("legacy");
  expect(old.notes.join()).toMatch(/Pin 1\.11\.0 or later/);
});

test("the plan takes Promtail away before Alloy starts, and keeps its data", () => {
  const before = wishes(model("agent: promtail", "  promtail: {}"));
  const [after] = renderStack(model("agent: alloy", "  promtail: {}")).hosts;
  const [wish] = before;
  if (!wish || !after) throw new Error("the model has one host");
  const { steps, state, containers } = compareHost({ ...wish, desired: after });
  expect(state).toBe("changes");
  expect(steps.agents.flatMap((step) => (step.do === "put-container" ? [step.title] : []))).toEqual([
    "take away container demo-promtail on mon",
    "make container demo-alloy on mon",
  ]);
  expect(containers.find(({ name }) => name === "demo-promtail")?.dataAtRisk).toMatch(/stays where it lies/);
});

test("a Promtail of somebody else that still writes there stops the plan", () => {
  const [after] = renderStack(model("agent: alloy", "  promtail: {data: promtail-positions}")).hosts;
  const [wish] = wishes(model("agent: alloy", "  promtail: {data: promtail-positions}"));
  if (!wish || !after) throw new Error("the model has one host");
  const foreign = {
    Id: "f",
    Name: "/promtail",
    State: { Running: true },
    Config: { Labels: {} },
    Mounts: [{ Type: "volume", Name: "promtail-positions", Source: "/var/lib/docker/volumes/x", RW: true }],
  };
  const { state, because } = compareHost({
    ...wish,
    observed: { ...wish.observed, containers: [...wish.observed.containers, foreign] },
  });
  expect(state).toBe("refused");
  expect(because).toMatch(/container promtail runs and writes to promtail-positions, which alloy inherits/);
});
