// What stat and sha256sum print, as the kinds of steps read it.
import { expect, test } from "vitest";
import {
  contentsScript,
  parseContents,
  parsePaths,
  pathsScript,
} from "../../src/plan/transaction/host-paths.ts";
import { judge } from "../../src/plan/transaction/kinds/ready-gate.ts";
import { tarOf } from "../../src/plan/transaction/tar.ts";

const hash = "a".repeat(64);

test("kinds, owners, modes and hashes, with blanks in names", () => {
  const facts = parsePaths(
    `0\np 81a4 0 0 12 1700000000 /opt/a b.yml\np 41ed 10001 10001 4096 1700000001 /opt/data\np a1ff 0 0 3 1 /opt/link\nh ${hash}  /opt/a b.yml\n`,
  );
  expect(facts.get("/opt/a b.yml")).toEqual({
    is: "file",
    uid: 0,
    gid: 0,
    mode: 0o644,
    bytes: 12,
    changed: 1_700_000_000,
    sha256: hash,
  });
  expect(facts.get("/opt/data")).toMatchObject({ is: "folder", uid: 10_001, mode: 0o755 });
  expect(facts.get("/opt/link")?.is).toBe("link");
});

test("paths that could lead elsewhere are refused", () => {
  expect(() => pathsScript(["/opt/../etc/passwd"], [])).toThrow(/no plain absolute path/);
  expect(contentsScript(["/opt/it's"])).toContain(`'/opt/it'\\''s'`);
});

test("contents come back byte by byte, also when one is not there", () => {
  const out = Buffer.concat([Buffer.from("3\na\nb"), Buffer.from("-1\n"), Buffer.from("2\n\n\n")]);
  const found = parseContents(out, ["/a", "/gone", "/c"]);
  expect(found.get("/a")?.toString()).toBe("a\nb");
  expect(found.has("/gone")).toBe(false);
  expect(found.get("/c")?.toString()).toBe("\n\n");
});

test("an archive has whole blocks and a header that tar accepts", () => {
  const archive = tarOf([["act.sh", Buffer.from("echo")]]);
  expect(archive.length % 512).toBe(0);
  expect(archive.subarray(257, 262).toString()).toBe("ustar");
  expect(() => tarOf([["x".repeat(120), Buffer.alloc(0)]])).toThrow(/too long/);
});

test("a container is ready only when it stays up, answers, and has read what it was told to read", () => {
  const asked = { ready: "http://10.0.0.2:9090/-/ready" };
  expect(judge("running 0 900 0\nstatus 200\n", asked, "a: x").state).toBe("waiting");
  expect(judge("running 0 9000 0\nstatus 200\n", asked, "a: x").state).toBe("ready");
  expect(judge("running 0 9000 0\nstatus 000000\n", asked, "a: x").state).toBe("waiting");
  // Somebody else's answer on the port does not help a container that keeps ending.
  expect(
    judge(
      "restarting 4 1000 1\nstatus 200\nlog\nlisten tcp :9100: bind: address already in use\n",
      asked,
      "a: x",
    ),
  ).toEqual({
    state: "failing",
    says: "a: x keeps ending (exit code 1): listen tcp :9100: bind: address already in use",
  });
  const since = { ...asked, readSince: 1_700_000_000 };
  const metrics = (ok: number, at: number): string =>
    `running 0 99000 0\nstatus 200\nprometheus_config_last_reload_successful ${ok}\nprometheus_config_last_reload_success_timestamp_seconds ${at}\n`;
  expect(judge(metrics(1, 1_600_000_000), since, "a: x").state).toBe("waiting");
  expect(judge(metrics(1, 1.700000001e9), since, "a: x").state).toBe("ready");
  expect(judge(metrics(0, 1_600_000_000), since, "a: x").state).toBe("failing");
});
