// IP addresses are looked up, normalized, formatted and compared.

import { describe, expect, test } from "bun:test";
import {
  formatEndpoint,
  isLinkLocal,
  isLoopback,
  isSameHost,
  normalizeAddress,
  removeZone,
} from "./address.ts";

describe("addresses", () => {
  test.each([
    ["::ffff:10.1.2.3", "10.1.2.3"],
    ["::FFFF:10.1.2.3", "10.1.2.3"],
    ["0:0:0:0:0:ffff:a01:203", "10.1.2.3"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["2001:DB8:0::00ff", "2001:db8::ff"],
    ["FE80::1%eth0", "fe80::1%eth0"],
    ["::10.1.2.3", "::a01:203"],
  ])(
    "%s is written as %s",
    (address, plain) => {
      expect(normalizeAddress(address)).toBe(plain);
      expect(normalizeAddress(plain)).toBe(plain);
    },
    1000,
  );

  test("what is in its one form, or is no address, stays as it is", () => {
    for (const other of [
      "10.1.2.3",
      "::1",
      "::",
      "fe80::1",
      "::ffff:1",
      "",
      "host",
      "1:2",
      "g::",
    ]) {
      expect(normalizeAddress(other)).toBe(other);
    }
  }, 1000);

  test("only fe80::/10 is link-local", () => {
    expect(["fe80::1", "FEBF::1%eth0"].every(isLinkLocal)).toBe(true);
    expect(["fec0::1", "fe8::1", "::1", "10.1.2.3", ""].some(isLinkLocal)).toBe(false);
    expect(removeZone("fe80::1%eth0")).toBe("fe80::1");
  }, 1000);

  test("an IPv6 address is formatted with brackets", () => {
    expect(formatEndpoint({ address: "::1", port: 80 })).toBe("[::1]:80");
    expect(formatEndpoint({ address: "10.1.2.3", port: 80 })).toBe("10.1.2.3:80");
  }, 10_000);
});

test("the loopback is 127/8 and ::1, and not a name that looks like it", () => {
  expect(
    ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1"].every(isLoopback),
  ).toBe(true);
  expect(["127.evil.example", "128.0.0.1", "::2", "192.0.2.7", ""].some(isLoopback)).toBe(false);
}, 1000);

test("both ends are on the same host if they have one address, or if the remote one is the loopback", () => {
  const end = (address: string) => ({ address, port: 30021 });
  expect(isSameHost(end("192.0.2.7"), end("192.0.2.7"))).toBe(true);
  expect(isSameHost(end("127.0.0.1"), end("127.0.0.9"))).toBe(true);
  expect(isSameHost(end("192.0.2.7"), end("192.0.2.8"))).toBe(false);
}, 1000);
