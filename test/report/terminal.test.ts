// The terminal page keeps to its width, prints no escape sequence unasked, and loses no finding.
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { renderTerminal } from "../../src/report/terminal.ts";
import { columns } from "../../src/report/text/width.ts";
import { reports } from "./reports/all.ts";
import { crashLoop } from "./reports/crash-loop.ts";
import { dockerAgents } from "./reports/docker-agents.ts";
import { huge } from "./reports/huge.ts";

/** Commands are exempt: a wrapped command cannot be pasted. Their following lines are indented below the `$`. */
function proseRows(text: string): string[] {
  const rows = text.split("\n");
  return rows.filter((row, index) => !/^ *\$ /.test(row) && !/^ *\$ /.test(rows[index - 1] ?? ""));
}

describe.each(Object.entries(reports))("%s", (_name, report) => {
  test.each([40, 60, 80, 120])("fits in %i columns", (width) => {
    const tooLong = proseRows(renderTerminal(report, { width })).filter((row) => columns(row) > width);
    expect(tooLong).toEqual([]);
  });

  test("has control characters only when colour is asked for", () => {
    expect(renderTerminal(report)).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
    const coloured = renderTerminal(report, { colour: true });
    expect(stripVTControlCharacters(coloured)).toBe(renderTerminal(report));
    expect(coloured.replace(/\x1b\[\d+m/g, "")).not.toContain("\x1b");
  });

  test("ends with the verdict line", () => {
    expect(renderTerminal(report)).toMatch(/\n[^\n]+\n$/);
  });
});

test("says what was found and what was not seen in the last line", () => {
  expect(renderTerminal(crashLoop).trimEnd().split("\n").at(-1)).toBe(
    "1 root cause, 4 symptoms, 1 latent, 1 notice; could not look at 2 things",
  );
});

test("puts the cause first", () => {
  const [, second] = renderTerminal(crashLoop).split("\n");
  expect(second).toBe("critical: Prometheus may not write to its own data directory");
});

test("underlines the part of the log line that decides", () => {
  const rows = renderTerminal(crashLoop).split("\n");
  const marked = rows.flatMap((row, index) => {
    const carets = /\^+/.exec(row);
    return carets ? [(rows[index - 1] ?? "").slice(carets.index, carets.index + carets[0].length)] : [];
  });
  expect(marked.slice(0, 2).join(" ")).toBe("open /prometheus/lock: permission denied");
});

test("hangs a symptom under its most direct cause", () => {
  const text = renderTerminal(crashLoop);
  const depth = (title: string) =>
    text
      .split("\n")
      .find((row) => row.includes(title))
      ?.indexOf(title) ?? 0;
  expect(depth("A Service has no ready pod")).toBeGreaterThan(depth("A container keeps restarting"));
  expect(depth("Grafana cannot resolve")).toBeGreaterThan(depth("A Service has no ready pod"));
});

test("tells causes of one kind once and names every subject", () => {
  const text = renderTerminal(dockerAgents);
  expect(text.match(/An agent's port is published/g)).toHaveLength(1);
  for (const host of ["web-01", "web-02", "db-01", "queue-01"])
    expect(text).toContain(`${host}/node-exporter`);
});

test("folds many symptoms of one kind and stays short", () => {
  const text = renderTerminal(huge);
  expect(text).toMatch(/\d+ × A scrape target is down/);
  expect(text.split("\n").length).toBeLessThan(60);
});

test("every symptom is told even if its cause is not in the report", () => {
  const [first] = crashLoop.findings;
  const orphaned = { ...crashLoop, findings: crashLoop.findings.filter((finding) => finding !== first) };
  const text = renderTerminal(orphaned);
  for (const finding of orphaned.findings.filter((one) => one.role === "symptom"))
    expect(text).toContain(finding.title);
});

test("cause links that run in a circle end", () => {
  const findings = crashLoop.findings.map((finding) => ({
    ...finding,
    explains: crashLoop.findings.map((other) => other.id),
  }));
  expect(renderTerminal({ ...crashLoop, findings })).toContain("Grafana cannot resolve");
});
