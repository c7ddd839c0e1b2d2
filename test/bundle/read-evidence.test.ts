// Everything a path can be, friendly and hostile: it is read, told as a gap, or refused; it never hangs and never fills the memory.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FileSystem, realFileSystem } from "../../src/bundle/file-system.ts";
import { limits } from "../../src/bundle/limits.ts";
import { type ReadOptions, readEvidence } from "../../src/bundle/read-evidence.ts";
import type { EvidenceItem } from "../../src/bundle/source-text.ts";
import { UserError } from "../../src/model/errors.ts";
import { tarGzOf, tarOf, zipOf } from "./archives.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "watchmend-test-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(name: string, content: string | Uint8Array = "text\n"): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

async function read(path = root, options: ReadOptions = {}): Promise<EvidenceItem[]> {
  const items: EvidenceItem[] = [];
  for await (const item of readEvidence(path, options)) items.push(item);
  return items;
}

const brief = (items: readonly EvidenceItem[]) =>
  items.map((item) =>
    item.kind === "gap"
      ? `gap ${item.gap.what}: ${item.gap.because}`
      : `${item.kind} ${item.source}${item.kind === "text" ? ` ${Buffer.from(item.bytes).toString().trim()}` : ""}`,
  );

async function errorOf(promise: Promise<unknown>): Promise<UserError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe("paths", () => {
  it("reads one file", async () => {
    expect(brief(await read(put("a.log", "x")))).toEqual(["text a.log x"]);
  });

  it("reads a folder in the order of its paths, without droppings of desktops and git", async () => {
    for (const name of ["b.txt", "a/z.txt", "a/b/c.txt", "a-b.txt", ".git/config", "a/.DS_Store"])
      put(name, name);
    expect(brief(await read())).toEqual([
      "text a/b/c.txt a/b/c.txt",
      "text a/z.txt a/z.txt",
      "text a-b.txt a-b.txt",
      "text b.txt b.txt",
    ]);
  });

  it("reads standard input, also an archive", async () => {
    expect(brief(await read("-", { stdin: Readable.from([Buffer.from("a"), Buffer.from("b")]) }))).toEqual([
      "text stdin ab",
    ]);
    const archive = await tarGzOf([{ name: "x/a.txt", text: "one" }]);
    expect(brief(await read("-", { stdin: Readable.from([archive]) }))).toEqual(["text x/a.txt one"]);
  });

  it("places files below hosts/<name>/ on that host", async () => {
    put("case/hosts/mon/etc/loki/config.yml", "a: 1");
    expect(await read()).toMatchObject([
      { host: "mon", path: "/etc/loki/config.yml", hints: { component: "loki" } },
    ]);
  });

  it("takes hosts from prefixes that several files share", async () => {
    for (const name of [
      "mon-ss.txt",
      "jenkins1-ss.txt",
      "mon-logs-prometheus.txt",
      "config-loki.txt",
      "logs-loki.txt",
    ])
      put(name);
    const hosts = (await read()).flatMap((item) =>
      item.kind === "gap" ? [] : [[item.source, item.hints?.host]],
    );
    expect(Object.fromEntries(hosts)).toEqual({
      "mon-ss.txt": "mon",
      "jenkins1-ss.txt": "jenkins1",
      "mon-logs-prometheus.txt": "mon",
      "config-loki.txt": undefined,
      "logs-loki.txt": undefined,
    });
  });

  it("knows sosreports", async () => {
    put("sosreport-mon1-2026-01-02-abcdef/etc/hosts");
    put("sosreport-mon1-2026-01-02-abcdef/sos_commands/networking/ss_-peaonmi");
    expect(await read()).toMatchObject([
      { host: "mon1", path: "/etc/hosts" },
      { host: "mon1", command: "ss -peaonmi" },
    ]);
  });

  it.each([
    ["dump/monitoring/loki-0/logs.txt", { namespace: "monitoring", pod: "loki-0", component: "loki" }],
    [
      "mg/namespaces/mon/pods/prom-0/prometheus/prometheus/logs/previous.log",
      { namespace: "mon", pod: "prom-0", container: "prometheus", previous: true, component: "prometheus" },
    ],
    [
      "mg/mon/pods/prom-0/prometheus/prometheus/logs/current.log",
      { namespace: "mon", pod: "prom-0", container: "prometheus", component: "prometheus" },
    ],
    [
      "sb/cluster-resources/pods/logs/mon/grafana-1/grafana-previous.log",
      { namespace: "mon", pod: "grafana-1", container: "grafana", previous: true, component: "grafana" },
    ],
    [
      "n/var/log/pods/mon_loki-0_1b2c/loki/3.log",
      { namespace: "mon", pod: "loki-0", container: "loki", component: "loki" },
    ],
  ])("knows the layout of %s", async (name, hints) => {
    put(name);
    expect(await read()).toMatchObject([{ hints }]);
  });
});

describe("archives", () => {
  const members = [
    { name: "./support/b.txt", text: "two" },
    { name: "support/a.txt", text: "one" },
  ];
  const expected = ["text support/a.txt one", "text support/b.txt two"];

  it("reads tar, tar.gz, zip and gz", async () => {
    expect(brief(await read(put("x.tar", await tarOf(members))))).toEqual(expected);
    expect(brief(await read(put("x.tgz", await tarGzOf(members))))).toEqual(expected);
    const zipped = zipOf([
      { name: "support\\b.txt", text: "two", store: true },
      { name: "support/a.txt", text: "one" },
    ]);
    expect(brief(await read(put("x.zip", zipped)))).toEqual(expected);
    expect(brief(await read(put("app.log.gz", gzipSync("line"))))).toEqual(["text app.log.gz line"]);
  });

  it("opens archives inside folders and archives, to a limit", async () => {
    let inner = await tarGzOf([{ name: "deep.txt", text: "deep" }]);
    put("case/logs.tgz", await tarGzOf([{ name: "in.zip", text: zipOf([{ name: "a.txt", text: "one" }]) }]));
    for (let i = 0; i < 4; i++) inner = await tarGzOf([{ name: `n${i}.tgz`, text: inner }]);
    put("nest.tgz", inner);
    expect(brief(await read())).toEqual([
      "text case/logs.tgz/in.zip/a.txt one",
      "gap nest.tgz/n3.tgz/n2.tgz/n1.tgz: too-large",
    ]);
  });

  it("reads long names, pax and GNU", async () => {
    const long = `${"folder-with-a-long-name/".repeat(8)}file.txt`;
    expect(brief(await read(put("x.tar", await tarOf([{ name: long, text: "x" }]))))).toEqual([
      `text ${long} x`,
    ]);
    const folder = `${"g".repeat(90)}/${"h".repeat(90)}`;
    put(`src/${folder}/f.txt`, "gnu");
    execFileSync("tar", ["--format=gnu", "-cf", join(root, "gnu.tar"), "-C", join(root, "src"), "."]);
    expect(brief(await read(join(root, "gnu.tar")))).toEqual([`text ${folder}/f.txt gnu`]);
  });

  it("does not follow paths and links that lead out", async () => {
    const tar = await tarOf([
      { name: "../up.txt", text: "x" },
      { name: "/etc/abs.txt", text: "x" },
      { name: "a/../../b.txt", text: "x" },
      { name: "link", type: "symlink", linkname: "/etc/passwd" },
      { name: "up", type: "symlink", linkname: "../../x" },
      { name: "hard", type: "link", linkname: "../x" },
      { name: "fine", type: "symlink", linkname: "ok.txt" },
      { name: "gone", type: "symlink", linkname: "missing.txt" },
      { name: "pipe", type: "fifo" },
      { name: "ok.txt", text: "ok" },
    ]);
    const items = brief(await read(put("x.tar", tar)));
    expect(items[0]).toBe("text ok.txt ok");
    expect(items.slice(1).sort()).toEqual([
      "gap ../up.txt: unreadable",
      "gap /etc/abs.txt: unreadable",
      "gap a/../../b.txt: unreadable",
      "gap gone: absent",
      "gap hard: unreadable",
      "gap link: unreadable",
      "gap pipe: unreadable",
      "gap up: unreadable",
    ]);
    const zipped = zipOf([
      { name: "../up.txt", text: "x" },
      { name: "C:\\abs.txt", text: "x" },
      { name: "secret.txt", text: "x", flags: 1 },
      { name: "odd.txt", text: "x", method: 12 },
    ]);
    expect(brief(await read(put("x.zip", zipped)))).toEqual([
      "gap ../up.txt: unreadable",
      "gap C:\\abs.txt: unreadable",
      "gap odd.txt: unreadable",
      "gap secret.txt: unreadable",
    ]);
  });

  it("refuses what is cut off when it was named, and keeps what is left when it was found", async () => {
    const tar = await tarOf([
      { name: "a.txt", text: "one" },
      { name: "b.txt", text: "b".repeat(5_000) },
    ]);
    const cuts = {
      "cut.tar": tar.subarray(0, 3_000),
      "cut.tgz": gzipSync(tar, { level: 0 }).subarray(0, 3_000),
      "cut.zip": zipOf([{ name: "a.txt", text: "one" }]).subarray(0, -30),
    };
    for (const [name, bytes] of Object.entries(cuts)) {
      expect(await errorOf(read(put(name, bytes)))).toMatchObject({ code: "archive-damaged" });
    }
    expect(brief(await read())).toEqual([
      "text cut.tar/a.txt one",
      "text cut.tgz/a.txt one",
      "gap cut.tar: unreadable",
      "gap cut.tgz: unreadable",
      "gap cut.zip: unreadable",
    ]);
    const log = gzipSync(Array.from({ length: 90_000 }, (_, i) => `line ${i * 7919}\n`).join(""));
    rmSync(root, { recursive: true });
    put("a.log.gz", log.subarray(0, log.length / 2));
    expect((await read()).map((item) => item.kind)).toEqual(["text", "gap"]);
  });

  it("refuses bombs", async () => {
    const bytes = Buffer.alloc(64 * 1024 * 1024, "a");
    put("bomb.tgz", await tarGzOf([{ name: "a.txt", text: bytes }]));
    put("bomb.zip", zipOf([{ name: "a.txt", text: bytes }]));
    for (const name of ["bomb.tgz", "bomb.zip"]) {
      expect(await errorOf(read(join(root, name)))).toMatchObject({ code: "archive-refused" });
    }
    expect(brief(await read())).toEqual(["gap bomb.tgz: too-large", "gap bomb.zip: too-large"]);
    // A packed log is read as far as it is believable.
    const kinds: string[] = [];
    for await (const item of readEvidence(put("bomb.gz", gzipSync(bytes)))) {
      kinds.push(item.kind);
      let size = 0;
      if (item.kind === "stream") for await (const chunk of item.open()) size += chunk.length;
      expect(size).toBeLessThan(40 * 1024 * 1024);
    }
    expect(kinds).toEqual(["stream", "gap"]);
    const overlapping = zipOf([
      { name: "a.txt", text: "same" },
      { name: "b.txt", text: "same", sameBytesAs: 0 },
    ]);
    expect(await errorOf(read(put("o.zip", overlapping)))).toMatchObject({ code: "archive-refused" });
  });

  it("notices a wrong check sum and a wrong size", async () => {
    put(
      "x.zip",
      zipOf([
        { name: "a.txt", text: "one", crc: 1 },
        { name: "b.txt", text: "longer", unpacked: 2 },
        { name: "c.txt", text: "c" },
      ]),
    );
    expect(brief(await read())).toEqual([
      "text x.zip/c.txt c",
      "gap x.zip/a.txt: unreadable",
      "gap x.zip/b.txt: unreadable",
    ]);
  });

  it("tells that xz and zstd have to be unpacked first", async () => {
    put("a.xz", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2]));
    expect(brief(await read())).toEqual(["gap a.xz: unparseable"]);
  });
});

describe("hostile files", () => {
  it("hands large texts over as streams that can be opened again", async () => {
    const path = put("big.log", "line\n");
    truncateSync(path, 0);
    writeFileSync(path, Buffer.alloc(limits.wholeTextBytes + 10, "level=info msg=x\n"));
    const archive = await tarGzOf([
      { name: "big.log", text: Buffer.alloc(limits.wholeTextBytes + 10, "ab c\n") },
    ]);
    put("big.tgz", archive);
    const items = await read();
    expect(brief(items)).toEqual(["stream big.log", "stream big.tgz/big.log"]);
    for (const item of items) {
      if (item.kind !== "stream") continue;
      for (let pass = 0; pass < 2; pass++) {
        let size = 0;
        for await (const chunk of item.open()) size += chunk.length;
        expect(size).toBe(limits.wholeTextBytes + 10);
      }
    }
  });

  it("holds large documents whole", async () => {
    put("pods.json", `{\n"items": [${'"x",'.repeat(5_000_000)}"x"]}`);
    expect((await read())[0]).toMatchObject({ kind: "text", source: "pods.json" });
  });

  it("reads a 200 MB line in constant memory", async () => {
    const path = put("line.log", "");
    const line = Buffer.alloc(1024 * 1024, "x");
    for (let i = 0; i < 200; i++) writeFileSync(path, line, { flag: "a" });
    const before = process.memoryUsage.rss();
    const [item] = await read(path);
    let size = 0;
    if (item?.kind === "stream") for await (const chunk of item.open()) size += chunk.length;
    expect(size).toBe(200 * 1024 * 1024);
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 * 1024);
  });

  it("tells binaries, and many of them in one sentence", async () => {
    for (let i = 0; i < 40; i++) put(`data/wal/${i}`, Buffer.from([0, 1, 2, 3, 0xff, 0, 7, 1, 0, 2]));
    put("ok.txt");
    const items = await read();
    expect(brief(items)).toEqual(["text ok.txt text", "gap data/wal/: unparseable"]);
  });

  it("keeps a log that was cut to zero while it was open", async () => {
    put("a.log", Buffer.concat([Buffer.alloc(9_000), Buffer.from("level=info msg=x\n".repeat(50))]));
    expect((await read())[0]?.kind).toBe("text");
  });

  it("does not open FIFOs, sockets and devices", async () => {
    execFileSync("mkfifo", [join(root, "pipe")]);
    const server = createServer().listen(join(root, "sock"));
    put("ok.txt");
    try {
      expect(brief(await read())).toEqual([
        "text ok.txt text",
        "gap pipe: unreadable",
        "gap sock: unreadable",
      ]);
      for (const path of [join(root, "pipe"), join(root, "sock"), "/dev/zero"]) {
        expect(await errorOf(read(path))).toMatchObject({ code: "not-a-regular-file" });
      }
    } finally {
      server.close();
    }
  });

  it("survives links in circles, out of the folder, and to nothing", async () => {
    mkdirSync(join(root, "a"));
    symlinkSync("..", join(root, "a/up"));
    symlinkSync("b", join(root, "c"));
    symlinkSync("c", join(root, "b"));
    symlinkSync("/etc/passwd", join(root, "out"));
    symlinkSync("ok.txt", join(root, "in"));
    put("ok.txt");
    expect(brief(await read())).toEqual([
      "text ok.txt text",
      "gap b: unreadable",
      "gap c: unreadable",
      "gap out: unreadable",
    ]);
  });

  it("tells what may not be read", async () => {
    put("a/x.txt");
    put("b.txt");
    put("c.txt");
    const denied = () => Promise.reject(Object.assign(new Error("denied"), { code: "EACCES" }));
    const fs: FileSystem = {
      ...realFileSystem,
      list: (path) => (path.endsWith("/a") ? denied() : realFileSystem.list(path)),
      open: (path) => (path.endsWith("b.txt") ? denied() : realFileSystem.open(path)),
    };
    expect(brief(await read(root, { fs }))).toEqual([
      "text c.txt text",
      "gap a: forbidden",
      "gap b.txt: forbidden",
    ]);
    expect(await errorOf(read(join(root, "b.txt"), { fs }))).toMatchObject({ code: "path-unreadable" });
    expect(await errorOf(read(join(root, "a"), { fs }))).toMatchObject({ code: "path-unreadable" });
    expect(await errorOf(read(join(root, "nope")))).toMatchObject({ code: "path-not-found" });
  });

  it("tells an empty folder and an empty file", async () => {
    expect(brief(await read())).toEqual(["gap .: absent"]);
    put("empty.txt", "");
    expect(brief(await read())).toEqual(["gap empty.txt: absent"]);
  });

  it("reads thousands of files", async () => {
    for (let i = 0; i < 1_000; i++) put(`d${i % 10}/f${i}.txt`);
    expect(await read()).toHaveLength(1_000);
  });
});
