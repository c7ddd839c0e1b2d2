// The verb `lint` as people run it: findings, suppressions, baseline, fixes, exit codes, and one document on stdout.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LintOptions } from "../../src/cli/commands/lint.ts";
import { lint } from "../../src/cli/lint.ts";
import { UserError } from "../../src/model/errors.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "watchmend-lint-"));
  mkdirSync(join(root, ".git"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(name: string, text: string): string {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const read = (name: string): string => readFileSync(join(root, name), "utf8");

interface Run {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(path: string, options: Partial<LintOptions> = {}, day = "2026-05-01"): Promise<Run> {
  const written = { stdout: "", stderr: "" };
  const catching = (stream: "stdout" | "stderr") =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    });
  const spies = [catching("stdout"), catching("stderr")];
  try {
    const exit = await lint(
      join(root, path),
      { format: "json", color: false, ...options },
      new Date(`${day}T12:00:00Z`),
    );
    return { exit, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const rulesOf = ({ stdout }: Run): string[] =>
  (JSON.parse(stdout) as { findings: { rule: string }[] }).findings.map((one) => one.rule);

const lokiFile = (address: string, comment = ""): string => `# loki for the lab
auth_enabled: false
server:
  http_listen_port: 3100
  grpc_listen_port: 9096
common:
  path_prefix: /loki
  ring:
    kvstore: {store: inmemory}
frontend_worker:
  frontend_address: ${address}${comment}
schema_config:
  configs:
    - from: 2024-01-01
      store: tsdb
      object_store: filesystem
      schema: v13
      index: {prefix: index_, period: 24h}
`;
const brokenRules = `groups:
  - name: disk
    rules:
      - alert: DiskFull
        expr: node_filesystem_avail_bytes < 1e9
        annotations:
          description: Less than 1 GB left: clean up   # since May
`;
const mismatch = "loki/frontend-worker-port-mismatch";
const invalid = "prometheus/rules-file-invalid";

test("finds what is wrong in hidden and plain files, skips other people's folders, fails with 1", async () => {
  put(".config/loki/loki.yaml", lokiFile("127.0.0.1:9095"));
  put("rules/disk.yml", brokenRules);
  put("node_modules/x/disk.yml", brokenRules);
  put("README.md", "# words\n\ndescription: a: b\n");
  put("app/logs/app.log", "level=error msg=x\n");
  put("package.json", "{}");
  const found = await run(".");
  expect(rulesOf(found).sort()).toEqual([mismatch, invalid]);
  expect(found.exit).toBe(1);
});

test("a sound file is clean, nothing of ours is 'could not tell', a missing path is an error", async () => {
  put("loki/loki.yaml", lokiFile("127.0.0.1:9096"));
  put("other/workflow.yaml", "on: push\njobs: {}\n");
  expect((await run("loki")).exit).toBe(0);
  expect((await run(".")).exit).toBe(0);
  expect((await run("other")).exit).toBe(2);
  mkdirSync(join(root, "empty"));
  expect((await run("empty")).exit).toBe(2);
  await expect(run("nowhere")).rejects.toThrow(UserError);
  await expect(lint("-", { format: "json", color: false })).rejects.toThrow(/standard input/);
});

test("broken configuration of any kind is told, never silently skipped", async () => {
  put("loki.yaml", lokiFile("127.0.0.1:9096"));
  put("mystery.yaml", "a: b: c\nd: [\n");
  const found = await run(".");
  expect(found.exit).toBe(2);
  expect(found.stdout).toContain("mystery.yaml");
});

test("a single file is judged whatever its name and whatever .gitignore says", async () => {
  put(".gitignore", "*.bak\n");
  put("loki.yaml.bak", lokiFile("127.0.0.1:9095"));
  expect((await run("loki.yaml.bak")).exit).toBe(1);
  put("notes.txt", "nothing to see\n");
  expect((await run("notes.txt")).exit).toBe(2);
});

test(".gitignore is honoured from the repository's root down, unless told otherwise", async () => {
  put(".gitignore", "generated/\n");
  put("deploy/.gitignore", "*.local.yaml\n");
  put("deploy/generated/loki.yaml", lokiFile("127.0.0.1:9095"));
  put("deploy/loki.local.yaml", lokiFile("127.0.0.1:9095"));
  put("deploy/loki.yaml", lokiFile("127.0.0.1:9096"));
  expect((await run("deploy")).exit).toBe(0);
  expect((await run("deploy", { gitignore: false })).exit).toBe(1);
});

test("comments suppress, with a reason, until a day", async () => {
  put(
    "loki.yaml",
    lokiFile("127.0.0.1:9095", `   # watchmend-ignore ${mismatch} until 2026-12-31: rebuilt in winter`),
  );
  const now = await run(".");
  expect([now.exit, rulesOf(now)]).toEqual([0, []]);
  expect(now.stderr).toContain(`${mismatch} (loki): rebuilt in winter (until 2026-12-31)`);
  const later = await run(".", {}, "2027-01-01");
  expect([later.exit, rulesOf(later)]).toEqual([1, [mismatch, "lint/suppression-expired"]]);
  const sarif = JSON.parse((await run(".", { format: "sarif" })).stdout) as {
    runs: { results: { suppressions?: unknown[] }[] }[];
  };
  expect(sarif.runs[0]?.results[0]?.suppressions).toEqual([
    { kind: "inSource", status: "accepted", justification: "rebuilt in winter (until 2026-12-31)" },
  ]);
});

test("a suppression without reason hides nothing and is reported; an unused one is a notice", async () => {
  put("loki.yaml", lokiFile("127.0.0.1:9095", `   # watchmend-ignore ${mismatch}`));
  const bare = await run(".");
  expect([bare.exit, rulesOf(bare)]).toEqual([1, [mismatch, "lint/suppression-without-reason"]]);
  put("loki.yaml", lokiFile("127.0.0.1:9096", `   # watchmend-ignore ${mismatch}: not any more`));
  const unused = await run(".");
  expect([unused.exit, rulesOf(unused)]).toEqual([0, ["lint/suppression-unused"]]);
});

test("a comment inside a ConfigMap and one for the whole file work", async () => {
  const indented = (text: string): string =>
    text
      .split("\n")
      .map((line) => (line === "" ? "" : `    ${line}`))
      .join("\n");
  put(
    "cm.yaml",
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: loki}\ndata:\n  loki.yaml: |\n${indented(lokiFile("127.0.0.1:9095", ` # watchmend-ignore ${mismatch}: inside`))}`,
  );
  expect((await run(".")).exit).toBe(0);
  put(
    "cm.yaml",
    `# watchmend-ignore-file loki/*: the whole file\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: loki}\ndata:\n  loki.yaml: |\n${indented(lokiFile("127.0.0.1:9095"))}`,
  );
  expect((await run(".")).exit).toBe(0);
});

test("the ignore file is found above, its paths are relative to it, its faults have lines", async () => {
  put(
    ".watchmend-ignore.yaml",
    `suppressions:\n  - rule: ${mismatch}\n    paths: ["lab/**"]\n    reason: the lab may be broken\nexclude: [attic]\n`,
  );
  put("lab/loki.yaml", lokiFile("127.0.0.1:9095"));
  put("attic/loki.yaml", lokiFile("127.0.0.1:9095"));
  expect((await run("lab")).exit).toBe(0);
  expect((await run(".")).exit).toBe(0);
  put("prod/loki.yaml", lokiFile("127.0.0.1:9095"));
  expect((await run("prod")).exit).toBe(1);
  put(".watchmend-ignore.yaml", "suppressions:\n  - rule: a/b\n    reson: typo\n");
  await expect(run(".")).rejects.toThrow(
    /\.watchmend-ignore\.yaml:2: .*reason[\s\S]*\.watchmend-ignore\.yaml:3: .*reson/,
  );
});

test("with a baseline only new findings count, lines may move, and what is gone is told", async () => {
  put("a/loki.yaml", lokiFile("127.0.0.1:9095"));
  put("b/disk.yml", brokenRules);
  const baseline = join(root, "base.json");
  const recorded = await run(".", { writeBaseline: baseline });
  expect([recorded.exit, rulesOf(recorded)]).toEqual([0, []]);
  put("a/loki.yaml", `# moved\n# down\n${lokiFile("127.0.0.1:9095")}`);
  expect((await run(".", { baseline })).exit).toBe(0);
  expect((await run("a", { baseline })).exit).toBe(0);
  put("c/disk.yml", brokenRules);
  const grown = await run(".", { baseline });
  expect([grown.exit, rulesOf(grown)]).toEqual([1, [invalid]]);
  rmSync(join(root, "b"), { recursive: true });
  rmSync(join(root, "c"), { recursive: true });
  expect((await run(".", { baseline })).stderr).toMatch(
    /1 of the baseline is gone[\s\S]*prometheus\/rules-file-invalid \(.*\) in b\/disk\.yml/,
  );
  writeFileSync(baseline, "{}");
  await expect(run(".", { baseline })).rejects.toThrow(/is no baseline: schema/);
});

test("--fix --dry-run shows a diff that patch accepts, and writes nothing", async () => {
  put("loki.yaml", lokiFile("127.0.0.1:9095"));
  put("rules/disk.yml", brokenRules.replaceAll("\n", "\r\n"));
  const shown = await run(".", { fix: true, dryRun: true });
  expect(shown.exit).toBe(1);
  expect(read("loki.yaml")).toBe(lokiFile("127.0.0.1:9095"));
  expect(shown.stdout).toContain("+  frontend_address: 127.0.0.1:9096");
  expect(existsSync(join(root, ".watchmend"))).toBe(false);
  execFileSync("git", ["apply", "--no-index", "-p1", "-"], { cwd: root, input: shown.stdout });
  expect(read("loki.yaml")).toBe(lokiFile("127.0.0.1:9096"));
  expect((await run(".")).exit).toBe(0);
});

test("--fix repairs only the lines concerned, says what it did, keeps before-images, and is done after once", async () => {
  put("loki.yaml", lokiFile("127.0.0.1:9095", "   # worker").replaceAll("\n", "\r\n"));
  put("rules/disk.yml", brokenRules);
  const fixed = await run(".", { fix: true });
  expect([fixed.exit, rulesOf(fixed)]).toEqual([0, []]);
  expect(read("loki.yaml")).toBe(lokiFile("127.0.0.1:9096", "   # worker").replaceAll("\n", "\r\n"));
  expect(read("rules/disk.yml")).toBe(
    brokenRules.replace("Less than 1 GB left: clean up", '"Less than 1 GB left: clean up"'),
  );
  expect(fixed.stderr).toMatch(/fixed 2 findings in 2 files:/);
  expect(fixed.stderr).toContain(join(".watchmend", "backups", "2026-05-01T12-00-00-000Z"));
  const again = await run(".", { fix: true });
  expect(again.exit).toBe(0);
  expect(again.stderr).toContain("nothing that can be fixed in the files");
});

test("what is suppressed or in the baseline is not fixed", async () => {
  put("loki.yaml", lokiFile("127.0.0.1:9095", ` # watchmend-ignore ${mismatch}: on purpose`));
  expect((await run(".", { fix: true })).exit).toBe(0);
  expect(read("loki.yaml")).toContain("9095");
});

test("a file in another encoding is judged but not written", async () => {
  const file = put("loki.yaml", "");
  writeFileSync(file, Buffer.from(`\ufeff${lokiFile("127.0.0.1:9095")}`, "utf16le"));
  const before = readFileSync(file);
  const tried = await run(".", { fix: true });
  expect(tried.exit).toBe(1);
  expect(tried.stderr).toContain("it is not UTF-8 text");
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("a read-only file is an error that changes nothing", async () => {
  if (process.getuid?.() === 0) return;
  put("loki.yaml", lokiFile("127.0.0.1:9095"));
  chmodSync(root, 0o555);
  await expect(run(".", { fix: true })).rejects.toThrow(/nothing was fixed/);
  chmodSync(root, 0o755);
});

test("options that contradict each other are refused", async () => {
  put("loki.yaml", lokiFile("127.0.0.1:9096"));
  await expect(run(".", { dryRun: true })).rejects.toThrow(/--dry-run belongs to --fix/);
  await expect(run(".", { fix: true, writeBaseline: "x" })).rejects.toThrow(/do not go together/);
  await expect(run(".", { baseline: "x", writeBaseline: "x" })).rejects.toThrow(/do not go together/);
});

test("secrets are in no output, no diff and no baseline", async () => {
  const secret = "hunter2-Correct-Horse";
  put(
    "loki.yaml",
    `${lokiFile("127.0.0.1:9095")}storage_config:
  aws:
    secret_access_key: ${secret}
    access_key_id: AKIAIOSFODNN7EXAMPLQ
`.replace(
      "frontend_worker:",
      `ruler:\n  alertmanager_client:\n    basic_auth_password: ${secret}\nfrontend_worker:`,
    ),
  );
  const baseline = join(root, "base.json");
  const outputs = [
    await run("."),
    await run(".", { format: "sarif" }),
    await run(".", { fix: true, dryRun: true }),
    await run(".", { writeBaseline: baseline }),
    await run(".", { baseline }),
    await run(".", { fix: true }),
  ];
  for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toContain(secret);
  expect(read("base.json")).not.toContain(secret);
  expect(read("loki.yaml")).toContain(secret);
  expect(outputs[4]?.exit).toBe(0);
});
