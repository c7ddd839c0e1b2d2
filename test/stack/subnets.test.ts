// Addresses and subnets of both families.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  containsSubnet,
  formatAddress,
  formatSubnet,
  isIn,
  isLoopback,
  isPrivate,
  isWildcard,
  overlaps,
  parseAddress,
  parseSubnet,
  type Subnet,
} from "../../src/stack/subnets.ts";

const subnet = (text: string): Subnet => {
  const parsed = parseSubnet(text);
  if (!parsed) throw new Error(`no subnet: ${text}`);
  return parsed;
};

describe("parsing", () => {
  test("both families, masks, zones, mapped addresses", () => {
    expect(formatSubnet(subnet("172.28.4.10/16"))).toBe("172.28.0.0/16");
    expect(formatSubnet(subnet("10.0.0.0/255.255.255.0"))).toBe("10.0.0.0/24");
    expect(formatSubnet(subnet("10.1.2.3"))).toBe("10.1.2.3/32");
    expect(formatSubnet(subnet("fd00:0:0:1::5/64"))).toBe("fd00:0:0:1::/64");
    expect(formatSubnet(subnet("::/0"))).toBe("::/0");
    expect(parseAddress("fe80::1%eth0")?.family).toBe("ipv6");
    expect(parseAddress("::ffff:10.0.0.1")).toEqual({ family: "ipv4", value: 0x0a000001n });
    expect(parseAddress("[::1]")?.value).toBe(1n);
  });

  test.each([
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.0/33",
    "::1::2",
    "1:2:3:4:5:6:7:8:9",
    "fd00::/129",
    "host",
    "10.0.0.0/255.0.255.0",
    ":::",
  ])("%s is none", (text) => expect(parseSubnet(text)).toBeUndefined());
});

describe("relations", () => {
  test("contain and overlap", () => {
    expect(isIn("172.28.4.10", "172.28.0.0/16")).toBe(true);
    expect(isIn("10.3.0.1", "172.28.0.0/16")).toBe(false);
    expect(isIn("::1", "0.0.0.0/0")).toBe(false);
    expect(isIn("name", "10.0.0.0/8")).toBeUndefined();
    expect(overlaps(subnet("172.16.0.0/12"), subnet("172.28.0.0/16"))).toBe(true);
    expect(overlaps(subnet("172.28.0.0/16"), subnet("172.29.0.0/16"))).toBe(false);
    expect(isLoopback("127.0.0.53")).toBe(true);
    expect(isLoopback("localhost")).toBe(true);
    expect(isPrivate("172.31.0.1")).toBe(true);
    expect(isPrivate("172.32.0.1")).toBe(false);
    expect(isWildcard("*")).toBe(true);
  });

  const anySubnet = fc.oneof(
    fc.record({
      family: fc.constant("ipv4" as const),
      value: fc.bigInt(0n, 2n ** 32n - 1n),
      prefix: fc.integer({ min: 0, max: 32 }),
    }),
    fc.record({
      family: fc.constant("ipv6" as const),
      value: fc.bigInt(2n ** 48n, 2n ** 128n - 1n),
      prefix: fc.integer({ min: 0, max: 128 }),
    }),
  );
  const parsed = anySubnet.map(({ family, value, prefix }) =>
    subnet(`${formatAddress({ family, value })}/${prefix}`),
  );

  test("what is formatted parses to the same", () => {
    fc.assert(
      fc.property(parsed, (one) => {
        expect(parseSubnet(formatSubnet(one))).toEqual(one);
      }),
    );
  });

  test("overlap is symmetric, and is containment one way or the other", () => {
    fc.assert(
      fc.property(parsed, parsed, (a, b) => {
        expect(overlaps(a, b)).toBe(overlaps(b, a));
        expect(overlaps(a, b)).toBe(containsSubnet(a, b) || containsSubnet(b, a));
        expect(containsSubnet(a, a)).toBe(true);
      }),
    );
  });

  test("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseSubnet(text)));
  });
});
