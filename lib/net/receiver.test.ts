// The receiver loses no bytes and keeps their order, and pauses the peer while it holds too many.

import { describe, expect, test } from "bun:test";
import { catchFailure } from "../testing/testing.ts";
import { Receiver } from "./receiver.ts";

/** A receiver, and the calls to its owner. */
function makeReceiver() {
  const calls: string[] = [];
  const receiver = new Receiver({
    setPaused: (isPaused) => void calls.push(isPaused ? "pause" : "resume"),
    abort: (error) => void calls.push(error.message),
  });
  const push = (text: string) => receiver.push(Buffer.from(text));
  const read = async () => Buffer.from((await receiver.read(0)) ?? []).toString();
  return { receiver, calls, push, read };
}

describe("a receiver", () => {
  test("gives back what has come, piece by piece or all at once", async () => {
    const { receiver, push, read } = makeReceiver();
    for (const text of ["a", "b", "c", "d"]) push(text);
    expect([await read(), await read()]).toEqual(["a", "b"]);
    expect(Buffer.from(receiver.takeUnread()).toString()).toBe("cd");
    expect(receiver.takeUnread()).toHaveLength(0);
    expect(await catchFailure(read())).toMatchObject({ kind: "timeout" });
  }, 1000);

  test("pauses the peer while more than 64 KiB wait", async () => {
    const { calls, push, read } = makeReceiver();
    push("x".repeat(64 * 1024));
    expect(calls).toEqual([]);
    push("y");
    expect(calls).toEqual(["pause"]);
    await read();
    expect(calls).toEqual(["pause", "resume"]);
  }, 1000);

  test("gives a consumer all bytes, the next piece after its promise, and ends after that", async () => {
    const { receiver, calls, push } = makeReceiver();
    const received: string[] = [];
    const gate = Promise.withResolvers<void>();
    push("a");
    let hasEnded = false;
    const receiving = receiver.receive((bytes) => {
      received.push(Buffer.from(bytes).toString());
      return received.length === 2 ? gate.promise : undefined;
    }, 500);
    void receiving.then(() => (hasEnded = true));
    for (const text of ["b", "c", "d"]) push(text);
    receiver.end();
    await Bun.sleep(1);
    expect([received, hasEnded, calls]).toEqual([["a", "b"], false, ["pause"]]);
    gate.resolve();
    await receiving;
    expect([received, calls]).toEqual([
      ["a", "b", "c", "d"],
      ["pause", "resume"],
    ]);
  }, 1000);

  test("aborts with what a consumer throws, at once or later", async () => {
    const { receiver, calls, push } = makeReceiver();
    const receiving = receiver.receive((bytes) => {
      if (bytes[0] === 0x61) throw new Error("at once");
      return Promise.reject(new Error("later"));
    }, 500);
    push("a");
    push("b");
    await Bun.sleep(1);
    expect(calls.filter((call) => call !== "pause" && call !== "resume")).toEqual([
      "at once",
      "later",
    ]);
    receiver.end();
    await receiving;
  }, 1000);
});
