// `collect` and `diagnose --save`: what was judged at once and what its bundle says are the same bytes.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { diagnose } from "../../src/cli/diagnose.ts";
import { judgeAndSave } from "../../src/cli/save-bundle.ts";
import { reportOf } from "../../src/diagnose/diagnose.ts";
import type { CollectedItem } from "../../src/model/collected.ts";
import { renderAnalysisText } from "../../src/report/analysis-text.ts";
import { renderJson } from "../../src/report/json.ts";
import { rules } from "../../src/rules/registry.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "save-bundle-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const items: readonly CollectedItem[] = [
  {
    locator: "docker logs prometheus",
    how: "ssh",
    command: "docker logs prometheus",
    host: "server",
    body: Buffer.from(
      'ts=2026-05-02T08:00:00Z caller=query_logger.go:91 level=error component=activeQueryTracker msg="Error opening query log file" file=/prometheus/queries.active err="open /prometheus/queries.active: permission denied" token=s3cr3t-s3cr3t-s3cr3t\n' +
        "panic: Unable to create mmap-ed active query log\n",
    ),
  },
  {
    locator: "ss -ltnup",
    how: "ssh",
    host: "server",
    body: { because: "forbidden", detail: "needs sudo", decideWith: "sudo ss -ltnup" },
  },
];

const said = async (path: string) =>
  renderJson(await reportOf(path, { rules, version: "0.1.0", mode: "diagnose" }));

it.each(["bundle", "bundle.tar.gz"])("%s", async (name) => {
  const path = join(folder, name);
  const report = await judgeAndSave(items, { path, quiet: true, startedAt: "2026-05-02T08:01:00.000Z" });
  expect(report.findings.length).toBeGreaterThan(0);
  expect(await said(path)).toBe(renderJson(report));
  if (name === "bundle")
    expect(readFileSync(join(path, "00-ANALYSIS-AND-RECOMMENDATIONS.txt"), "utf8")).toBe(
      renderAnalysisText(report),
    );
});

it("without a path only judges", async () => {
  const saved = await judgeAndSave(items, { path: join(folder, "b"), quiet: true });
  expect(renderJson(await judgeAndSave(items, { quiet: true }))).toBe(renderJson(saved));
});

it("--save with --from says which verb makes a bundle of what is saved", async () => {
  const asked = diagnose({
    from: folder,
    save: join(folder, "b"),
    color: false,
    format: "json",
    since: 86_400,
    timeout: 20_000,
  });
  await expect(asked).rejects.toMatchObject({
    code: "usage",
    hint: expect.stringContaining("watchmend collect --from"),
  });
});
