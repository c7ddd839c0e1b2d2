// What becomes of ssh's own failures. The programs in place of ssh are fakes that print what OpenSSH prints; the rig has the real one.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../../src/model/errors.ts";
import { createTurns, retryDelayMs } from "../../../src/targets/host/connect-turns.ts";
import { openHost, shellProofWord, sshWords } from "../../../src/targets/host/door.ts";
import { parseHostAddress } from "../../../src/targets/host/host-name.ts";
import { classifySshFailure } from "../../../src/targets/host/ssh-failure.ts";

const asked = { name: "jenkins1", port: 2222 };

test.each([
  ["ssh: Could not resolve hostname jenkins1: Name or service not known", "name"],
  ["ssh: connect to host jenkins1 port 22: Connection refused", "refused"],
  ["ssh: connect to host jenkins1 port 22: Connection timed out", "timeout"],
  ["ssh: connect to host jenkins1 port 22: No route to host", "no-route"],
  ["Host key verification failed.", "host-key-unknown"],
  [
    "@@@@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@@@@@\nIT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\nHost key verification failed.",
    "host-key-changed",
  ],
  ["ops@jenkins1: Permission denied (publickey,password).", "auth"],
  [
    "kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.0.0.1 port 22",
    "busy",
  ],
  ["client_loop: send disconnect: Broken pipe", "lost"],
  ["/home/a/.ssh/config: line 3: Bad configuration option: proxyjmp", "configuration"],
  ["", "other"],
])("%s", (text, kind) => {
  const failure = classifySshFailure(text, asked);
  expect(failure.kind).toBe(kind);
  expect(failure.remedy.length).toBeGreaterThan(10);
});

test("a host key that is not known or not the same is never accepted, and the remedy says to compare it", () => {
  const changed = classifySshFailure(
    "Host key for [jenkins1]:2222 has changed and you have requested strict checking.",
    asked,
  );
  expect(changed.remedy).toContain("ssh-keygen -R '[jenkins1]:2222'");
  expect(changed.remedy).toContain("compare the fingerprint");
  const unknown = classifySshFailure("Host key verification failed.", asked);
  expect(unknown.remedy).toContain("ssh-keyscan -p 2222 jenkins1 | ssh-keygen -lf -");
  const words = sshWords({ name: "a", isLocal: false }, { turns: createTurns(1) }, "/tmp/x").join(" ");
  expect(words).not.toMatch(/StrictHostKeyChecking|UserKnownHostsFile/);
  expect(words).toContain("BatchMode=yes");
});

test.each([
  ["jenkins1", { name: "jenkins1" }],
  ["ops@10.0.0.1:2222", { name: "10.0.0.1", user: "ops", port: 2222 }],
  ["[fe80::1%eth0]:22", { name: "fe80::1%eth0", port: 22 }],
  ["fe80::1", { name: "fe80::1" }],
  ["local", { name: "local", isLocal: true }],
])("the host %s", (text, wanted) => {
  expect(parseHostAddress(text)).toMatchObject(wanted);
});

test.each(["-oProxyCommand=touch x", "a b", "a:0", "a:70000", "", "a;id", "u@-x", "$(id)"])(
  "%s is no host",
  (text) => {
    expect(parseHostAddress(text)).toBeUndefined();
  },
);

const fake = (script: string) => [
  "sh",
  "-c",
  `${script}\nwhile [ "$1" != exec ]; do shift; done; shift; exec "$@"`,
  "ssh",
];
const address = { name: "jenkins1", isLocal: false };

test("a script reaches its shell through any login shell, also with an input of its own", async () => {
  // as sshd does it: all words joined, read by the login shell
  const joined = ["sh", "-c", 'while [ "$1" != exec ]; do shift; done; exec sh -c "$*"', "ssh"];
  const session = openHost(address, { turns: createTurns(1), program: joined });
  const plain = await session.run('echo "it\'s $((1+1))"; echo oops >&2; exit 4', { timeoutMs: 10_000 });
  expect([Buffer.from(plain.stdout).toString(), plain.stderr, plain.code]).toEqual(["it's 2\n", "oops\n", 4]);
  const fed = await session.run("cat; printf '%s\\n' 'a!b' \"\\\\n\"", {
    timeoutMs: 10_000,
    stdin: "data\n",
  });
  expect(Buffer.from(fed.stdout).toString()).toBe("data\na!b\n\\n\n");
  await session.close();
});

test("the word for the login shell holds nothing that any shell reads", () => {
  expect(shellProofWord("a!b\n'c'`$(x)\\")).toMatch(/^'eval "\$\(printf %b "[A-Za-z0-9\\]*"\)"'$/);
});

test("a connection that sshd turns away is tried again, one that is refused is not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "wm-test-"));
  const counter = join(folder, "count");
  const busy = fake(
    `n=$(cat ${counter} 2>/dev/null || echo 0); echo $((n+1)) >${counter}; if [ "$n" -lt 1 ]; then echo 'kex_exchange_identification: Connection closed by remote host' >&2; exit 255; fi`,
  );
  const session = openHost(address, { turns: createTurns(1), program: busy });
  const result = await session.run("echo here", { timeoutMs: 20_000 });
  expect(Buffer.from(result.stdout).toString()).toBe("here\n");
  rmSync(folder, { recursive: true });
  const refused = openHost(address, {
    turns: createTurns(1),
    program: ["sh", "-c", "echo 'ssh: connect to host jenkins1 port 22: Connection refused' >&2; exit 255"],
  });
  await expect(refused.run("true", { timeoutMs: 5_000 })).rejects.toThrow(UserError);
});

test("an account without a shell is told as such, a missing ssh too", async () => {
  const nologin = openHost(address, {
    turns: createTurns(1),
    program: ["sh", "-c", "echo 'This account is currently not available.'; exit 1"],
  });
  expect(await nologin.attempt("true", { timeoutMs: 5_000 })).toMatchObject({
    failure: { kind: "no-shell" },
  });
  const none = openHost(address, { turns: createTurns(1), program: ["/no/such/ssh"] });
  expect(await none.attempt("true", { timeoutMs: 5_000 })).toMatchObject({ failure: { kind: "no-ssh" } });
});

test("only so many connect at once, and those turned away come back at different times", async () => {
  const turns = createTurns(2);
  let now = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 9 }, () =>
      turns.take(async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now -= 1;
      }),
    ),
  );
  expect(most).toBe(2);
  expect(new Set([0, 0.3, 0.9].map((part) => retryDelayMs(2, () => part))).size).toBe(3);
});
