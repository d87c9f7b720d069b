// Which connections stay within this machine.

import { expect, test } from "bun:test";
import { isLoopback, isWithin } from "./loopback.ts";

test("the loopback is 127/8 and ::1, and no name that looks like it", () => {
  expect(["127.0.0.1", "127.255.0.9", "::1"].every(isLoopback)).toBe(true);
  expect(["127.evil.example", "128.0.0.1", "::2", "192.0.2.7", ""].some(isLoopback)).toBe(false);
}, 1000);

test("a connection is within the machine where its ends have one address, or the far one is the loopback", () => {
  const end = (address: string) => ({ address, port: 30021 });
  expect(isWithin(end("192.0.2.7"), end("192.0.2.7"))).toBe(true);
  expect(isWithin(end("127.0.0.1"), end("127.0.0.9"))).toBe(true);
  expect(isWithin(end("192.0.2.7"), end("192.0.2.8"))).toBe(false);
}, 1000);
