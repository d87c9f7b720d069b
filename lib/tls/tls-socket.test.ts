import { afterAll, describe, expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import type { Connection } from "../net/connection.ts";
import { Pipe } from "../sys/pipe.ts";
import { sendFile } from "../server/sendfile.ts";
import { dial, listen } from "../net/socket.ts";
import { catchFailure, readAll, SOON, waitUntil } from "../testing/testing.ts";
import { acceptTls, connectTls } from "./tls.ts";
import { Authority, startRelay, type Relay, NO_OPENSSL, tlsPair } from "../testing/tls-testing.ts";

const skipped = NO_OPENSSL ? ` (skipped: needs ${NO_OPENSSL})` : "";
const MIB = 1024 * 1024;
const LONG = 60_000;
const BIG = 64 * MIB;

/** A pattern that no piece in a wrong place fits. */
const BYTES = Buffer.alloc(BIG);
for (let at = 0; at < BIG; at += 4) BYTES.writeUInt32LE((at * 2654435761) >>> 0, at);
const HASH = Bun.CryptoHasher.hash("sha256", BYTES, "hex");

/** Reads until the end, now and then as slowly as a bad network; the hash of all that came. */
async function slowHash(connection: Connection): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  let pieces = 0;
  await connection.receive((bytes) => {
    hash.update(bytes);
    return ++pieces % 50 === 0 ? Bun.sleep(2) : undefined;
  }, SOON);
  return hash.digest("hex");
}

describe.skipIf(Boolean(NO_OPENSSL))(`bytes over TLS${skipped}`, () => {
  const authority = NO_OPENSSL ? (undefined as never) : new Authority();
  const { pair: keys } = NO_OPENSSL ? (undefined as never) : authority.issue();
  const trust = NO_OPENSSL ? (undefined as never) : authority.trust();
  afterAll(() => authority[Symbol.dispose]());

  /** Both ends with somebody between them. */
  async function withMiddle(run: (near: Connection, far: Connection, it: Relay) => Promise<void>) {
    const accepted = Promise.withResolvers<Connection>();
    using listener = listen({ address: "127.0.0.1", port: 0 }, accepted.resolve);
    await using between = startRelay(listener.port);
    await using near = await dial({ address: "127.0.0.1", port: between.port }, SOON);
    await using far = await accepted.promise;
    await Promise.all([acceptTls(far, keys, SOON), connectTls(near, trust, SOON)]);
    await run(near, far, between);
  }

  describe.each([false, true])("with reversed roles: %p", (reversed) => {
    test.each(["near", "far"] as const)(
      "64 MiB from the %s end arrive whole at a slow reader, and end in order",
      async (from) => {
        await using ends = await tlsPair(keys, trust, reversed);
        const [sender, reader] = from === "near" ? [ends.near, ends.far] : [ends.far, ends.near];
        const hash = slowHash(reader).finally(() => reader.close());
        await sender.write(BYTES, SOON);
        await sender.finish(SOON);
        expect(await hash).toBe(HASH);
      },
      LONG,
    );

    test(
      "64 MiB each way at once arrive whole",
      async () => {
        await using ends = await tlsPair(keys, trust, reversed);
        const hashes = [ends.near, ends.far].map(slowHash);
        await Promise.all([ends.near.write(BYTES, SOON), ends.far.write(BYTES, SOON)]);
        ends.near["socket"].shutdown();
        ends.far["socket"].shutdown();
        expect(await Promise.all(hashes)).toEqual([HASH, HASH]);
      },
      LONG,
    );
  });

  test(
    "a file goes the portable way even where sendfile(2) is asked for: nothing leaves in the clear",
    async () => {
      const path = authority.scratch.file("a", BYTES.subarray(0, 3 * MIB + 2));
      const fd = openSync(path, "r");
      let seen = Buffer.alloc(0);
      await withMiddle(async (near, far, it) => {
        it.alter = (bytes) => ((seen = Buffer.concat([seen, bytes])), bytes);
        const file = readAll(near);
        const stretch = { fd, offset: 0, length: 3 * MIB + 2 };
        await sendFile(far, stretch, { method: "sendfile", stall: SOON });
        const finished = far.finish(SOON);
        expect((await file).equals(BYTES.subarray(0, 3 * MIB + 2))).toBe(true);
        near.close();
        await finished;
        expect(far["socket"].fd).toBe(-1);
        expect(seen.length).toBeGreaterThan(3 * MIB);
        expect(seen.includes(BYTES.subarray(MIB, MIB + 32))).toBe(false);
      });
      closeSync(fd);
    },
    LONG,
  );

  test(
    "a reader that draws past TLS gets nothing so, and all of what was decrypted",
    async () => {
      await using ends = await tlsPair(keys, trust);
      const hash = new Bun.CryptoHasher("sha256");
      using pipe = new Pipe();
      const draw = (socket: number) => pipe.fill(socket, MIB);
      const received = ends.near.receive((bytes) => void hash.update(bytes), SOON, draw);
      void received.finally(() => ends.near.close()).catch(() => {});
      await ends.far.write(BYTES, SOON);
      await ends.far.finish(SOON);
      await received;
      expect(hash.digest("hex")).toBe(HASH);
      expect(pipe.take().length).toBe(0);
    },
    LONG,
  );

  test(
    "a reader that stops holds the writer back, and memory stays",
    async () => {
      await using ends = await tlsPair(keys, trust);
      const before = process.memoryUsage.rss();
      ends.near.receive(() => Bun.sleep(500), SOON).catch(() => {});
      const failure = await catchFailure(ends.far.write(BYTES, 300));
      expect([failure.kind, failure.code]).toEqual(["timeout", 426]);
      expect(process.memoryUsage.rss() - before).toBeLessThan(32 * MIB);
      ends.far.abort(failure);
    },
    LONG,
  );

  // Not 2: such a record looks like an alert, and what is cut right behind it the announced length must tell.
  test.each([0, 1, 3, 5, 30_000])(
    "an end after %i bytes is an end; a FIN in its place is not",
    async (count) => {
      await withMiddle(async (near, far) => {
        await far.write(BYTES.subarray(0, count), SOON);
        const finished = far.finish(SOON);
        expect(await readAll(near)).toHaveLength(count);
        near.close();
        await finished;
      });
      await withMiddle(async (near, far, it) => {
        let came = 0;
        const ended = catchFailure(near.receive((bytes) => void (came += bytes.length), SOON));
        await far.write(BYTES.subarray(0, count), SOON);
        await waitUntil(() => came === count, "the data");
        it.alter = () => new Uint8Array();
        it.cut("client");
        expect((await ended).message).toContain("ended without TLS's own end");
      });
    },
    LONG,
  );

  test(
    "a cut in the middle of a record is no end",
    async () => {
      await withMiddle(async (near, far, it) => {
        it.alter = (bytes) => bytes.subarray(0, 1000);
        const ended = catchFailure(readAll(near));
        await far.write(BYTES.subarray(0, 10_000), SOON);
        await Bun.sleep(20);
        it.cut("client");
        const failure = await ended;
        expect([failure.kind, failure.code]).toEqual(["incomplete", 426]);
        expect(failure.message).toContain("ended without TLS's own end");
      });
    },
    LONG,
  );

  test(
    "a server reads no more after a cut, and still can answer",
    async () => {
      await withMiddle(async (near, far, it) => {
        await near.write("-l 30", SOON);
        expect(Buffer.from((await far.read(SOON)) ?? []).toString()).toBe("-l 30");
        it.cut("server");
        expect((await catchFailure(far.read(SOON))).message).toContain(
          "ended without TLS's own end",
        );
        await far.write("500 x\n", SOON);
        expect(Buffer.from((await near.read(SOON)) ?? []).toString()).toBe("500 x\n");
      });
    },
    LONG,
  );

  test(
    "a byte that was changed on the way breaks the connection before it is seen",
    async () => {
      await withMiddle(async (near, far, it) => {
        it.alter = (bytes) => {
          const copy = Buffer.from(bytes);
          copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
          return copy;
        };
        let came = 0;
        const ended = catchFailure(near.receive((bytes) => void (came += bytes.length), SOON));
        await far.write("secret", SOON);
        const failure = await ended;
        expect([failure.kind, came]).toEqual(["incomplete", 0]);
        expect(failure.message).toContain("altered on its way");
      });
    },
    LONG,
  );

  test(
    "a reset is told from an end",
    async () => {
      await using ends = await tlsPair(keys, trust);
      const ended = catchFailure(ends.near.receive(() => {}, SOON));
      ends.far.abort(new Error("enough"));
      const failure = await ended;
      expect([failure.kind, failure.message]).toEqual([
        "incomplete",
        "The peer broke the connection.",
      ]);
    },
    LONG,
  );
});
