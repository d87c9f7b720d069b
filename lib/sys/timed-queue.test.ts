// Calls that may never end are bounded in number and in time.

import { describe, expect, test } from "bun:test";
import { TimedQueue } from "./timed-queue.ts";
import { catchFailure, SOON } from "../testing/testing.ts";

/** A call that ends when the test says so. */
function pending() {
  const result = Promise.withResolvers<string>();
  return { call: () => result.promise, end: result.resolve, fail: result.reject };
}

describe("calls in a queue", () => {
  test("wait in a row if all places are taken, and go on in their order", async () => {
    const queue = new TimedQueue(1);
    const first = pending();
    const order: string[] = [];
    const calls = ["a", "b", "c"].map((name) => async () => void order.push(name));
    const results = [first.call, ...calls].map((call) => queue.run<unknown>(call, SOON));
    await Bun.sleep(0);
    expect([order, queue.running]).toEqual([[], 1]);
    first.end("done");
    expect(await results[0]).toBe("done");
    await Promise.all(results);
    expect([order, queue.running]).toEqual([["a", "b", "c"], 0]);
  }, 5000);

  test("give back their place after an error", async () => {
    const queue = new TimedQueue(1);
    const failure = new Error("EIO");
    expect(await catchFailure(queue.run(() => Promise.reject(failure), SOON))).toBe(
      failure as never,
    );
    expect(await queue.run(async () => "next", SOON)).toBe("next");
  }, 5000);

  test("fail with 450 after their time, and keep their place until they really end", async () => {
    const queue = new TimedQueue(1);
    const dead = pending();
    const released: string[] = [];
    const running = queue.run(dead.call, 20, (late) => void released.push(late));
    expect(await catchFailure(running)).toMatchObject({ code: 450 });
    expect(await catchFailure(queue.run(async () => {}, 20))).toMatchObject({
      code: 450,
      message: "The disk did not answer within 0.02 s: try again later.",
    });
    expect(queue.running).toBe(1);
    dead.end("a descriptor");
    await Bun.sleep(0);
    expect([released, queue.running]).toEqual([["a descriptor"], 0]);
    expect(await queue.run(async () => "next", SOON)).toBe("next");
  }, 5000);

  test("that fail after their time are nobody's error", async () => {
    const queue = new TimedQueue(1);
    const dead = pending();
    expect(await catchFailure(queue.run(dead.call, 10))).toMatchObject({ code: 450 });
    dead.fail("EIO");
    await Bun.sleep(0);
    expect(queue.running).toBe(0);
  }, 5000);
});
