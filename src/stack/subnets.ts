// IP addresses and subnets of both families: parse, contain, overlap.

export interface Subnet {
  readonly family: "ipv4" | "ipv6";
  /** First address, as a number. */
  readonly base: bigint;
  readonly prefix: number;
}

/** `10.0.0.0/8`, `10.1.2.3` (a /32), `10.0.0.0/255.0.0.0`, `fd00::/8`, `fe80::1%eth0`. Host bits are cleared. */
export function parseSubnet(text: string): Subnet | undefined {
  const slash = text.indexOf("/");
  const address = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (!address) return undefined;
  const bits = bitsOf(address.family);
  const prefix = slash === -1 ? bits : prefixOf(text.slice(slash + 1), address.family);
  if (prefix === undefined) return undefined;
  return { family: address.family, base: address.value & maskOf(prefix, bits), prefix };
}

export interface Address {
  readonly family: "ipv4" | "ipv6";
  readonly value: bigint;
}

/** One address. `::ffff:10.0.0.1` is the IPv4 address it stands for. */
export function parseAddress(text: string): Address | undefined {
  const bare = text
    .trim()
    .replace(/^\[|\]$/g, "")
    .replace(/%.*$/, "");
  if (bare.length > 60) return undefined;
  const v4 = parseV4(bare);
  if (v4 !== undefined) return { family: "ipv4", value: v4 };
  const v6 = bare.includes(":") ? parseV6(bare) : undefined;
  if (v6 === undefined) return undefined;
  return v6 >> 32n === 0xffffn ? { family: "ipv4", value: v6 & 0xffffffffn } : { family: "ipv6", value: v6 };
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map(groupsOf);
  if (!left) return undefined;
  if (halves.length === 1) return left.length === 8 ? join(left) : undefined;
  if (!right || left.length + right.length > 7) return undefined;
  return join([...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]);
}

/** 16-bit groups; a dotted tail counts as two. Undefined when one is not a group. */
function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    const dotted = i === parts.length - 1 ? parseV4(part) : undefined;
    if (dotted !== undefined) groups.push(Number(dotted >> 16n), Number(dotted & 0xffffn));
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function join(groups: readonly number[]): bigint {
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

function bitsOf(family: Subnet["family"]): number {
  return family === "ipv4" ? 32 : 128;
}

function maskOf(prefix: number, bits: number): bigint {
  return ((1n << BigInt(prefix)) - 1n) << BigInt(bits - prefix);
}

/** `24`, or a contiguous netmask such as 255.255.255.0. */
function prefixOf(text: string, family: Subnet["family"]): number | undefined {
  if (/^\d{1,3}$/.test(text)) {
    const prefix = Number(text);
    return prefix <= bitsOf(family) ? prefix : undefined;
  }
  const mask = family === "ipv4" ? parseV4(text) : undefined;
  if (mask === undefined) return undefined;
  for (let prefix = 0; prefix <= 32; prefix += 1) if (maskOf(prefix, 32) === mask) return prefix;
  return undefined;
}

export function containsAddress(subnet: Subnet, address: Address): boolean {
  if (subnet.family !== address.family) return false;
  return (address.value & maskOf(subnet.prefix, bitsOf(subnet.family))) === subnet.base;
}

export function containsSubnet(outer: Subnet, inner: Subnet): boolean {
  return outer.prefix <= inner.prefix && containsAddress(outer, { family: inner.family, value: inner.base });
}

export function overlaps(a: Subnet, b: Subnet): boolean {
  return containsSubnet(a, b) || containsSubnet(b, a);
}

/** Whether `address` lies in `subnet`; undefined when either does not parse. */
export function isIn(address: string, subnet: string): boolean | undefined {
  const parsed = parseAddress(address);
  const range = parseSubnet(subnet);
  return parsed && range ? containsAddress(range, parsed) : undefined;
}

const loopbacks = ["127.0.0.0/8", "::1/128"].flatMap((text) => parseSubnet(text) ?? []);
const wildcards = new Set(["", "*", "0.0.0.0", "::", "[::]"]);

export function isLoopback(address: string): boolean {
  if (address === "localhost") return true;
  const parsed = parseAddress(address);
  return parsed !== undefined && loopbacks.some((subnet) => containsAddress(subnet, parsed));
}

/** Addresses that stand for all addresses of a host when a socket is bound to them. */
export function isWildcard(address: string): boolean {
  return wildcards.has(address);
}

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].flatMap(
  (text) => parseSubnet(text) ?? [],
);

export function isPrivate(address: string): boolean {
  const parsed = parseAddress(address);
  return parsed !== undefined && privateRanges.some((subnet) => containsAddress(subnet, parsed));
}

/** `10.0.0.0/8`; IPv6 in groups, the longest run of zeros shortened. */
export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress({ family: subnet.family, value: subnet.base })}/${subnet.prefix}`;
}

export function formatAddress(address: Address): string {
  if (address.family === "ipv4") {
    return [24n, 16n, 8n, 0n].map((shift) => String((address.value >> shift) & 0xffn)).join(".");
  }
  const groups = Array.from({ length: 8 }, (_, i) =>
    Number((address.value >> BigInt(112 - 16 * i)) & 0xffffn),
  );
  const { start, length } = longestZeros(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** RFC 5952: the longest run of zero groups is shortened, the first one if there are several. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  return best;
}
