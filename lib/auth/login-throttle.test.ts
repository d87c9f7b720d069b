// Wrong passwords are counted for each source, over all processes that share the table; they block it, and are forgotten.

import { expect, test } from "bun:test";
import { LoginThrottle, THROTTLE_TABLE_BYTES } from "./login-throttle.ts";

const HERE = "192.0.2.1";
const MINUTE = 60;

/** Throttles of several processes on one table, and the clock that they share, in seconds. */
function startThrottles(processes = 1) {
  const clock = { seconds: Date.UTC(2026, 6) / 1000 };
  const table = new Int32Array(THROTTLE_TABLE_BYTES / Int32Array.BYTES_PER_ELEMENT);
  const start = () => new LoginThrottle(table, () => clock.seconds * 1000);
  const [one, ...others] = Array.from({ length: processes }, start);
  return { one: one as LoginThrottle, others, clock };
}

/** Tries a wrong password. Returns how many have failed lately, or 0 if the source is blocked. */
function guess(throttle: LoginThrottle, address = HERE): number {
  return throttle.beginAttempt(address) > 0 ? 0 : throttle.countFailure(address);
}

test("three wrong passwords block nobody; each further one blocks the source for twice as long", () => {
  const { one, clock } = startThrottles();
  expect([1, 2, 3].map(() => guess(one))).toEqual([1, 2, 3]);
  expect(one.getBlock(HERE)).toBe(0);
  for (const block of [4, 8, 16]) {
    expect(guess(one)).toBeGreaterThan(3);
    expect([one.getBlock(HERE), guess(one)]).toEqual([block, 0]);
    clock.seconds += block;
    expect(one.getBlock(HERE)).toBe(0);
  }
  expect(guess(one, "192.0.2.2")).toBe(1);
});

test.each([
  ["one IPv4 address in two forms", ["192.0.2.9", "::ffff:192.0.2.9", "::ffff:c000:209"]],
  ["one IPv6 /64", ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:9::3"]],
])("all addresses of %s are one source", (_, addresses) => {
  const { one } = startThrottles();
  expect(addresses.map((address) => guess(one, address))).toEqual([1, 2, 3]);
  expect(guess(one, addresses[0])).toBe(4);
  expect(addresses.map((address) => one.getBlock(address))).toEqual([4, 4, 4]);
  expect(one.getBlock("2001:db8:0:1::1")).toBe(0);
});

test("all processes count together", () => {
  const { one, others } = startThrottles(4);
  expect([one, ...others].map((throttle) => guess(throttle))).toEqual([1, 2, 3, 4]);
  expect([one, ...others].map((throttle) => guess(throttle))).toEqual([0, 0, 0, 0]);
});

test("a source that has failed often makes one attempt at a time in all processes, and a right password frees it", () => {
  const { one, others } = startThrottles(8);
  for (let failure = 0; failure < 3; failure++) guess(one);
  expect(one.beginAttempt(HERE)).toBe(0);
  for (const other of others) expect(other.beginAttempt(HERE)).toBe(4);
  one.endAttempt();
  expect(others[0]?.beginAttempt(HERE)).toBe(0);
  // What failed before is still counted: who has an account cannot clear his record with it.
  expect(others[0]?.countFailure(HERE)).toBe(4);
});

test.each([1, 8])(
  "%d processes that guess for an hour get about one guess a minute",
  (processes) => {
    const { one, others, clock } = startThrottles(processes);
    let guesses = 0;
    for (let second = 0; second < 60 * MINUTE; second++, clock.seconds++)
      for (const throttle of [one, ...others]) if (guess(throttle) > 0) guesses++;
    expect(guesses).toBeWithin(50, 75);
  },
);

test("a wrong password is forgotten after a minute", () => {
  const { one, clock } = startThrottles();
  for (let failure = 0; failure < 3; failure++) guess(one);
  clock.seconds += MINUTE;
  expect(one.countRecent(HERE)).toBe(2);
  clock.seconds += 2 * MINUTE;
  expect(one.countRecent(HERE)).toBe(0);
  expect(guess(one)).toBe(1);
});

test("a block ends even if the clock is put back", () => {
  const { one, clock } = startThrottles();
  for (let failure = 0; failure < 4; failure++) guess(one);
  clock.seconds -= 24 * 60 * MINUTE;
  expect(one.getBlock(HERE)).toBe(0);
});

test("strangers without number take no more memory, and do not free the source that guesses most", () => {
  const { one } = startThrottles();
  for (let failure = 0; failure < 4; failure++) guess(one);
  for (let more = 0; more < 60_000; more++)
    guess(one, `10.${more >> 16}.${(more >> 8) & 255}.${more & 255}`);
  expect(one.getBlock(HERE)).toBe(4);
});
