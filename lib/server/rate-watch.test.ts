// A client that takes a few bytes now and then loses its place; one that takes enough keeps it.

import { expect, test } from "bun:test";
import { RateWatch } from "./rate-watch.ts";
import { waitUntil } from "../testing/testing.ts";

/** In ms; 50 bytes must be sent in this time. */
const WINDOW = 100;

test("a transfer of a byte now and then is ended with 426", async () => {
  let bytes = 0;
  const reasons: Error[] = [];
  const step = setInterval(() => bytes++, 10);
  {
    using _watch = new RateWatch(
      500,
      WINDOW,
      () => bytes,
      (reason) => reasons.push(reason),
    );
    await waitUntil(() => reasons.length > 0, "the end of the transfer");
  }
  clearInterval(step);
  expect(reasons[0]).toMatchObject({ code: 426 });
  expect(reasons[0]?.message).toMatch(/^Fewer than 50 bytes were sent in 0\.1 s: .+\.$/);
}, 10_000);

test("a transfer that is fast enough goes on, and nothing is checked after its end", async () => {
  let bytes = 0;
  let checks = 0;
  const reasons: Error[] = [];
  const sent = () => (checks++, (bytes += 50));
  {
    using _watch = new RateWatch(500, WINDOW, sent, (reason) => reasons.push(reason));
    await waitUntil(() => checks >= 4, "three checks");
  }
  const before = checks;
  await Bun.sleep(2 * WINDOW);
  expect([checks, reasons]).toEqual([before, []]);
}, 10_000);
