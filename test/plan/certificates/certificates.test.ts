// The stack's own authority: what it issues is accepted by somebody else's TLS, renewed in time, and changed in three steps.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  changeAuthority,
  ensureCertificates,
  ensureDoorFiles,
  hostsWithout,
  listCertificates,
  noteSpread,
} from "../../../src/plan/certificates/store.ts";

const day = 86_400_000;
let store = "";
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), "watchmend-store-"));
});
afterEach(() => rmSync(store, { recursive: true, force: true }));

const wish = (names: readonly string[] = ["10.0.0.1", "mon", "127.0.0.1", "::1"], days = 90) => ({
  store,
  stack: "demo",
  days,
  hosts: [{ name: "mon", names }],
});
const text = (name: string): string => readFileSync(join(store, name), "utf8");

test("issued once; again when names change, when a third of the time is left, and never in between", () => {
  const now = new Date("2026-11-23T00:00:00Z");
  const at = (days: number): Date => new Date(now.getTime() + days * day);
  expect(ensureCertificates(wish(), now).join("\n")).toMatch(
    /authority of demo was made[\s\S]*certificate of mon: .*it had none/,
  );
  const first = text("hosts/mon.pem");
  expect(ensureCertificates(wish(), at(50))).toEqual([]);
  expect(text("hosts/mon.pem")).toBe(first);
  expect(ensureCertificates(wish(), at(65)).join()).toMatch(
    /certificate of mon: issued for 90 days \(25 days were left\)/,
  );
  expect(ensureCertificates(wish(["mon", "10.0.0.7"]), at(66)).join()).toMatch(/its names have changed/);
  expect(ensureCertificates(wish(["10.0.0.7", "mon"]), at(66))).toEqual([]);
  expect(listCertificates(store, at(66)).map(({ name, daysLeft, names }) => [name, daysLeft, names])).toEqual(
    [
      ["authority", 3584, []],
      ["mon", 90, ["10.0.0.7", "mon"]],
    ],
  );
});

test("keys are readable by their owner alone, and the certificate fits its key", () => {
  ensureCertificates(wish());
  for (const file of ["authority.pem", "hosts/mon.pem"])
    expect(statSync(join(store, file)).mode & 0o777).toBe(0o600);
  expect(text("trust.crt")).not.toContain("PRIVATE");
});

test("both sides of a TLS connection accept each other, and nobody else", async () => {
  ensureCertificates(wish());
  const pem = text("hosts/mon.pem");
  const ca = text("trust.crt");
  const server = createServer(
    { key: pem, cert: pem, ca, requestCert: true, rejectUnauthorized: true },
    (socket) => socket.end("hello"),
  );
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const said = (options: object): Promise<string> =>
    new Promise((done) => {
      let heard = "";
      const socket = connect({ host: "127.0.0.1", port, ca, ...options });
      socket.on("data", (bytes) => {
        heard += String(bytes);
      });
      socket.on("error", (error) => done(`refused: ${error.message}`));
      socket.on("close", () => done(heard));
    });
  try {
    expect(await said({ key: pem, cert: pem })).toBe("hello");
    expect(await said({})).not.toBe("hello");
    expect(await said({ key: pem, cert: pem, servername: "other.example.org" })).toMatch(/refused/);
  } finally {
    server.close();
  }
});

test("openssl accepts chain and purposes, strictly", (context) => {
  try {
    execFileSync("openssl", ["version"]);
  } catch {
    context.skip("openssl is not installed here");
  }
  ensureCertificates(wish());
  for (const purpose of ["sslserver", "sslclient"]) {
    const words = [
      "verify",
      "-x509_strict",
      "-purpose",
      purpose,
      "-CAfile",
      join(store, "trust.crt"),
      join(store, "hosts/mon.pem"),
    ];
    expect(execFileSync("openssl", words, { encoding: "utf8" })).toMatch(/OK/);
  }
});

test("another authority takes three steps, and each waits for the hosts", () => {
  const count = (): number => text("trust.crt").split("BEGIN CERTIFICATE").length - 1;
  ensureCertificates(wish());
  expect(hostsWithout(store, ["mon"])).toEqual(["mon"]);
  noteSpread(store, ["mon"]);
  expect(hostsWithout(store, ["mon"])).toEqual([]);
  const first = text("hosts/mon.pem");
  expect(changeAuthority(store, "demo")).toBe("trusts-next");
  expect(ensureCertificates(wish())).toEqual([]);
  expect([count(), text("hosts/mon.pem") === first]).toEqual([2, true]);
  expect(hostsWithout(store, ["mon"])).toEqual(["mon"]);
  expect(changeAuthority(store, "demo")).toBe("signs-next");
  expect(ensureCertificates(wish()).join()).toMatch(/the authority has changed/);
  expect(count()).toBe(2);
  expect(changeAuthority(store, "demo")).toBe("forgets-old");
  expect(ensureCertificates(wish())).toEqual([]);
  expect([count(), existsSync(join(store, "old-authority.crt"))]).toEqual([1, false]);
});

test("the hash of a password stays while the password does", () => {
  const write = (password: string): string => {
    ensureDoorFiles(store, (users) => JSON.stringify(users), "", { username: "stack", password });
    return text("web.yml");
  };
  const first = write("geheim");
  expect(first).not.toContain("geheim");
  expect(write("geheim")).toBe(first);
  expect(write("anders")).not.toBe(first);
  writeFileSync(join(store, "password.hash"), "damaged");
  expect(write("anders")).toMatch(/\$2b\$10\$/);
});
