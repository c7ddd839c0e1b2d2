// The component's own validator is asked before anything is changed, over the folders as they will be.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Step } from "../../src/model/plan.ts";
import { compareHost } from "../../src/plan/deploy/compare-host.ts";
import { lookAll } from "../../src/plan/transaction/look-all.ts";
import { localAccess } from "../plan/transaction/local-door.ts";
import { stackOf } from "../render/stack.ts";
import { wishes } from "./observed.ts";

const model = (port: number): ReturnType<typeof stackOf> =>
  stackOf(
    `schema: watchmend.stack/v1\nname: demo\nhosts:\n  mon: {address: 10.0.0.1, roles: [server, agent]}\n  a: {address: 10.0.0.2}\ncomponents:\n  node-exporter: {port: ${port}}\n`,
  );

const checked = (steps: readonly Step[]): string[] =>
  steps.flatMap((step) => (step.do === "check-config" ? [step.component] : []));

describe("what is checked", () => {
  test("everything with a validator on an empty host, before its files are put there", () => {
    const empty = { facts: new Map(), records: {}, containers: [], contents: new Map() };
    const both = wishes(model(9100)).map(
      (wish) => compareHost({ ...wish, observed: { ...wish.observed, ...empty } }).steps,
    );
    const all = both.flatMap(({ agents, servers }) => [agents, servers]);
    expect(all.map(checked)).toContainEqual(expect.arrayContaining(["alertmanager", "loki", "prometheus"]));
    for (const steps of all) {
      const firstPut = steps.findIndex((step) => step.do === "put-files");
      const lastCheck = steps.findLastIndex((step) => step.do === "check-config");
      expect(lastCheck).toBeLessThan(Math.max(firstPut, 0));
    }
  });

  test("only the component whose files change", () => {
    const desired = new Map(wishes(model(9101)).map((wish) => [wish.desired.name, wish.desired]));
    const plans = wishes(model(9100)).map((wish) =>
      compareHost({ ...wish, desired: desired.get(wish.desired.name) ?? wish.desired }),
    );
    expect(plans.flatMap(({ steps }) => [...checked(steps.agents), ...checked(steps.servers)])).toEqual([
      "prometheus",
    ]);
  });
});

describe("how it is asked", () => {
  const folder = mkdtempSync(join(tmpdir(), "watchmend-check-"));
  const host = join(folder, "host");
  const config = join(host, "prometheus");
  const before = process.env.PATH;
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];

  /** An engine that knows one image, whose validator dislikes the word `broken` in any file of the folder. */
  const engine = `#!/bin/sh
echo "$@" >> ${folder}/asked
case "$1 $2" in "image inspect") [ "$3" != gone ]; exit;; esac
for word; do case "$word" in *:/etc/prometheus:ro) at=\${word%%:*};; no-program) exit 127;; esac; done
ls -R "$at" > ${folder}/seen
if grep -rq broken "$at"; then echo "Checking prometheus.yml"; echo "  FAILED: parsing YAML: broken"; exit 1; fi
echo SUCCESS`;

  beforeAll(() => {
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin", "docker"), engine);
    chmodSync(join(folder, "bin", "docker"), 0o755);
    process.env.PATH = `${folder}/bin:${before}`;
  });

  afterAll(() => {
    process.env.PATH = before;
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    rmSync(host, { recursive: true, force: true });
    mkdirSync(join(config, "rules"), { recursive: true });
    writeFileSync(join(config, "rules", "old.yml"), "groups: []\n");
    writeFileSync(join(config, "prometheus.yml"), "global: {}\n");
  });

  const steps = (content: string, image = "prometheus:1", program = "promtool"): readonly Step[] => [
    {
      do: "check-config",
      title: "prometheus checks its configuration",
      host: "a",
      engine: "docker",
      component: "prometheus",
      image,
      folders: [{ path: config, target: "/etc/prometheus" }],
      checks: [{ program, args: ["check", "config", "/etc/prometheus/prometheus.yml"] }],
    },
    {
      do: "put-files",
      title: "configuration",
      host: "a",
      directories: [],
      files: [
        { path: join(config, "prometheus.yml"), content, uid, gid, mode: 0o644 },
        { path: join(config, "rules", "new's.yml"), content: "groups: []\n", uid, gid, mode: 0o644 },
        { path: join(host, "loki", "loki.yaml"), content: "broken", uid, gid, mode: 0o644 },
      ],
      remove: [{ path: join(config, "rules", "old.yml"), sha256: "0" }],
    },
  ];

  const look = async (some: readonly Step[]) => {
    const [first] = await lookAll(some, { doors: { hosts: [localAccess("a", folder)] } });
    return first?.look;
  };

  test("a right configuration passes; it has seen the new files and not the old one, and nothing was touched", async () => {
    expect(await look(steps("global: {scrape_interval: 1m}\n"))).toMatchObject({ state: "already" });
    const seen = readFileSync(join(folder, "seen"), "utf8");
    expect(seen).toContain("new's.yml");
    expect(seen).not.toContain("old.yml");
    expect(readFileSync(join(config, "prometheus.yml"), "utf8")).toBe("global: {}\n");
    expect(existsSync(join(config, "rules", "old.yml"))).toBe(true);
    expect(existsSync(join(config, "rules", "new's.yml"))).toBe(false);
    expect(readFileSync(join(folder, "asked"), "utf8")).toMatch(
      /run --rm --network none .*--entrypoint promtool .*prometheus:1 check config/,
    );
  });

  test("a wrong one is refused in the validator's own words", async () => {
    expect(await look(steps("broken"))).toEqual({
      state: "refused",
      because:
        "prometheus of prometheus:1 refuses its configuration, nothing was put on a: FAILED: parsing YAML: broken",
    });
  });

  test("an image without it, or that is not there, is told and stops nobody", async () => {
    expect(await look(steps("broken", "prometheus:1", "no-program"))).toMatchObject({ state: "left" });
    expect(await look(steps("broken", "gone"))).toMatchObject({
      state: "left",
      because: expect.stringContaining("it is not on the host"),
    });
  });
});
