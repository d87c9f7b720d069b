// A transfer that is never silent, and yet never comes to its end, is given up.

import { expect, spyOn, test } from "bun:test";
import { catchFailure, connectPair, SOON } from "../testing/testing.ts";
import { receivePayload } from "./payload.ts";

/** How much faster than the clock the rate is looked at. */
const SPEED = 200;

test("a server that sends a byte now and then is too slow", async () => {
  const { setInterval } = globalThis;
  using _clock = spyOn(globalThis, "setInterval").mockImplementation(((
    work: () => void,
    ms: number,
  ) => setInterval(work, ms / SPEED)) as typeof setInterval);
  await using ends = await connectPair();
  const timer = setInterval(() => ends.far.push(Buffer.from("x")), 20);
  const result = receivePayload(ends.near, 1e6, { write: () => {} }, SOON, () => {});
  const failure = await catchFailure(result);
  clearInterval(timer);
  expect(failure).toMatchObject({ kind: "timeout" });
  expect(failure.message).toMatch(/^Only [0-9]+ bytes came within 60 s: the server is too slow\.$/);
}, 10_000);
