// A bundle is complete, redacted, the same for the same evidence, and reads back as what was collected.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { evidenceOf } from "../../src/bundle/collected-item.ts";
import { limits } from "../../src/bundle/limits.ts";
import type { Manifest } from "../../src/bundle/manifest.ts";
import { readEvidence } from "../../src/bundle/read-evidence.ts";
import { createRedactor } from "../../src/bundle/redact.ts";
import type { EvidenceItem } from "../../src/bundle/source-text.ts";
import { toSegments } from "../../src/bundle/to-segments.ts";
import { writeBundle } from "../../src/bundle/write-bundle.ts";
import type { CollectedItem } from "../../src/model/collected.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "watchmend-test-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const secret = "Xk93vLmQ2pRt";
const items: readonly CollectedItem[] = [
  {
    locator: "kubernetes: /api/v1/namespaces/monitoring/pods",
    how: "kubernetes-api",
    body: Buffer.from('{"kind":"PodList","items":[]}\n'),
    durationMs: 12,
  },
  {
    locator: "mon: docker logs grafana",
    how: "command",
    command: "docker logs grafana",
    host: "mon",
    hints: { container: "grafana", component: "grafana", previous: true },
    body: Buffer.from(`level=info msg="login with ${secret}"\n`),
  },
  {
    locator: "mon: /etc/grafana/grafana.ini",
    how: "file",
    host: "mon",
    path: "/etc/grafana/grafana.ini",
    body: Buffer.from(`[security]\nadmin_password = ${secret}\n`),
  },
  { locator: "mon: grep x", how: "command", command: "grep x", body: Buffer.from("") },
  {
    locator: "jenkins1: docker ps",
    how: "command",
    body: {
      because: "unreachable",
      detail: `ssh with password=${secret} timed out`,
      decideWith: "ssh jenkins1 docker ps",
    },
  },
];
const content = {
  items,
  toolVersion: "0.1.0",
  collectorLog: `read with ${secret}\n`,
  analysis: `The password ${secret} is weak.\n`,
};

async function read(path: string): Promise<EvidenceItem[]> {
  const found: EvidenceItem[] = [];
  for await (const item of readEvidence(path)) found.push(item);
  return found;
}

/** Streams are compared by what they say. */
async function settled(evidence: readonly EvidenceItem[]): Promise<unknown[]> {
  const out: unknown[] = [];
  for (const item of evidence) {
    if (item.kind === "gap") out.push(item);
    else if (item.kind === "text") out.push({ ...item, bytes: Buffer.from(item.bytes).toString() });
    else {
      const parts: Uint8Array[] = [];
      for await (const chunk of item.open()) parts.push(chunk);
      const { open: _open, sizeBytes: _size, ...rest } = item;
      out.push({ ...rest, text: Buffer.concat(parts).toString() });
    }
  }
  return out;
}

describe("a bundle", () => {
  it("lists every item, also what could not be read", async () => {
    const { manifest } = await writeBundle(join(root, "b"), content);
    const stored: Manifest = JSON.parse(readFileSync(join(root, "b/manifest.json"), "utf8"));
    expect(stored).toEqual(manifest);
    expect(manifest).toMatchSnapshot();
    expect(readdirSync(join(root, "b")).sort()).toEqual([
      "00-ANALYSIS-AND-RECOMMENDATIONS.txt",
      "collector.log",
      "manifest.json",
      "raw",
    ]);
  });

  it("holds no secret anywhere", async () => {
    await writeBundle(join(root, "b"), content);
    expect(() => execFileSync("grep", ["-r", secret, join(root, "b")])).toThrow();
    expect(readFileSync(join(root, "b/00-ANALYSIS-AND-RECOMMENDATIONS.txt"), "utf8")).toBe(
      "The password (redacted:1) is weak.\n",
    );
  });

  it.each(["b", "b.tar.gz"])("reads back as what a live run would judge (%s)", async (name) => {
    await writeBundle(join(root, name), content);
    const back = await read(join(root, name));
    const live = await evidenceOf(items, createRedactor());
    expect(await settled(back)).toEqual(await settled(live));
    const segments = (evidence: readonly EvidenceItem[]) =>
      evidence.flatMap((item) => (item.kind === "text" ? toSegments(item) : []));
    expect(segments(back)).toEqual(segments(live));
    expect(segments(back)[1]).toMatchObject({
      source: "mon: docker logs grafana",
      command: "docker logs grafana",
      host: "mon",
      text: 'level=info msg="login with (redacted:1)"',
      hints: { container: "grafana", previous: true },
    });
  });

  it("is the same archive for the same evidence, and plain tar reads it", async () => {
    await writeBundle(join(root, "one/b.tar.gz"), content);
    await writeBundle(join(root, "two/b.tar.gz"), content);
    expect(readFileSync(join(root, "one/b.tar.gz"))).toEqual(readFileSync(join(root, "two/b.tar.gz")));
    const listed = execFileSync("tar", ["tzf", join(root, "one/b.tar.gz")], { encoding: "utf8" });
    expect(listed.trim().split("\n")[0]).toBe("b/00-ANALYSIS-AND-RECOMMENDATIONS.txt");
  });

  it("bundled again, it is the same", async () => {
    await writeBundle(join(root, "a"), content);
    const again = (await read(join(root, "a"))).flatMap((item): CollectedItem[] =>
      item.kind === "text" ? [{ locator: item.source, how: "bundle", body: item.bytes }] : [],
    );
    const { removed } = await writeBundle(join(root, "b"), { items: again, toolVersion: "0.1.0" });
    expect(removed).toEqual([]);
    const texts = (folder: string) =>
      readdirSync(join(root, folder, "raw")).map((name) =>
        readFileSync(join(root, folder, "raw", name), "utf8"),
      );
    expect(texts("b")).toEqual(texts("a"));
  });

  it("streams what is too large to be held, with the secrets that other items give away", async () => {
    const lines = `level=info msg="with ${secret} in it" text="${"x".repeat(300)}"\n`;
    const count = Math.ceil((limits.wholeTextBytes + 1) / lines.length);
    const open = async function* () {
      const block = Buffer.from(lines.repeat(1_000));
      for (let i = 0; i < count; i += 1_000)
        yield block.subarray(0, Math.min(1_000, count - i) * lines.length);
    };
    const log: CollectedItem = { locator: "mon: big.log", how: "file", body: { open } };
    const { manifest } = await writeBundle(join(root, "b.tar.gz"), { ...content, items: [log, ...items] });
    expect(manifest.items[0]).toMatchObject({ status: "collected", redactionCount: count });
    expect(manifest.items[0]?.redactions).toHaveLength(1_000);
    expect(manifest.items[0]?.redactions?.at(-1)?.line).toBe(1_000);
    const [back] = await read(join(root, "b.tar.gz"));
    expect(back?.kind).toBe("stream");
    let text = "";
    if (back?.kind === "stream")
      for await (const chunk of back.open()) text = `${text}${Buffer.from(chunk)}`.slice(-2_000);
    expect(text).not.toContain(secret);
    expect(text).toContain("(redacted:1)");
  });

  it("tells items that were changed or lost afterwards", async () => {
    await writeBundle(join(root, "b"), content);
    const [first, second] = readdirSync(join(root, "b/raw"));
    writeFileSync(join(root, "b/raw", first ?? ""), "{}");
    rmSync(join(root, "b/raw", second ?? ""));
    writeFileSync(join(root, "b/extra.txt"), "$ uptime\nup\n");
    const back = await read(join(root, "b"));
    expect(
      back
        .filter((item) => item.kind === "gap")
        .map((item) => item.kind === "gap" && [item.gap.what, item.gap.because]),
    ).toEqual([
      ["jenkins1: docker ps", "unreachable"],
      ["kubernetes: /api/v1/namespaces/monitoring/pods", "unreadable"],
      ["mon: docker logs grafana", "absent"],
    ]);
    expect(back.some((item) => item.kind === "text" && item.source === "extra.txt")).toBe(true);
  });

  it("is written completely or not at all, and replaces nothing", async () => {
    const failing: CollectedItem = {
      locator: "x",
      how: "file",
      body: {
        // biome-ignore lint/correctness/useYield: it fails before it has anything
        open: async function* () {
          throw new Error("connection lost");
        },
      },
    };
    await expect(writeBundle(join(root, "b"), { ...content, items: [failing] })).rejects.toThrow(
      "connection lost",
    );
    expect(readdirSync(root)).toEqual([]);
    await writeBundle(join(root, "b"), content);
    await expect(writeBundle(join(root, "b"), content)).rejects.toMatchObject({ code: "output-unwritable" });
    writeFileSync(join(root, "file"), "");
    await expect(writeBundle(join(root, "file/b"), content)).rejects.toMatchObject({
      code: "output-unwritable",
    });
    mkdirSync(join(root, "empty"));
    await writeBundle(join(root, "empty"), content);
    expect(existsSync(join(root, "empty/manifest.json"))).toBe(true);
    expect(statSync(join(root, "b/manifest.json")).mode & 0o077).toBe(0);
  });
});
