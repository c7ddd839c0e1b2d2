// The bundled outage, repaired by the real verb: what is found each round, what changes in the files, and how it ends.
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { diffArrays } from "diff";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RemediateOptions } from "../../src/cli/commands/remediate.ts";
import { remediateVerb } from "../../src/cli/remediate.ts";
import type { Remediation } from "../../src/model/remediation.ts";

const outage = join(import.meta.dirname, "../../examples/outage");
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchmend-demo-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(options: Partial<RemediateOptions> = {}): Promise<{ exit: number; stdout: string }> {
  let stdout = "";
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  try {
    const exit = await remediateVerb({
      from: outage,
      work: join(folder, "work"),
      since: 86_400_000,
      timeout: 20_000,
      format: "json",
      quiet: true,
      color: false,
      ...options,
    });
    return { exit, stdout };
  } finally {
    spy.mockRestore();
  }
}

const parse = (stdout: string): Remediation => JSON.parse(stdout) as Remediation;

function withRole(remediation: Remediation, round: number, role: string): string[] {
  const findings = remediation.rounds[round]?.report.findings ?? [];
  return findings.filter((one) => one.role === role && one.severity !== "notice").map((one) => one.rule);
}

const storage = "prometheus/data-directory-not-writable";
const mismatch = "loki/frontend-worker-port-mismatch";
const invalid = "prometheus/rules-file-invalid";

test("two roots and a masked fault; the masked one surfaces; then nothing is wrong", async () => {
  const { exit, stdout } = await run();
  const told = parse(stdout);
  expect(exit).toBe(0);
  expect(told.rounds.map((round) => round.report.verdict)).toEqual(["problems", "problems", "healthy"]);
  expect(withRole(told, 0, "root")).toEqual([storage, mismatch]);
  expect(withRole(told, 0, "latent")).toEqual([invalid]);
  expect(withRole(told, 1, "root")).toEqual([invalid]);
  expect(told.rounds[1]?.surfaced.map((one) => one.rule)).toEqual([invalid]);
  expect(told.rounds.map((round) => round.world)).toEqual([
    "Prometheus: cannot open its storage; Loki: never ready; Grafana and node-exporter: run",
    "Prometheus: cannot load its rules; Loki: ready; Grafana and node-exporter: run",
    "Prometheus: runs; Loki: ready; Grafana and node-exporter: run",
  ]);
  const rivals = told.rounds[0]?.report.findings.find((one) => one.rule === storage)?.rivals ?? [];
  expect(rivals).toContainEqual(expect.objectContaining({ rule: "runasgroup-missing", state: "refuted" }));
  const symptoms = told.rounds[0]?.report.findings.filter((one) => one.role === "symptom") ?? [];
  expect(symptoms.every((one) => one.explainedBy.length > 0)).toBe(true);
  expect(symptoms.map((one) => one.rule).sort()).toEqual([
    "grafana/datasource-unreachable",
    "grafana/datasource-unreachable",
    "kubernetes/pod-crash-looping",
    "kubernetes/pod-crash-looping",
    "kubernetes/service-without-endpoints",
    "kubernetes/service-without-endpoints",
  ]);
});

test("exactly these lines of the files change", async () => {
  await run();
  const changed = filesBelow(join(outage, "deploy")).flatMap((file) => {
    const name = relative(outage, file);
    const before = readFileSync(file, "utf8").split("\n");
    const after = readFileSync(join(folder, "work/evidence", name), "utf8").split("\n");
    const lines = diffArrays(before, after).flatMap((part) =>
      part.added || part.removed ? part.value.map((line) => `${part.added ? "+" : "-"} ${line}`) : [],
    );
    return lines.length > 0 ? [name, ...lines] : [];
  });
  expect(changed).toMatchInlineSnapshot(`
    [
      "deploy/loki.yaml",
      "-       frontend_address: 127.0.0.1:9095",
      "+       frontend_address: 127.0.0.1:9096",
      "deploy/prometheus.yaml",
      "-               description: Less than a tenth is left: clean up or grow it   # runbook 7",
      "+               description: "Less than a tenth is left: clean up or grow it"   # runbook 7",
      "deploy/site.yml",
      "-         owner: root",
      "-         group: root",
      "+         owner: "65534"",
      "+         group: "65534"",
    ]
  `);
});

test("the same recording gives the same bytes", async () => {
  const first = await run({ format: "terminal" });
  const second = await run({ format: "terminal" });
  expect(second).toEqual(first);
  expect(first.stdout).not.toContain(folder);
  // Commands stay on one line, so that they can be pasted.
  const prose = first.stdout.split("\n").filter((line) => !/^\s+\$ /.test(line));
  expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("the plan is told line by line, with the lines around it", async () => {
  const { stdout } = await run({ format: "terminal" });
  const plans = stdout
    .split("\n\n")
    .join("\n")
    .split(/^(?=round \d+: )/m)
    .filter((part) => /^round \d+: (the plan|done)/.test(part));
  await expect(plans.join("")).toMatchFileSnapshot("golden/plans.txt");
});

test("repairing only one part leaves the other as it was recorded", async () => {
  const all = parse((await run({ dryRun: true })).stdout);
  const loki = all.rounds[0]?.report.findings.find((one) => one.rule === mismatch);
  const { exit, stdout } = await run({ only: [loki?.id ?? ""] });
  const told = parse(stdout);
  expect(exit).toBe(1);
  expect(told.rounds.at(-1)?.world).toContain("Prometheus: cannot open its storage; Loki: ready");
  expect(withRole(told, 1, "root")).toEqual([storage]);
});

test("masked faults can be repaired in the same go", async () => {
  const told = parse((await run({ latent: true })).stdout);
  expect(told.rounds.map((round) => round.report.verdict)).toEqual(["problems", "healthy"]);
});

test("a dry run shows the plan and changes nothing", async () => {
  const { exit, stdout } = await run({ dryRun: true });
  expect(exit).toBe(1);
  expect(parse(stdout).rounds).toHaveLength(1);
  expect(existsSync(join(folder, "work/journal.jsonl"))).toBe(false);
  expect(readFileSync(join(folder, "work/evidence/deploy/loki.yaml"), "utf8")).toBe(
    readFileSync(join(outage, "deploy/loki.yaml"), "utf8"),
  );
});

test("the recording is only read, a work folder of somebody else is left alone", async () => {
  const copy = join(folder, "recording");
  cpSync(outage, copy, { recursive: true });
  await run({ from: copy });
  for (const file of filesBelow(outage))
    expect(readFileSync(join(copy, relative(outage, file)), "utf8")).toBe(readFileSync(file, "utf8"));
  writeFileSync(join(folder, "mine.txt"), "mine");
  await expect(run({ work: folder })).rejects.toThrow(/is not empty/);
  expect(readFileSync(join(folder, "mine.txt"), "utf8")).toBe("mine");
});

test("the web page has the picture of the stack", async () => {
  const html = join(folder, "report.html");
  await run({ html });
  const page = readFileSync(html, "utf8");
  expect(page).toContain("<svg");
  for (const name of ["prometheus", "loki", "grafana"]) expect(page).toContain(`metrics/${name}`);
  expect(page).not.toMatch(/(?:src|href)="https?:\/\/(?!grafana|prometheus|kubernetes|github)/);
});

test("from other evidence the plan is shown and nothing is done", async () => {
  const evidence = join(folder, "incident");
  cpSync(join(outage, "deploy"), join(evidence, "deploy"), { recursive: true });
  cpSync(join(outage, "recorded/loki/1-never-ready"), evidence, { recursive: true });
  const { exit, stdout } = await run({ from: evidence });
  const told = parse(stdout);
  expect(exit).toBe(1);
  expect(told.rounds).toHaveLength(1);
  const states = told.rounds[0]?.preview.map((result) => [
    result.step.do,
    result.state,
    result.command?.split(" ")[0],
  ]);
  expect(states).toContainEqual(["edit-document", "done", undefined]);
  expect(states).toContainEqual(["restart", "left", "kubectl"]);
  expect(readFileSync(join(evidence, "deploy/loki.yaml"), "utf8")).toBe(
    readFileSync(join(outage, "deploy/loki.yaml"), "utf8"),
  );
});

function filesBelow(path: string): string[] {
  return readdirSync(path).flatMap((name) => {
    const full = join(path, name);
    return statSync(full).isDirectory() ? filesBelow(full) : [full];
  });
}
