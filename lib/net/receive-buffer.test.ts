// Nothing is lost or changes its place in an inbox, and its owner holds the peer back while too much is there.

import { describe, expect, test } from "bun:test";
import { ReceiveBuffer } from "./receive-buffer.ts";

/** An inbox, and what its owner was told. */
function inbox() {
  const told: string[] = [];
  const box = new ReceiveBuffer({
    setPaused: (back) => void told.push(back ? "hold" : "go on"),
    onError: (error) => void told.push(error.message),
    onProgress: () => {},
  });
  const put = (text: string) => box.push(Buffer.from(text));
  const next = () => box.next()?.toString();
  return { box, told, put, next };
}

describe("an inbox", () => {
  test("gives back piece by piece, or all at once, what has come", () => {
    const { box, put, next } = inbox();
    for (const text of ["a", "b", "c", "d"]) put(text);
    expect([next(), next()]).toEqual(["a", "b"]);
    expect(Buffer.from(box.takeAll()).toString()).toBe("cd");
    expect([box.isEmpty, next()]).toEqual([true, undefined]);
  }, 1000);

  test("has the peer held back while more than 64 KiB wait", () => {
    const { told, put, next } = inbox();
    put("x".repeat(64 * 1024));
    expect(told).toEqual([]);
    put("y");
    expect(told).toEqual(["hold"]);
    next();
    expect(told).toEqual(["hold", "go on"]);
  }, 1000);

  test("hands a sink what was there and what comes, the next piece after its promise", async () => {
    const { box, told, put } = inbox();
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    put("a");
    box.setConsumer((bytes) => {
      seen.push(Buffer.from(bytes).toString());
      return seen.length === 2 ? gate.promise : undefined;
    });
    for (const text of ["b", "c", "d"]) put(text);
    expect([seen, box.isBusy, told]).toEqual([["a", "b"], true, ["hold"]]);
    gate.resolve();
    await Bun.sleep(1);
    expect([seen, box.isBusy, told]).toEqual([["a", "b", "c", "d"], false, ["hold", "go on"]]);
  }, 1000);

  test("tells what a sink throws, at once or later", async () => {
    const { box, told, put } = inbox();
    box.setConsumer((bytes) => {
      if (bytes[0] === 0x61) throw new Error("at once");
      return Promise.reject(new Error("later"));
    });
    put("a");
    put("b");
    await Bun.sleep(1);
    expect(told.filter((what) => what !== "hold" && what !== "go on")).toEqual([
      "at once",
      "later",
    ]);
  }, 1000);
});
