// A plan is applied whole or not at all; what was there before can be put back; nothing outside the folder is touched.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Step } from "../../src/model/plan.ts";
import { applyToFiles, previewOnFiles } from "../../src/plan/apply-to-files.ts";
import { restoreBackup, sha256 } from "../../src/plan/backup.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "watchmend-apply-"));
  writeFileSync(
    join(root, "loki.yaml"),
    "server:\n  grpc_listen_port: 9096 # grpc\nworker: 127.0.0.1:9095\n",
  );
  writeFileSync(join(root, "rules.yml"), "groups:\n  - description: a: b\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const backup = (): string => join(root, ".watchmend", "backups", "1");
const text = (name: string): string => readFileSync(join(root, name), "utf8");
const apply = (
  steps: readonly Step[],
  fingerprints?: Record<string, string>,
): ReturnType<typeof applyToFiles> =>
  applyToFiles(steps, { root, backup: backup(), ...(fingerprints ? { fingerprints } : {}) });

const setWorker: Step = {
  do: "edit-document",
  title: "dial 9096",
  file: { source: "loki.yaml" },
  edits: [{ op: "set", path: ["worker"], value: "127.0.0.1:9096" }],
};
const quote: Step = {
  do: "replace-lines",
  title: "quote",
  file: { source: "rules.yml" },
  from: 2,
  to: 2,
  expect: "  - description: a: b",
  replacement: '  - description: "a: b"',
};
const restart: Step = {
  do: "restart",
  title: "restart",
  what: { kind: "workload", name: "monitoring/loki" },
};

test("changes files, keeps before-images, leaves the rest to people with commands", () => {
  chmodSync(join(root, "loki.yaml"), 0o640);
  const applied = apply([
    setWorker,
    quote,
    restart,
    { do: "set-owner", title: "own", host: "node a", path: "/srv/it's", uid: 65534, gid: 65534, mode: 0o755 },
  ]);
  expect(applied.ok).toBe(true);
  expect(text("loki.yaml")).toBe("server:\n  grpc_listen_port: 9096 # grpc\nworker: 127.0.0.1:9096\n");
  expect(text("rules.yml")).toBe('groups:\n  - description: "a: b"\n');
  expect(statSync(join(root, "loki.yaml")).mode & 0o777).toBe(0o640);
  expect(applied.outcomes.map((outcome) => outcome.state)).toEqual(["changed", "changed", "left", "left"]);
  expect(applied.outcomes[2]).toMatchObject({
    command:
      "kubectl -n monitoring get deployment,statefulset,daemonset loki --ignore-not-found -o name | xargs -r kubectl -n monitoring rollout restart",
  });
  expect(applied.outcomes[3]).toMatchObject({
    command: `ssh 'node a' 'chown -h 65534:65534 '\\''/srv/it'\\''\\'\\'''\\''s'\\'' && chmod 0755 '\\''/srv/it'\\''\\'\\'''\\''s'\\'''`,
  });
  expect(readdirSync(root).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(text(".watchmend/.gitignore")).toBe("*\n");
  expect(restoreBackup(root, backup())).toEqual({ restored: ["loki.yaml", "rules.yml"], keptChanged: [] });
  expect(text("loki.yaml")).toContain("9095");
  expect(statSync(join(root, "loki.yaml")).mode & 0o777).toBe(0o640);
});

test("a second time nothing is left to do and nothing is written", () => {
  apply([setWorker, quote]);
  rmSync(join(root, ".watchmend"), { recursive: true });
  const again = apply([setWorker, quote]);
  expect(again.outcomes.map((outcome) => outcome.state)).toEqual(["already", "already"]);
  expect(existsSync(join(root, ".watchmend"))).toBe(false);
});

test("one refused step stops the whole plan", () => {
  const before = text("loki.yaml");
  const applied = apply([setWorker, { ...quote, expect: "something else" } as Step]);
  expect(applied).toMatchObject({ ok: false, damaged: [] });
  expect(applied.ok ? "" : applied.because).toMatch(/quote: rules\.yml:2: line 2 reads/);
  expect(text("loki.yaml")).toBe(before);
  expect(existsSync(join(root, ".watchmend"))).toBe(false);
});

test("a failure in the middle puts everything back", () => {
  const before = text("loki.yaml");
  const applied = apply([
    setWorker,
    { do: "write-file", title: "a file", path: "new", content: "x" },
    { do: "write-file", title: "a file below the file", path: "new/inner", content: "y" },
  ]);
  expect(applied.ok ? "" : applied.because).toMatch(/everything was put back/);
  expect(text("loki.yaml")).toBe(before);
  expect(existsSync(join(root, "new"))).toBe(false);
});

test("after a crash the before-images put back what had been changed, and leave what somebody changed since", () => {
  apply([setWorker, quote, { do: "write-file", title: "new", path: "deep/er/new.txt", content: "n" }]);
  writeFileSync(join(root, "rules.yml"), "mine\n");
  expect(restoreBackup(root, backup())).toEqual({
    restored: ["loki.yaml", "deep/er/new.txt"],
    keptChanged: ["rules.yml"],
  });
  expect(text("rules.yml")).toBe("mine\n");
  expect(existsSync(join(root, "deep/er/new.txt"))).toBe(false);
});

test("a plan made for other contents is refused", () => {
  const applied = apply([setWorker], { "loki.yaml": sha256("other") });
  expect(applied.ok ? "" : applied.because).toBe("loki.yaml has changed since the plan was made");
  expect(apply([setWorker], { "loki.yaml": sha256(text("loki.yaml")) }).ok).toBe(true);
});

test("files of a host are those below hosts/", () => {
  mkdirSync(join(root, "hosts", "web-1", "etc"), { recursive: true });
  const write = (host: string): Step => ({
    do: "write-file",
    title: "w",
    host,
    path: "/etc/x.yml",
    content: "a: 1\n",
    mode: 0o600,
  });
  expect(apply([write("web-1")]).ok).toBe(true);
  expect(text("hosts/web-1/etc/x.yml")).toBe("a: 1\n");
  expect(statSync(join(root, "hosts/web-1/etc/x.yml")).mode & 0o777).toBe(0o600);
  expect(
    previewOnFiles(root, [write("web-2"), write("../..")]).outcomes.map((outcome) => outcome.state),
  ).toEqual(["left", "left"]);
});

test.each([
  "../outside.yaml",
  "/etc/passwd",
  "link-out.yaml",
  "folder-out/x.yaml",
  "dangling.yaml",
  "sub",
  "latin1.yaml",
  "a\0b",
  "missing.yaml",
])("refuses %j", (source) => {
  const outside = mkdtempSync(join(tmpdir(), "watchmend-outside-"));
  writeFileSync(join(outside, "x.yaml"), "worker: 1\n");
  symlinkSync(join(outside, "x.yaml"), join(root, "link-out.yaml"));
  symlinkSync(outside, join(root, "folder-out"));
  symlinkSync(join(outside, "nowhere"), join(root, "dangling.yaml"));
  mkdirSync(join(root, "sub"));
  writeFileSync(join(root, "latin1.yaml"), Buffer.from("worker: \xfc\n", "latin1"));
  const applied = apply([{ ...setWorker, file: { source } } as Step]);
  expect(applied.ok ? "" : applied.outcomes[0]?.state).toBe("refused");
  expect(readFileSync(join(outside, "x.yaml"), "utf8")).toBe("worker: 1\n");
  rmSync(outside, { recursive: true });
});

test("a link inside the folder is followed, not replaced", () => {
  symlinkSync("loki.yaml", join(root, "alias.yaml"));
  expect(apply([{ ...setWorker, file: { source: "alias.yaml" } } as Step]).ok).toBe(true);
  expect(text("loki.yaml")).toContain("127.0.0.1:9096");
});

test("lines that earlier steps of the plan moved are found again", () => {
  writeFileSync(join(root, "many.yaml"), "a: 1\nb: 2\nc: 3\n---\nd: 4\n---\nd: 5\n");
  const steps: Step[] = [
    {
      do: "replace-lines",
      title: "grow",
      file: { source: "many.yaml" },
      from: 1,
      to: 1,
      expect: "a: 1",
      replacement: "a: 1\na2: 1\na3: 1\na4: 1",
    },
    {
      do: "replace-lines",
      title: "later",
      file: { source: "many.yaml" },
      from: 3,
      to: 3,
      expect: "c: 3",
      replacement: "c: 4",
    },
    {
      do: "edit-document",
      title: "second document",
      file: { source: "many.yaml", line: 5 },
      edits: [{ op: "set", path: ["d"], value: 40 }],
    },
    {
      do: "edit-document",
      title: "last document",
      file: { source: "many.yaml", line: 7 },
      edits: [{ op: "set", path: ["d"], value: 50 }],
    },
  ];
  expect(apply(steps).ok).toBe(true);
  expect(text("many.yaml")).toBe("a: 1\na2: 1\na3: 1\na4: 1\nb: 2\nc: 4\n---\nd: 40\n---\nd: 50\n");
});
