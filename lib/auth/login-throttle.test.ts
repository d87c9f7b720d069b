// Penalties: counted for each address, over every process that shares the table, and forgotten in the end.

import { expect, test } from "bun:test";
import { LoginThrottle, throttleTableBytes } from "./login-throttle.ts";

const MINUTE = 60_000;

test("an address is counted, and another one by itself", () => {
  const penalties = new LoginThrottle();
  expect([1, 2, 3].map(() => penalties.count("192.0.2.1"))).toEqual([1, 2, 3]);
  expect(penalties.count("192.0.2.2")).toBe(1);
});

test("two processes count together", () => {
  const table = new Int32Array(throttleTableBytes(2) / Int32Array.BYTES_PER_ELEMENT);
  const [one, other] = [new LoginThrottle(table, 0), new LoginThrottle(table, 1)];
  expect(one.count("192.0.2.1")).toBe(1);
  expect(other.count("192.0.2.1")).toBe(2);
  expect(one.count("192.0.2.1")).toBe(3);
  expect(other.count("192.0.2.2")).toBe(1);
});

test("what was long ago is forgotten, and what is repeated is not", () => {
  let now = 1_000 * MINUTE;
  const penalties = new LoginThrottle(undefined, 0, () => now);
  penalties.count("192.0.2.1");
  now += 9 * MINUTE;
  expect(penalties.count("192.0.2.1")).toBe(2);
  now += 9 * MINUTE;
  expect(penalties.count("192.0.2.1")).toBe(3);
  now += 10 * MINUTE;
  expect(penalties.count("192.0.2.1")).toBe(1);
});

test("where too many guess, the one that has been quiet for longest is forgotten", () => {
  let now = 1_000 * MINUTE;
  const penalties = new LoginThrottle(undefined, 0, () => now);
  for (const address of ["192.0.2.1", "192.0.2.2"]) {
    penalties.count(address);
    now += 1_000;
  }
  for (let more = 0; more < 9_999; more++) penalties.count(`10.0.${more >> 8}.${more & 255}`);
  expect(penalties.count("192.0.2.2")).toBe(2);
  expect(penalties.count("192.0.2.1")).toBe(1);
});
