// IP addresses are looked up, normalized, formatted and compared.

import { describe, expect, test } from "bun:test";
import {
  isLoopback,
  isSameHost,
  normalizeAddress,
  resolveHost,
  formatEndpoint,
} from "./address.ts";
import { catchFailure } from "../testing/testing.ts";

describe("addresses", () => {
  test("an IP literal is its own address, with or without brackets", async () => {
    expect(await resolveHost("127.0.0.1")).toEqual(["127.0.0.1"]);
    expect(await resolveHost("::1")).toEqual(["::1"]);
    expect(await resolveHost("[::1]")).toEqual(["::1"]);
  }, 10_000);

  test("localhost is this host, and no address comes twice", async () => {
    const addresses = await resolveHost("localhost");
    expect(addresses.length).toBeGreaterThan(0);
    for (const address of addresses) expect(["127.0.0.1", "::1"]).toContain(address);
    expect(new Set(addresses).size).toBe(addresses.length);
  }, 10_000);

  test("the failure for an unknown host names it", async () => {
    const failure = await catchFailure(resolveHost("no-such-host.invalid"));
    expect(failure).toMatchObject({ kind: "connect" });
    expect(failure.message).toContain('"no-such-host.invalid"');
  }, 10_000);

  test("only an IPv4-mapped address is rewritten", () => {
    expect(normalizeAddress("::ffff:10.1.2.3")).toBe("10.1.2.3");
    expect(normalizeAddress("::FFFF:10.1.2.3")).toBe("10.1.2.3");
    for (const other of ["10.1.2.3", "::1", "fe80::1", "::10.1.2.3", "::ffff:a:b", "::ffff:1"]) {
      expect(normalizeAddress(other)).toBe(other);
    }
  }, 10_000);

  test("an IPv6 address is formatted with brackets", () => {
    expect(formatEndpoint({ address: "::1", port: 80 })).toBe("[::1]:80");
    expect(formatEndpoint({ address: "10.1.2.3", port: 80 })).toBe("10.1.2.3:80");
  }, 10_000);
});

test("the loopback is 127/8 and ::1, and not a name that looks like it", () => {
  expect(["127.0.0.1", "127.255.0.9", "::1"].every(isLoopback)).toBe(true);
  expect(["127.evil.example", "128.0.0.1", "::2", "192.0.2.7", ""].some(isLoopback)).toBe(false);
}, 1000);

test("both ends are on the same host if they have one address, or if the remote one is the loopback", () => {
  const end = (address: string) => ({ address, port: 30021 });
  expect(isSameHost(end("192.0.2.7"), end("192.0.2.7"))).toBe(true);
  expect(isSameHost(end("127.0.0.1"), end("127.0.0.9"))).toBe(true);
  expect(isSameHost(end("192.0.2.7"), end("192.0.2.8"))).toBe(false);
}, 1000);
