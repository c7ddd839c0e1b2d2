// Where a stack's authority and its hosts' certificates lie on the machine that applies, and when one is issued anew.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { compareSync, hashSync } from "bcryptjs";
import { sha256 } from "../backup.ts";
import { makeFolder } from "../make-folder.ts";
import { stateFolder } from "../transaction/state-folder.ts";
import { writeAtomic } from "../write-atomic.ts";
import { type Authority, issueAuthority, issueHost } from "./issue.ts";

/** As the documentation of Prometheus' web configuration advises: about 70 ms for who asks, then cached there. */
const bcryptCost = 10;

export interface CertificateWish {
  /** Folder: absolute, or below this machine's state. */
  readonly store: string;
  readonly stack: string;
  readonly days: number;
  readonly hosts: readonly { readonly name: string; readonly names: readonly string[] }[];
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface Certificate {
  readonly name: string;
  readonly until: Date;
  /** Whole days that are left; negative when it has ended. */
  readonly daysLeft: number;
  readonly names: readonly string[];
  readonly issuer: string;
}

const day = 86_400_000;
const files = {
  authority: "authority.pem",
  next: "next-authority.pem",
  old: "old-authority.crt",
  trust: "trust.crt",
};

export function certificateFile(path: string): string {
  return isAbsolute(path) ? path : join(stateFolder(), "certificates", path);
}

/** Issues what is missing or ends soon. Says what it issued, and why. */
export function ensureCertificates(wish: CertificateWish, now = new Date()): readonly string[] {
  const folder = openStore(wish.store);
  const said: string[] = [];
  const authority = currentAuthority(folder, wish.stack, now, said);
  const trust = trustText(folder);
  if (textOf(join(folder, files.trust)) !== trust)
    writeAtomic(join(folder, files.trust), trust, undefined, 0o644);
  for (const { name, names } of wish.hosts) {
    const file = hostFile(folder, name);
    const because = whyNew(textOf(file), authority, names, now);
    if (because === undefined) continue;
    const { certificate, key } = issueHost(authority, name, names, now, wish.days);
    writeAtomic(file, certificate + key, undefined, 0o600);
    said.push(`certificate of ${name}: issued for ${wish.days} days (${because})`);
  }
  return said;
}

/** The web configuration with the hash of the password, and what opens it. The hash stays while the password does. */
export function ensureDoorFiles(
  store: string,
  web: (users: Users) => string,
  curl: string,
  login?: Login,
): void {
  const folder = openStore(store);
  const users = login
    ? { [login.username]: hashOf(join(folder, "password.hash"), login.password) }
    : undefined;
  for (const [name, text] of [
    ["curl.conf", curl],
    ["web.yml", web(users)],
  ] as const)
    if (textOf(join(folder, name)) !== text) writeAtomic(join(folder, name), text, undefined, 0o600);
}

export type Users = Readonly<Record<string, string>> | undefined;

function hashOf(file: string, password: string): string {
  const known = textOf(file);
  if (known !== undefined && compareSync(password, known)) return known;
  const hash = hashSync(password, bcryptCost);
  writeAtomic(file, hash, undefined, 0o600);
  return hash;
}

function openStore(store: string): string {
  const folder = certificateFile(store);
  makeFolder(join(folder, "hosts"), 0o700);
  return folder;
}

function hostFile(folder: string, name: string): string {
  return join(folder, "hosts", `${name}.pem`);
}

function currentAuthority(folder: string, stack: string, now: Date, said: string[]): Authority {
  const file = join(folder, files.authority);
  if (!existsSync(file)) {
    create(file, stack, now);
    said.push(
      `the authority of ${stack} was made: ${file} signs every certificate of the stack, keep a copy of it`,
    );
  }
  return authorityIn(readFileSync(file, "utf8"));
}

/** Two that begin at once must not make two: the first link wins. */
function create(file: string, stack: string, now: Date): void {
  const { certificate, key } = issueAuthority(stack, now);
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, certificate + key, { mode: 0o600 });
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function authorityIn(pem: string): Authority {
  return { certificate: certificateText(pem), key: createPrivateKey(pem) };
}

function certificateText(pem: string): string {
  return /-----BEGIN CERTIFICATE-----[^-]{1,20000}-----END CERTIFICATE-----\n/.exec(pem)?.[0] ?? "";
}

/** What every host trusts: the authority, and while it is changed the next one and the one before. */
function trustText(folder: string): string {
  return [files.authority, files.next, files.old]
    .map((name) => certificateText(textOf(join(folder, name)) ?? ""))
    .join("");
}

function whyNew(
  pem: string | undefined,
  authority: Authority,
  names: readonly string[],
  now: Date,
): string | undefined {
  if (pem === undefined) return "it had none";
  const read = certificateOf(pem);
  if (!read) return "what lies there is no certificate";
  if (!read.verify(new X509Certificate(authority.certificate).publicKey)) return "the authority has changed";
  if (namesOf(read).join() !== [...names].map(plainName).sort().join()) return "its names have changed";
  const [from, until] = [Date.parse(read.validFrom), Date.parse(read.validTo)];
  const left = until - now.getTime();
  return left < (until - from) / 3 ? `${Math.floor(left / day)} days were left` : undefined;
}

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function namesOf({ subjectAltName }: X509Certificate): string[] {
  return (subjectAltName ?? "")
    .split(", ")
    .map((one) => plainName(one.replace(/^(?:DNS|IP Address):/, "")))
    .sort();
}

/** Node writes IPv6 in upper case, every group of it. */
function plainName(name: string): string {
  const plain = name.toLowerCase().replace(/\.$/, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const groups = (half: string): string[] => (half === "" ? [] : half.split(":"));
  const [left, right] = [groups(head), groups(tail ?? "")];
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  return [...left, ...zeros, ...right].map((group) => group.replace(/^0+(?=.)/, "")).join(":");
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** The authorities first, then the hosts by name. */
export function listCertificates(store: string, now = new Date()): readonly Certificate[] {
  const folder = certificateFile(store);
  const listed = existsSync(join(folder, "hosts")) ? readdirSync(join(folder, "hosts")).sort() : [];
  const all: readonly (readonly [string, string])[] = [
    ["authority", join(folder, files.authority)],
    ["next authority", join(folder, files.next)],
    ["old authority", join(folder, files.old)],
    ...listed
      .filter((name) => name.endsWith(".pem"))
      .map((name) => [name.slice(0, -4), join(folder, "hosts", name)] as const),
  ];
  return all.flatMap(([name, file]): Certificate[] => {
    const read = certificateOf(textOf(file) ?? "");
    if (!read) return [];
    const until = new Date(read.validTo);
    return [
      {
        name,
        until,
        daysLeft: Math.floor((until.getTime() - now.getTime()) / day),
        names: read.subjectAltName === undefined ? [] : namesOf(read),
        issuer: read.issuer.replace(/^CN=/, ""),
      },
    ];
  });
}

/** Takes certificates away, so that the next plan issues them anew. */
export function forgetCertificates(store: string, hosts: readonly string[]): void {
  for (const name of hosts) rmSync(hostFile(certificateFile(store), name), { force: true });
}

const spreadFile = "spread.json";

/** Hosts that have what everybody trusts now, as the last apply left them. */
export function noteSpread(store: string, hosts: readonly string[]): void {
  const folder = certificateFile(store);
  const trust = textOf(join(folder, files.trust));
  if (trust === undefined || hosts.length === 0) return;
  const before = spreadIn(folder);
  const after = { ...before, ...Object.fromEntries(hosts.map((name) => [name, markOf(folder, name)])) };
  const text = `${JSON.stringify(after, undefined, 2)}\n`;
  if (textOf(join(folder, spreadFile)) !== text)
    writeAtomic(join(folder, spreadFile), text, undefined, 0o600);
}

export function hostsWithout(store: string, hosts: readonly string[]): readonly string[] {
  const folder = certificateFile(store);
  const spread = spreadIn(folder);
  return hosts.filter((name) => spread[name] !== markOf(folder, name));
}

/** Of what everybody trusts, and of the host's own certificate. */
function markOf(folder: string, host: string): string {
  const texts = [join(folder, files.trust), hostFile(folder, host)].map((file) =>
    certificatesIn(textOf(file) ?? ""),
  );
  return sha256(Buffer.from(texts.join("\n")));
}

function certificatesIn(pem: string): string {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]{1,20000}-----END CERTIFICATE-----/g) ?? []).join("\n");
}

function spreadIn(folder: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(textOf(join(folder, spreadFile)) ?? "{}") as Readonly<Record<string, string>>;
  } catch {
    return {};
  }
}

export type AuthorityStage = "trusts-next" | "signs-next" | "forgets-old";

/** One step of a change of authority; hosts have to get what it changed before the next step. */
export function changeAuthority(store: string, stack: string, now = new Date()): AuthorityStage {
  const folder = openStore(store);
  const at = (name: string): string => join(folder, name);
  if (existsSync(at(files.old))) {
    rmSync(at(files.old));
    return "forgets-old";
  }
  if (existsSync(at(files.next))) {
    writeAtomic(at(files.old), certificateText(readFileSync(at(files.authority), "utf8")), undefined, 0o644);
    renameSync(at(files.next), at(files.authority));
    return "signs-next";
  }
  create(at(files.next), stack, now);
  return "trusts-next";
}
