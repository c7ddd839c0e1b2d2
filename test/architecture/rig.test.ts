// The rig stays apart: no other test and no source needs it, its pins are complete, and what it builds is repeatable.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeImage } from "../rig/parts/archive.ts";
import { prometheusVersion, versionIn } from "../rig/parts/go.ts";
import { allParts } from "../rig/parts/index.ts";
import { keyOf } from "../rig/parts/part.ts";
import { isAlive, self, withLock } from "../rig/process/lock.ts";
import { until } from "../rig/process/wait.ts";
import { replayFailed } from "../rig/replay.ts";
import type { Outcome, Planned } from "../rig/runner.ts";
import type { ClusterScenario } from "../rig/scenario.ts";

const here = join("test", "architecture", "rig.test.ts");

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return path === join("test", "rig") ? [] : filesBelow(path);
    return path.endsWith(".ts") && path !== here ? [path] : [];
  });

describe("the rig", () => {
  it("is imported by nothing outside of it but the benchmarks of a real cluster and of real hosts", () => {
    const guilty = ["src", "test"]
      .flatMap(filesBelow)
      .filter((file) => !/^test\/bench\/(?:cluster\.ts|validate\.ts|deploy\.ts|deploy\/.*)$/.test(file))
      .filter((file) => /from "[^"]*\/rig\//.test(readFileSync(file, "utf8")));
    expect(guilty).toEqual([]);
  });

  it("pins every Go module with its checksums", () => {
    for (const name of readdirSync("test/rig/go")) {
      const goMod = readFileSync(join("test/rig/go", name, "go.mod"), "utf8");
      if (!goMod.includes("require")) continue;
      expect(goMod, name).toMatch(/^tool /m);
      expect(existsSync(join("test/rig/go", name, "go.sum")), name).toBe(true);
    }
  });

  it("gives every part a name and a key of its own, the same each time", () => {
    expect(new Set(allParts.map((part) => part.name)).size).toBe(allParts.length);
    expect(new Set(allParts.map(keyOf)).size).toBe(allParts.length);
    expect(allParts.map(keyOf)).toEqual(allParts.map(keyOf));
  });

  it("builds a part only after those it is made from", () => {
    allParts.forEach((part, index) => {
      for (const need of part.needs)
        expect(allParts.indexOf(need), `${part.name} needs ${need.name}`).toBeLessThan(index);
    });
  });

  it("knows which Prometheus a module version is", () => {
    expect(["v0.305.1", "v0.55.0", "v0.310.2"].map(prometheusVersion)).toEqual(["3.5.1", "0.55.0", "3.10.2"]);
    expect(
      versionIn("require (\n\tk8s.io/api v0.1.0\n\tk8s.io/kubernetes v1.36.3\n)", "k8s.io/kubernetes"),
    ).toBe("v1.36.3");
  });
});

describe("the rig's tools", () => {
  const scratch = mkdtempSync(join(tmpdir(), "rig-test-"));

  it("write the same image twice", async () => {
    const program = join(scratch, "program");
    writeFileSync(program, "#!/bin/sh\n");
    const image = {
      ref: "example:1",
      config: { Cmd: ["/bin/program"] },
      entries: [
        { path: "/bin/program", file: program },
        { path: "/etc/passwd", text: "root:x:0:0::/:\n" },
        { path: "/bin/sh", link: "program" },
      ],
    };
    const digests = [];
    for (const name of ["one.tar", "two.tar"]) {
      await writeImage(image, join(scratch, name));
      digests.push(
        createHash("sha256")
          .update(readFileSync(join(scratch, name)))
          .digest("hex"),
      );
    }
    expect(digests[0]).toBe(digests[1]);
    expect(statSync(join(scratch, "one.tar")).size).toBeGreaterThan(2048);
  });

  it("take over the lock of a process that is gone, and wait for one that lives", async () => {
    const lock = join(scratch, "lock");
    writeFileSync(lock, JSON.stringify({ pid: 1, started: "never" }));
    expect(await withLock(lock, "test", async () => "mine")).toBe("mine");
    const order: string[] = [];
    const slow = withLock(lock, "test", async () => {
      await until("a moment", () => Promise.resolve());
      order.push("first");
    });
    await Promise.all([slow, withLock(lock, "test", async () => order.push("second"))]);
    expect(order).toEqual(["first", "second"]);
    expect(isAlive(self())).toBe(true);
    expect(existsSync(lock)).toBe(false);
  });

  it("say what they last saw when waiting ends in vain", async () => {
    const never = until("the moon", () => Promise.reject(new Error("clouds")), { timeoutMs: 20, everyMs: 5 });
    await expect(never).rejects.toThrow(/the moon; last seen: clouds/);
    rmSync(scratch, { recursive: true, force: true });
  });

  it("plays what failed once more: what passes then is named, what fails again stays failed, many failures stay as they are", async () => {
    const outcome = (name: string, error?: string): Outcome => ({
      suite: "collect",
      scenario: { name, title: name, world: "cluster", needs: [] } as unknown as ClusterScenario,
      ms: 1,
      ...(error === undefined ? {} : { error }),
    });
    const played: string[] = [];
    const play = async (planned: Planned): Promise<Outcome> => {
      played.push(planned.scenario.name);
      return { ...planned, ms: 2, ...(planned.scenario.name === "broken" ? { error: "again" } : {}) };
    };
    const parts = { ready: async () => "", isReady: () => true };
    const never = new AbortController().signal;
    const replay = (first: readonly Outcome[]) => replayFailed(first, parts, { play }, never);
    const { outcomes, flaky } = await replay([
      outcome("fine"),
      outcome("shaky", "once"),
      outcome("broken", "once"),
    ]);
    expect(played).toEqual(["shaky", "broken"]);
    expect(flaky).toEqual(["collect/shaky"]);
    expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined, "again"]);
    const many = ["a", "b", "c", "d"].map((name) => outcome(name, "broken"));
    expect((await replay(many)).outcomes).toEqual(many);
  });
});
