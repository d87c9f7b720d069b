// Reads and writes end in time, lose no byte, and report a broken connection.

import { describe, expect, test } from "bun:test";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { Failure } from "../errors.ts";
import { Pipe } from "../sys/pipe.ts";
import type { Connection } from "./connection.ts";
import {
  catchFailure,
  connectPair,
  readAll,
  Scratch,
  SOON,
  waitUntil,
} from "../testing/testing.ts";

/** More than the socket buffers of both sides hold. */
const BIG = 16 * 1024 * 1024;

/** How many bytes the kernel takes from `near` while nobody reads at `far`. */
async function fillKernel(near: Connection): Promise<number> {
  let taken = 0;
  for (let isFull = false; !isFull && taken < BIG;) {
    const count = near.push(Buffer.alloc(64 * 1024));
    taken += count;
    if (count === 0)
      isFull = await near.waitForDrain(100).then(
        () => false,
        () => true,
      );
  }
  return taken;
}

const random = (length: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(length)));
const REASON = new Failure("other", "Because.");

describe("reading", () => {
  test("gives the bytes that came, and then the peer's FIN", async () => {
    await using ends = await connectPair();
    await ends.near.write("hello", SOON);
    expect(Buffer.from((await ends.far.read(SOON)) ?? []).toString()).toBe("hello");
    void ends.near.finish(SOON);
    expect(await ends.far.read(SOON)).toBeUndefined();
  }, 10_000);

  test("ends after its time if nothing comes, and the connection can still be used", async () => {
    await using ends = await connectPair();
    const failure = await catchFailure(ends.far.read(30));
    expect(failure).toMatchObject({ kind: "timeout", code: 421 });
    await ends.near.write("late", SOON);
    expect(await ends.far.read(SOON)).toHaveLength(4);
  }, 10_000);

  test("a reset is a failure, and not an end like a FIN", async () => {
    await using ends = await connectPair();
    const reading = catchFailure(ends.far.read(SOON));
    ends.near.abort(REASON);
    expect(await reading).toMatchObject({ kind: "incomplete", code: 426 });
  }, 10_000);

  test("a peer that floods is held back while nobody reads, and no byte is lost", async () => {
    await using ends = await connectPair();
    const bytes = random(BIG);
    const failure = await catchFailure(ends.near.write(bytes, 50));
    expect(failure).toMatchObject({ kind: "timeout", code: 426 });
    let received = 0;
    const hasher = new Bun.CryptoHasher("sha256");
    const reading = ends.far.receive((piece) => {
      received += piece.length;
      hasher.update(piece);
    }, SOON);
    const finishing = ends.near.finish(SOON);
    await reading;
    ends.far.close();
    await finishing;
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(BIG);
    const sent = Bun.CryptoHasher.hash("sha256", bytes.subarray(0, received), "hex");
    expect(hasher.digest("hex")).toBe(sent);
  }, 10_000);

  test("a peer that sends what nobody asked for breaks the connection after some megabytes", async () => {
    await using ends = await connectPair();
    ends.far.ignoreInput();
    await ends.near.write(Buffer.alloc(100_000), SOON);
    await Bun.sleep(20);
    expect(ends.far.isClosed).toBe(false);
    await catchFailure(ends.near.write(Buffer.alloc(BIG), SOON));
    expect(ends.far.isClosed).toBe(true);
  }, 10_000);

  test("the FIN of a peer that sends what nobody asked for is seen", async () => {
    await using ends = await connectPair();
    ends.far.ignoreInput();
    await ends.near.write(Buffer.alloc(500_000), SOON);
    void ends.near.finish(SOON);
    await waitUntil(() => ends.far.hasEnded, "the end");
    expect(ends.far.isClosed).toBe(false);
  }, 10_000);

  test("an interruption ends a read that waits, and writing is still possible", async () => {
    await using ends = await connectPair();
    const reading = catchFailure(ends.far.read(SOON));
    ends.far.interrupt(REASON);
    expect(await reading).toBe(REASON);
    await ends.far.write("still here", SOON);
    expect(await ends.near.read(SOON)).toHaveLength(10);
  }, 10_000);

  test("an interruption before a read ends that read", async () => {
    await using ends = await connectPair();
    ends.far.interrupt(REASON);
    expect(await catchFailure(ends.far.read(SOON))).toBe(REASON);
  }, 10_000);
});

describe("receiving", () => {
  test("a slow consumer holds the peer back, and gets every byte in order", async () => {
    await using ends = await connectPair();
    const bytes = random(BIG);
    const pieces: Uint8Array[] = [];
    let busy = 0;
    const slowly = async (piece: Uint8Array) => {
      expect(++busy).toBe(1);
      await Bun.sleep(pieces.length % 8 === 0 ? 2 : 0);
      pieces.push(piece);
      busy--;
    };
    const receiving = ends.far.receive(slowly, SOON);
    await ends.near.write(bytes, SOON);
    await Promise.all([ends.near.finish(SOON), receiving.then(() => ends.far.close())]);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  }, 10_000);

  test("a peer that becomes silent is a failure after the stall time", async () => {
    await using ends = await connectPair();
    await ends.near.write("something", SOON);
    expect(await catchFailure(readAll(ends.far, 60))).toMatchObject({ kind: "timeout" });
  }, 10_000);

  test("a peer that is slow but goes on is not a failure", async () => {
    await using ends = await connectPair();
    const receiving = readAll(ends.far, 200);
    for (let sent = 0; sent < 8; sent++) {
      await Bun.sleep(40);
      await ends.near.write("x", SOON);
    }
    void ends.near.finish(SOON);
    expect((await receiving).toString()).toBe("xxxxxxxx");
  }, 10_000);

  test("a consumer that throws, at once or later, breaks the connection with its error", async () => {
    const atOnce = () => {
      throw REASON;
    };
    for (const sink of [atOnce, () => Promise.reject(REASON)]) {
      await using ends = await connectPair();
      const sending = catchFailure(readAll(ends.near));
      const receiving = catchFailure(ends.far.receive(sink, SOON));
      await ends.near.write("x", SOON);
      expect(await receiving).toBe(REASON);
      expect(await sending).toMatchObject({ kind: "incomplete" });
    }
  }, 10_000);

  test("a transfer that the peer resets is a failure, however much has come", async () => {
    await using ends = await connectPair();
    const receiving = catchFailure(readAll(ends.far));
    await ends.near.write(random(100_000), SOON);
    ends.near.abort(REASON);
    expect(await receiving).toMatchObject({ kind: "incomplete", code: 426 });
  }, 10_000);
});

describe("writing", () => {
  test.skipIf(process.platform !== "linux")(
    "to a peer that does not read fills only small buffers of the kernel if they are limited",
    async () => {
      await using usual = await connectPair();
      await using limited = await connectPair();
      limited.far.limitReceiveBuffer();
      limited.near.limitUnsent();
      const taken = await fillKernel(limited.near);
      expect(taken).toBeLessThan(1024 * 1024);
      expect(taken).toBeLessThan((await fillKernel(usual.near)) / 2);
    },
    10_000,
  );

  test("a peer that reads nothing is a failure after the stall time", async () => {
    await using ends = await connectPair();
    expect(await catchFailure(ends.near.write(random(BIG), 50))).toMatchObject({
      kind: "timeout",
      code: 426,
    });
  }, 10_000);

  test("a write that waits ends with a failure if the peer has gone", async () => {
    await using ends = await connectPair();
    const writing = catchFailure(ends.near.write(random(BIG), SOON));
    await Bun.sleep(10);
    ends.far.abort(REASON);
    expect(await writing).toMatchObject({ kind: "incomplete", code: 426 });
    expect(() => ends.near.push(Buffer.from("x"))).toThrow("The other side broke the connection.");
  }, 10_000);

  test("a write that waits ends with the reason of our own abort", async () => {
    await using ends = await connectPair();
    const writing = catchFailure(ends.near.write(random(BIG), SOON));
    ends.near.abort(REASON);
    expect(await writing).toBe(REASON);
  }, 10_000);

  test("after the close there is no writing and no descriptor", async () => {
    await using ends = await connectPair();
    expect(ends.near.fd).toBeGreaterThan(2);
    ends.near.close();
    expect(() => ends.near.fd).toThrow();
    expect(() => ends.near.push(Buffer.from("x"))).toThrow();
    await expect(ends.near.waitForDrain(SOON)).rejects.toThrow();
  }, 10_000);
});

test("an abort ends a receive at once, even while its consumer waits", async () => {
  await using ends = await connectPair();
  const reason = new Failure("other", "Interrupted.");
  const receiving = catchFailure(ends.far.receive(() => new Promise<void>(() => {}), SOON));
  await ends.near.write("x", SOON);
  await Bun.sleep(20);
  ends.far.abort(reason);
  expect(await receiving).toBe(reason);
}, 5000);

test("spliced bytes and those of events are one stream, in order", async () => {
  const bytes = random(BIG);
  using scratch = new Scratch();
  using pipe = new Pipe();
  await using ends = await connectPair();
  const fd = openSync(scratch.at("a"), "w");
  let spliced = 0;
  const splice = (socket: number) => {
    const count = pipe.fill(socket, BIG);
    spliced += pipe.drainTo(fd);
    return count;
  };
  const received = ends.far.receive((piece) => void writeSync(fd, piece), SOON, splice);
  await ends.near.write(bytes, SOON);
  await Promise.all([ends.near.finish(SOON), received.then(() => ends.far.close())]);
  closeSync(fd);
  expect(readFileSync(scratch.at("a")).equals(bytes)).toBe(true);
  if (process.platform === "linux") expect(spliced).toBeGreaterThan(0);
}, 20_000);

test("a splice that throws ends the receive with its error", async () => {
  await using ends = await connectPair();
  const reason = new Failure("local", "The disk is full.");
  const splice = () => {
    throw reason;
  };
  const received = catchFailure(ends.far.receive(() => {}, SOON, splice));
  ends.near.write(random(BIG), SOON).catch(() => {});
  expect(await received).toBe(reason);
}, 5000);
