// X.509 certificates of a stack: its own authority, and one certificate per host that serves and asks with it (RFC 5280).
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import { isIP } from "node:net";
import { bits, implicit, integer, octets, oid, sequence, set, tagged, time, utf8, yes } from "./der.ts";

export interface Issued {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

export interface Authority {
  readonly certificate: string;
  readonly key: KeyObject;
}

interface Body {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly from: Date;
  readonly until: Date;
  readonly extensions: readonly Buffer[];
}

const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));
const day = 86_400_000;
/** Clocks differ: a certificate that is not valid yet on a host that is behind stops everything. */
const behind = day;

export function issueAuthority(stack: string, now: Date, days = 3650): Issued {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // Two authorities of one stack must not have one name: verifiers choose by it.
  const subject = `${stack} watchmend authority ${randomBytes(4).toString("hex")}`;
  const id = keyId(pair.publicKey);
  return {
    certificate: signed(
      {
        subject,
        issuer: subject,
        publicKey: pair.publicKey,
        from: new Date(now.getTime() - behind),
        until: new Date(now.getTime() + days * day),
        extensions: [
          // It signs hosts and no further authority.
          extension("2.5.29.19", sequence(yes, integer(Buffer.from([0]))), true),
          // keyCertSign, cRLSign
          extension("2.5.29.15", bits(Buffer.from([0x06]), 1), true),
          extension("2.5.29.14", octets(id)),
        ],
      },
      pair.privateKey,
    ),
    key: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

export function issueHost(
  authority: Authority,
  host: string,
  names: readonly string[],
  now: Date,
  days: number,
): Issued {
  const ca = new X509Certificate(authority.certificate);
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const until = Math.min(now.getTime() + days * day, Date.parse(ca.validTo));
  return {
    certificate: signed(
      {
        subject: host,
        issuer: commonName(ca),
        publicKey: pair.publicKey,
        from: new Date(now.getTime() - behind),
        until: new Date(until),
        extensions: [
          extension("2.5.29.19", sequence(), true),
          // digitalSignature
          extension("2.5.29.15", bits(Buffer.from([0x80]), 7), true),
          // serverAuth and clientAuth: hosts are asked and ask each other
          extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"), oid("1.3.6.1.5.5.7.3.2"))),
          extension("2.5.29.17", sequence(...names.map(alternativeName))),
          extension("2.5.29.14", octets(keyId(pair.publicKey))),
          extension("2.5.29.35", sequence(implicit(0, keyId(createPublicKey(authority.certificate))))),
        ],
      },
      authority.key,
    ),
    key: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

export function commonName({ subject }: X509Certificate): string {
  return /^CN=(.*)$/m.exec(subject)?.[1] ?? subject;
}

function signed({ subject, issuer, publicKey, from, until, extensions }: Body, key: KeyObject): string {
  const serial = randomBytes(16);
  serial[0] = (serial[0] ?? 0) & 0x7f;
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    distinguished(issuer),
    sequence(time(from), time(until)),
    distinguished(subject),
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(...extensions)),
  );
  const whole = sequence(body, ecdsaWithSha256, bits(sign("sha256", body, key)));
  return pem(whole);
}

function distinguished(name: string): Buffer {
  return sequence(set(sequence(oid("2.5.4.3"), utf8(name))));
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [yes] : []), octets(value));
}

/** The usual way (RFC 5280, 4.2.1.2): SHA-1 of the key's bits. It is a name and no protection. */
function keyId(key: KeyObject): Buffer {
  const spki = key.export({ type: "spki", format: "der" });
  // An uncompressed point of P-256 is the last 65 bytes.
  return createHash("sha1").update(spki.subarray(-65)).digest();
}

function alternativeName(name: string): Buffer {
  const kind = isIP(name);
  if (kind === 4) return implicit(7, Buffer.from(name.split(".").map(Number)));
  return kind === 6 ? implicit(7, ipv6Bytes(name)) : implicit(2, Buffer.from(name.replace(/\.$/, "")));
}

function ipv6Bytes(address: string): Buffer {
  const [head = "", tail] = address.split("::");
  const groups = (half: string): number[] =>
    half === "" ? [] : half.split(":").map((group) => Number.parseInt(group, 16));
  const left = groups(head);
  const right = groups(tail ?? "");
  const zeros = Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0);
  return Buffer.from([...left, ...zeros, ...right].flatMap((group) => [group >> 8, group & 0xff]));
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
