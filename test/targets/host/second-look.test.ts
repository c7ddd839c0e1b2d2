// What the second look costs a host: files of a container are read through its process while that still is the container's.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { HostCommand } from "../../../src/targets/host/host-command.ts";
import type { SeenContainer, SeenMount } from "../../../src/targets/host/inspected.ts";
import { secondLook } from "../../../src/targets/host/second-look.ts";

const id = "ab".repeat(32);
const limits = { itemTimeoutMs: 1, itemBytes: 1, logBytes: 1, sinceSeconds: 1, parallel: 1 };
const bound = (source: string, target: string): SeenMount => ({
  type: "bind",
  source,
  target,
  isWritable: false,
});

const container = (more: Partial<SeenContainer>): SeenContainer => ({
  name: "prometheus",
  id,
  pid: 4711,
  kind: "prometheus",
  isRunning: true,
  isTroubled: false,
  networkMode: "host",
  addresses: [],
  published: new Map(),
  mounts: [],
  words: [],
  env: new Map(),
  labels: new Map(),
  ...more,
});

const commands = (more: Partial<SeenContainer>): readonly HostCommand[] =>
  secondLook({ containers: [container(more)], units: [], listeners: new Map() }, limits, "curl");
const runOf = (more: Partial<SeenContainer>, part: string): string | undefined =>
  commands(more).find(({ text }) => text.includes(part))?.run;

test("names are read through the process, and by the engine when the process is another's by now", () => {
  const run = runOf({}, "cat /etc/hosts") ?? "";
  expect(run).toContain(`grep -q ${id} /proc/4711/cgroup`);
  expect(run).toContain("/proc/4711/root/etc/hosts");
  expect(run.indexOf("{engine} cp prometheus:/etc/hosts")).toBeGreaterThan(run.indexOf("/proc/4711"));
  const { pid: _, ...unknown } = container({});
  const [asked] = secondLook(
    { containers: [unknown], units: [], listeners: new Map() },
    limits,
    "curl",
  ).filter(({ text }) => text.includes("cat /etc/hosts"));
  expect(asked?.run).toMatch(/^\{engine\} cp /);
});

test("what only sees the whole host is not asked for its mounts", () => {
  expect(runOf({ mounts: [bound("/", "/host"), bound("/proc", "/host/proc")] }, "mountinfo")).toBeUndefined();
  expect(runOf({ mounts: [bound("/etc/prom.yml", "/etc/prom.yml")] }, "mountinfo")).toBeDefined();
});

test("of the mounts only the container's own lines come, whatever their names", () => {
  const run = runOf({ mounts: [bound("/a", "/etc/my file.yml"), bound("/b", "/data")] }, "mountinfo") ?? "";
  const folder = mkdtempSync(join(tmpdir(), "wm-mounts-"));
  try {
    const line = (target: string): string => `1 2 8:1 /a ${target} rw - ext4 /dev/sda1 rw\n`;
    const file = join(folder, "mountinfo");
    const own = ["/", "/etc/my\\040file.yml", "/data"].map(line).join("");
    writeFileSync(file, `${own}${line("/data/below")}${line("/host/data")}`);
    const script = run.slice(run.indexOf("awk ")).replace(/"\/proc\/\$pid\/mountinfo"/, file);
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(own);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
