// The buffer loses no bytes and keeps their order, and pauses the peer while it holds too many.

import { describe, expect, test } from "bun:test";
import { ReceiveBuffer } from "./receive-buffer.ts";

/** A buffer, and the calls to its owner. */
function makeBuffer() {
  const calls: string[] = [];
  const buffer = new ReceiveBuffer({
    setPaused: (isPaused) => void calls.push(isPaused ? "pause" : "resume"),
    onError: (error) => void calls.push(error.message),
    onProgress: () => {},
  });
  const put = (text: string) => buffer.push(Buffer.from(text));
  const next = () => buffer.next()?.toString();
  return { buffer, calls, put, next };
}

describe("a receive buffer", () => {
  test("gives back what has come, piece by piece or all at once", () => {
    const { buffer, put, next } = makeBuffer();
    for (const text of ["a", "b", "c", "d"]) put(text);
    expect([next(), next()]).toEqual(["a", "b"]);
    expect(Buffer.from(buffer.takeAll()).toString()).toBe("cd");
    expect([buffer.isEmpty, next()]).toEqual([true, undefined]);
  }, 1000);

  test("pauses the peer while more than 64 KiB wait", () => {
    const { calls, put, next } = makeBuffer();
    put("x".repeat(64 * 1024));
    expect(calls).toEqual([]);
    put("y");
    expect(calls).toEqual(["pause"]);
    next();
    expect(calls).toEqual(["pause", "resume"]);
  }, 1000);

  test("gives a consumer all bytes, the next piece after its promise", async () => {
    const { buffer, calls, put } = makeBuffer();
    const received: string[] = [];
    const gate = Promise.withResolvers<void>();
    put("a");
    buffer.setConsumer((bytes) => {
      received.push(Buffer.from(bytes).toString());
      return received.length === 2 ? gate.promise : undefined;
    });
    for (const text of ["b", "c", "d"]) put(text);
    expect([received, buffer.isBusy, calls]).toEqual([["a", "b"], true, ["pause"]]);
    gate.resolve();
    await Bun.sleep(1);
    expect([received, buffer.isBusy, calls]).toEqual([
      ["a", "b", "c", "d"],
      false,
      ["pause", "resume"],
    ]);
  }, 1000);

  test("reports what a consumer throws, at once or later", async () => {
    const { buffer, calls, put } = makeBuffer();
    buffer.setConsumer((bytes) => {
      if (bytes[0] === 0x61) throw new Error("at once");
      return Promise.reject(new Error("later"));
    });
    put("a");
    put("b");
    await Bun.sleep(1);
    expect(calls.filter((what) => what !== "pause" && what !== "resume")).toEqual([
      "at once",
      "later",
    ]);
  }, 1000);
});
