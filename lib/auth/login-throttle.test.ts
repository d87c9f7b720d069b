// Wrong passwords are counted for each address, over all processes that share the table, and forgotten after a time.

import { expect, test } from "bun:test";
import { LoginThrottle, throttleTableBytes } from "./login-throttle.ts";

const MINUTE = 60_000;

test("each address is counted by itself", () => {
  const throttle = new LoginThrottle();
  expect([1, 2, 3].map(() => throttle.countFailure("192.0.2.1"))).toEqual([1, 2, 3]);
  expect(throttle.countFailure("192.0.2.2")).toBe(1);
});

test("two processes count together", () => {
  const table = new Int32Array(throttleTableBytes(2) / Int32Array.BYTES_PER_ELEMENT);
  const [one, other] = [new LoginThrottle(table, 0), new LoginThrottle(table, 1)];
  expect(one.countFailure("192.0.2.1")).toBe(1);
  expect(other.countFailure("192.0.2.1")).toBe(2);
  expect(one.countFailure("192.0.2.1")).toBe(3);
  expect(other.countFailure("192.0.2.2")).toBe(1);
});

test("old failures are forgotten, and repeated ones are not", () => {
  let now = 1_000 * MINUTE;
  const throttle = new LoginThrottle(undefined, 0, () => now);
  throttle.countFailure("192.0.2.1");
  now += 9 * MINUTE;
  expect(throttle.countFailure("192.0.2.1")).toBe(2);
  now += 9 * MINUTE;
  expect(throttle.countFailure("192.0.2.1")).toBe(3);
  now += 10 * MINUTE;
  expect(throttle.countFailure("192.0.2.1")).toBe(1);
});

test("if too many addresses guess, the one that has been quiet for longest is forgotten", () => {
  let now = 1_000 * MINUTE;
  const throttle = new LoginThrottle(undefined, 0, () => now);
  for (const address of ["192.0.2.1", "192.0.2.2"]) {
    throttle.countFailure(address);
    now += 1_000;
  }
  for (let more = 0; more < 9_999; more++) throttle.countFailure(`10.0.${more >> 8}.${more & 255}`);
  expect(throttle.countFailure("192.0.2.2")).toBe(2);
  expect(throttle.countFailure("192.0.2.1")).toBe(1);
});
