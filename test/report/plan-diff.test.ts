// Every kind of step as terraform-like lines; whole files as a real diff.
import { expect, test } from "vitest";
import type { Step } from "../../src/model/plan.ts";
import { planDiff, planLines } from "../../src/report/plan-diff.ts";

const steps: Step[] = [
  {
    do: "edit-document",
    title: "Scrape the right port",
    file: { source: "prometheus.yml", line: 12 },
    embeddedKey: "prometheus.yml",
    edits: [
      {
        op: "set",
        path: ["scrape_configs", 0, "static_configs"],
        value: [{ targets: ["a:9100", "b:9100", "c:9100"], labels: { role: "web" } }],
      },
      { op: "set", path: ["global", "scrape_interval"], value: "15s" },
      { op: "remove", path: ["scrape_configs", 1, "metrics.path"] },
    ],
  },
  {
    do: "replace-lines",
    title: "Quote it",
    file: { source: "alerts.yml" },
    from: 7,
    to: 8,
    expect: "  a: b: c\n  same: 1",
    replacement: '  a: "b: c"\n  same: 1',
  },
  {
    do: "write-file",
    title: "Write the unit",
    host: "web-01",
    path: "/etc/systemd/system/x.service",
    content: "[Unit]\n",
    mode: 0o644,
  },
  { do: "set-owner", title: "Owner", path: "/srv/data", uid: 10001, mode: 0o750 },
  {
    do: "patch-object",
    title: "Add the label",
    kind: "Service",
    namespace: "mon",
    name: "loki",
    patch: [
      { op: "test", path: "/spec/type", value: "ClusterIP" },
      { op: "add", path: "/metadata/labels/app.kubernetes.io~1name", value: "loki" },
      { op: "replace", path: "/spec/ports/0/port", value: 3100 },
      { op: "remove", path: "/spec/clusterIP" },
    ],
  },
  { do: "restart", title: "Restart", what: { kind: "workload", namespace: "mon", name: "loki" } },
  { do: "by-hand", title: "Look at it", command: "cat <<'E' | sh\necho hi\nE" },
  { do: "by-hand", title: "Ask the owner of the network" },
];

test("every kind of step", async () => {
  await expect(planDiff(steps)).toMatchFileSnapshot("golden/plan.txt");
});

test("with colour the text is the same", () => {
  expect(planDiff(steps, { colour: true }).replace(/\x1b\[\d+m/g, "")).toBe(planDiff(steps));
});

test("with the whole text before and after, only what changes is shown, with its place", () => {
  const before = Array.from({ length: 200 }, (_, index) => `line ${index + 1}`).join("\n");
  const after = before.replace("line 120", "line 120 changed");
  const [, , replace] = steps;
  const lines = planLines(replace ? [replace] : [], new Map([[0, { before, after }]]));
  expect(lines.map((line) => `${line.sign} ${line.text}`)).toEqual([
    "# Write the unit (on web-01)",
    "~ /etc/systemd/system/x.service",
    "@ line 117",
    "  line 117",
    "  line 118",
    "  line 119",
    "- line 120",
    "+ line 120 changed",
    "  line 121",
    "  line 122",
    "  line 123",
  ]);
  const same = planLines(replace ? [replace] : [], new Map([[0, { before, after: before }]]));
  expect(same[1]?.text).toBe("already so, nothing to change");
});

test("a change of everything in a large file ends in time and is cut", () => {
  const text = (word: string) => Array.from({ length: 20_000 }, (_, index) => `${word} ${index}`).join("\n");
  const [, , replace] = steps;
  const begin = performance.now();
  const lines = planLines(replace ? [replace] : [], new Map([[0, { before: text("a"), after: text("b") }]]));
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(lines.length).toBeLessThan(200);
});

test("long lines hang under their sign and stay within the width", () => {
  const long: Step = { do: "write-file", title: "x", path: "/a", content: `${"word ".repeat(60)}\n` };
  for (const row of planDiff([long], { width: 60 }).split("\n")) expect(row.length).toBeLessThanOrEqual(60);
});
