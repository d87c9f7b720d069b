// Both methods of sending a file give the same bytes and the same failures.

import { describe, expect, test } from "bun:test";
import { closeSync, ftruncateSync, openSync, renameSync, truncateSync, writeSync } from "node:fs";
import { Connection, type RawSocket } from "../net/connection.ts";
import { Failure } from "../errors.ts";
import { bind } from "../sys/libc.ts";
import { type Disk, type DiskRange, systemDisk } from "../sys/disk.ts";
import { TimedQueue } from "../sys/timed-queue.ts";
import { BEST_METHOD, type SendMethod, sendFile } from "./sendfile.ts";
import { catchFailure, connectPair, readAll, Scratch, SOON } from "../testing/testing.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const random = (length: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(length)));
const CONTENT = Buffer.concat(Array.from({ length: 50 }, () => random(64 * 1024 - 1)));

/** An open file, and the directory that it is in. */
function fixture(content: Uint8Array = CONTENT) {
  const scratch = new Scratch();
  const path = scratch.file("a", content);
  const fd = openSync(path, "r");
  const dispose = () => {
    closeSync(fd);
    scratch[Symbol.dispose]();
  };
  return { scratch, path, fd, [Symbol.dispose]: dispose };
}

/** A connection to a peer that takes all bytes at once: /dev/null. */
function sink(fd: number): Connection {
  const nothing = () => {};
  const calls = { shutdown: nothing, pause: nothing, resume: nothing, end: nothing };
  const socket: RawSocket = { ...calls, fd, terminate: nothing, write: ({ length }) => length };
  const nowhere = { address: "127.0.0.1", port: 1 };
  return new Connection(socket, nowhere, nowhere);
}

const libc = bind({
  getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
});

/** The congestion control of a socket (tcp(7)). */
function congestionControl(fd: number): string {
  const name = Buffer.alloc(16);
  libc?.getsockopt(fd, 6, 13, name, new Uint32Array([name.length]));
  return name.toString("latin1").split("\0")[0] ?? "";
}

test.skipIf(!libc)(
  "a large file is not paced within this machine, whatever the system's congestion control",
  async () => {
    using file = fixture();
    await using ends = await connectPair();
    const usual = congestionControl(ends.far.fd);
    const reading = readAll(ends.far);
    const rest: DiskRange = { fd: file.fd, offset: 0, length: CONTENT.length };
    const options = { method: BEST_METHOD, stall: SOON };
    await sendFile(ends.near, { ...rest, length: 1024 }, options);
    expect(congestionControl(ends.near.fd)).toBe(usual);
    await sendFile(ends.near, rest, options);
    expect(congestionControl(ends.near.fd)).toBe("reno");
    void ends.near.finish(SOON);
    await reading;
  },
  10_000,
);

describe.each<SendMethod>(["sendfile", "copy"])("by %s", (method) => {
  /** Sends a range to a reader, and returns the bytes that arrived. */
  async function transfer(range: DiskRange, meanwhile = async () => {}): Promise<Buffer> {
    await using ends = await connectPair();
    const reading = readAll(ends.far);
    const sending = sendFile(ends.near, range, { method, stall: SOON });
    await meanwhile();
    await sending.finally(() => void ends.near.finish(SOON));
    return await reading;
  }

  test("a file arrives byte for byte", async () => {
    using file = fixture();
    const received = await transfer({ fd: file.fd, offset: 0, length: CONTENT.length });
    expect(received.equals(CONTENT)).toBe(true);
  }, 10_000);

  test("an empty file sends nothing, and is not a failure", async () => {
    using file = fixture(new Uint8Array(0));
    expect(await transfer({ fd: file.fd, offset: 0, length: 0 })).toHaveLength(0);
  }, 10_000);

  test("a range is sent from its offset to its end, and not a byte more", async () => {
    using file = fixture();
    for (const [offset, length] of [
      [0, 1],
      [1, 2 * MIB],
      [CONTENT.length - 1, 1],
      [MIB - 1, MIB + 2],
      [CONTENT.length, 0],
    ] as const) {
      const received = await transfer({ fd: file.fd, offset, length });
      expect(received.equals(CONTENT.subarray(offset, offset + length))).toBe(true);
    }
  }, 10_000);

  test("the end of a sparse file of 5 GiB is sent", async () => {
    using scratch = new Scratch();
    const fd = openSync(scratch.at("sparse"), "w+");
    ftruncateSync(fd, 5 * GIB);
    writeSync(fd, "the end", 5 * GIB);
    const received = await transfer({ fd, offset: 5 * GIB - 5, length: 12 });
    closeSync(fd);
    expect(received.toString("latin1")).toBe("\0\0\0\0\0the end");
  }, 10_000);

  test("each piece is counted, and the sum is the whole", async () => {
    using file = fixture();
    await using ends = await connectPair();
    let counted = 0;
    const onSent = (bytes: number) => (counted += bytes);
    const reading = readAll(ends.far);
    const range = { fd: file.fd, offset: 10, length: CONTENT.length - 10 };
    await sendFile(ends.near, range, { method, stall: SOON, onSent });
    void ends.near.finish(SOON);
    await reading;
    expect(counted).toBe(CONTENT.length - 10);
  }, 10_000);

  test("a file that shrinks while it is sent is a failure, not a short success", async () => {
    using file = fixture(Buffer.alloc(32 * MIB));
    await using ends = await connectPair();
    const sending = catchFailure(
      sendFile(ends.near, { fd: file.fd, offset: 0, length: 32 * MIB }, { method, stall: SOON }),
    );
    truncateSync(file.path, MIB / 2);
    const reading = readAll(ends.far);
    const failure = await sending;
    expect(failure).toMatchObject({
      code: 450,
      message: expect.stringContaining("it became shorter"),
    });
    ends.near.close();
    await reading;
  }, 10_000);

  test("a file that was shortened to nothing before it is sent is a failure", async () => {
    using file = fixture();
    truncateSync(file.path, 0);
    const failure = await catchFailure(
      transfer({ fd: file.fd, offset: 0, length: CONTENT.length }),
    );
    expect(failure).toMatchObject({ code: 450 });
  }, 10_000);

  test("a file that grows while it is sent gives only the bytes that were announced", async () => {
    using file = fixture();
    const received = await transfer(
      { fd: file.fd, offset: 0, length: CONTENT.length },
      async () => {
        const fd = openSync(file.path, "a");
        writeSync(fd, random(MIB));
        closeSync(fd);
      },
    );
    expect(received.equals(CONTENT)).toBe(true);
  }, 10_000);

  test("a file that is replaced under its name while it is sent arrives as it was", async () => {
    using file = fixture();
    const received = await transfer(
      { fd: file.fd, offset: 0, length: CONTENT.length },
      async () => {
        renameSync(file.scratch.file("b", "another file"), file.path);
      },
    );
    expect(received.equals(CONTENT)).toBe(true);
  }, 10_000);

  test("a file that cannot be read is a failure of code 450", async () => {
    using scratch = new Scratch();
    const directory = openSync(scratch.path, "r");
    const failure = await catchFailure(transfer({ fd: directory, offset: 0, length: 10 }));
    closeSync(directory);
    expect(failure).toMatchObject({ code: 450 });
    expect(failure.message).toStartWith("The file cannot be read: ");
  }, 10_000);

  test("a reader that stops does not keep another one from finishing", async () => {
    using file = fixture(Buffer.alloc(24 * MIB, "x"));
    const range = { fd: file.fd, offset: 0, length: 24 * MIB };
    await using stopped = await connectPair();
    const stuck = catchFailure(sendFile(stopped.near, range, { method, stall: SOON }));
    expect(await Promise.race([stuck, transfer(range)])).toHaveLength(24 * MIB);
    const reason = new Failure("other", "Enough.");
    stopped.near.abort(reason);
    expect(await stuck).toBe(reason);
  }, 10_000);

  test("a reader that stops is a failure of code 426 after the stall time", async () => {
    using file = fixture(Buffer.alloc(24 * MIB));
    await using ends = await connectPair();
    const range = { fd: file.fd, offset: 0, length: 24 * MIB };
    const failure = await catchFailure(sendFile(ends.near, range, { method, stall: 60 }));
    expect(failure).toMatchObject({ kind: "timeout", code: 426 });
  }, 10_000);

  test("a reader that is slow gets everything", async () => {
    using file = fixture(Buffer.concat([CONTENT, CONTENT, CONTENT]));
    const length = 3 * CONTENT.length;
    await using ends = await connectPair();
    const pieces: Uint8Array[] = [];
    const slowly = async (piece: Uint8Array) => {
      await Bun.sleep(1);
      pieces.push(piece);
    };
    const reading = ends.far.receive(slowly, SOON);
    await sendFile(ends.near, { fd: file.fd, offset: 0, length }, { method, stall: SOON });
    void ends.near.finish(SOON);
    await reading;
    expect(Buffer.concat(pieces).equals(Buffer.concat([CONTENT, CONTENT, CONTENT]))).toBe(true);
  }, 10_000);

  test("a reset by the reader, before or in the middle, is a failure of code 426", async () => {
    using file = fixture(Buffer.alloc(24 * MIB));
    for (const wait of [0, 20]) {
      await using ends = await connectPair();
      const range = { fd: file.fd, offset: 0, length: 24 * MIB };
      const sending = catchFailure(sendFile(ends.near, range, { method, stall: SOON }));
      if (wait > 0) await Bun.sleep(wait);
      ends.far.abort(new Failure("other", "Gone."));
      expect(await sending).toMatchObject({ kind: "incomplete", code: 426 });
    }
  }, 10_000);

  test("our own abort ends it with its reason", async () => {
    using file = fixture(Buffer.alloc(24 * MIB));
    await using ends = await connectPair();
    const range = { fd: file.fd, offset: 0, length: 24 * MIB };
    const sending = catchFailure(sendFile(ends.near, range, { method, stall: SOON }));
    const reason = new Failure("refused", "The server was stopped.", 426);
    ends.near.abort(reason);
    expect(await sending).toBe(reason);
  }, 10_000);

  test("others get their turn although the reader never waits", async () => {
    using file = fixture(Buffer.alloc(16 * MIB));
    const fd = openSync("/dev/null", "w");
    let turns = 0;
    let done = false;
    const count = () => (turns++, done || setImmediate(count));
    setImmediate(count);
    await sendFile(sink(fd), { fd: file.fd, offset: 0, length: 16 * MIB }, { method, stall: SOON });
    done = true;
    closeSync(fd);
    expect(turns).toBeGreaterThanOrEqual(15);
  }, 10_000);
});

/** A disk on which every read takes `ms`, and keeps nothing in memory. */
class SlowDisk implements Disk {
  reads = 0;
  constructor(private readonly ms: number) {}

  countCached(): number {
    return 0;
  }

  async read<T>(range: DiskRange, ms: number, use: (bytes: Uint8Array) => T): Promise<T> {
    this.reads++;
    await Bun.sleep(this.ms);
    return await systemDisk.read({ ...range, length: Math.min(range.length, MIB) }, ms, use);
  }
}

describe.each<SendMethod>(["sendfile", "copy"])("from a slow disk, by %s", (method) => {
  test("a file arrives byte for byte, also at a slow reader", async () => {
    using file = fixture();
    for (const pause of [0, 1]) {
      await using ends = await connectPair();
      const pieces: Uint8Array[] = [];
      const reading = ends.far.receive(async (piece) => {
        if (pause > 0) await Bun.sleep(pause);
        pieces.push(piece);
      }, SOON);
      const range = { fd: file.fd, offset: 5, length: CONTENT.length - 5 };
      const disk = new SlowDisk(0);
      await sendFile(ends.near, range, { method, stall: SOON, disk });
      void ends.near.finish(SOON);
      await reading;
      expect(Buffer.concat(pieces).equals(CONTENT.subarray(5))).toBe(true);
      expect(disk.reads).toBeGreaterThan(1);
    }
  }, 10_000);

  test("only the bytes that are not in memory are read, and a file beside it does not wait", async () => {
    using file = fixture();
    await using slow = await connectPair();
    const disk = new SlowDisk(200);
    // The first half is in memory.
    disk.countCached = (_fd?: number, offset = 0, length = 0) =>
      Math.max(0, Math.min(length, MIB - offset));
    const range = { fd: file.fd, offset: 0, length: CONTENT.length };
    const reading = readAll(slow.far);
    let isSent = false;
    const sending = sendFile(slow.near, range, { method, stall: SOON, disk }).finally(
      () => (isSent = true),
    );
    for (let count = 0; count < 3; count++) {
      await using ends = await connectPair();
      const small = readAll(ends.far);
      await sendFile(ends.near, { ...range, length: 1024 }, { method, stall: SOON });
      void ends.near.finish(SOON);
      expect(await small).toHaveLength(1024);
    }
    expect(isSent).toBe(false);
    await sending;
    void slow.near.finish(SOON);
    expect((await reading).equals(CONTENT)).toBe(true);
    expect(disk.reads).toBe(3);
  }, 10_000);

  test("a failure of the read, the end of the file and a silent disk are failures of code 450", async () => {
    using file = fixture();
    const failures: [Disk["read"], string][] = [
      [() => Promise.reject(new Error("EIO: i/o error")), "The file cannot be read: EIO"],
      [async (_range, _ms, use) => use(new Uint8Array(0)), "became shorter"],
      [(_range, ms) => new TimedQueue(0).run(async () => undefined as never, ms), "The disk did"],
    ];
    for (const [read, message] of failures) {
      await using ends = await connectPair();
      const disk = { countCached: () => 0, read };
      const range = { fd: file.fd, offset: 0, length: 10 };
      const failure = await catchFailure(sendFile(ends.near, range, { method, stall: 20, disk }));
      expect(failure).toMatchObject({ code: 450, message: expect.stringContaining(message) });
    }
  }, 10_000);
});

test("the kernel sends the files on Linux, and nowhere else", () => {
  expect(BEST_METHOD).toBe(process.platform === "linux" ? "sendfile" : "copy");
}, 1000);
