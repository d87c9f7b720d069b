import { describe, expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import type { Connection } from "../net/connection.ts";
import { Pipe } from "../sys/pipe.ts";
import { sendFile } from "../server/sendfile.ts";
import { dial, listen } from "../net/socket.ts";
import { catchFailure, readAll, SOON, waitUntil } from "../testing/testing.ts";
import { connectTls } from "./tls-client.ts";
import { acceptTls } from "./tls-server.ts";
import { describeTls, type MitmProxy, startMitmProxy, tlsPair } from "../testing/tls-testing.ts";

const MIB = 1024 * 1024;
const LONG = 60_000;
const BIG = 64 * MIB;

/** Every piece is different, so that one in the wrong place changes the hash. */
const BYTES = Buffer.alloc(BIG);
for (let at = 0; at < BIG; at += 4) BYTES.writeUInt32LE((at * 2654435761) >>> 0, at);
const HASH = Bun.CryptoHasher.hash("sha256", BYTES, "hex");

/** Reads until the end, with pauses, and returns the hash of everything. */
async function hashSlowly(connection: Connection): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  let pieces = 0;
  await connection.receive((bytes) => {
    hash.update(bytes);
    return ++pieces % 50 === 0 ? Bun.sleep(2) : undefined;
  }, SOON);
  return hash.digest("hex");
}

describeTls("a connection over TLS", (authority, { pair: keys }) => {
  const trust = authority.trust();
  /** Runs a test with an attacker between both ends. */
  async function withMitmProxy(
    run: (near: Connection, far: Connection, proxy: MitmProxy) => Promise<void>,
  ) {
    const accepted = Promise.withResolvers<Connection>();
    using listener = listen({ address: "127.0.0.1", port: 0 }, accepted.resolve);
    await using proxy = startMitmProxy(listener.port);
    await using near = await dial({ address: "127.0.0.1", port: proxy.port }, SOON);
    await using far = await accepted.promise;
    await Promise.all([acceptTls(far, keys, SOON), connectTls(near, trust, SOON)]);
    await run(near, far, proxy);
  }

  test("still knows the addresses and ports of both ends, also if nobody asked before", async () => {
    await using ends = await tlsPair(keys, trust);
    for (const [one, other] of [
      [ends.near, ends.far],
      [ends.far, ends.near],
    ] as const) {
      expect(one.local.address).toBe("127.0.0.1");
      expect([one.local.address, one.local.port]).toEqual([
        other.remote.address,
        other.remote.port,
      ]);
    }
  }, 10_000);

  describe.each([false, true])("with reversed roles: %p", (reversed) => {
    test.each(["near", "far"] as const)(
      "a slow reader gets 64 MiB from the %s end, and a clean end",
      async (from) => {
        await using ends = await tlsPair(keys, trust, reversed);
        const [sender, reader] = from === "near" ? [ends.near, ends.far] : [ends.far, ends.near];
        const hash = hashSlowly(reader).finally(() => reader.close());
        await sender.write(BYTES, SOON);
        await sender.finish(SOON);
        expect(await hash).toBe(HASH);
      },
      LONG,
    );

    test(
      "64 MiB arrive in both directions at once",
      async () => {
        await using ends = await tlsPair(keys, trust, reversed);
        const hashes = [ends.near, ends.far].map(hashSlowly);
        await Promise.all([ends.near.write(BYTES, SOON), ends.far.write(BYTES, SOON)]);
        ends.near["socket"].shutdown();
        ends.far["socket"].shutdown();
        expect(await Promise.all(hashes)).toEqual([HASH, HASH]);
      },
      LONG,
    );
  });

  test(
    "a file is encrypted even if sendfile(2) is asked for",
    async () => {
      const path = authority.scratch.file("a", BYTES.subarray(0, 3 * MIB + 2));
      const fd = openSync(path, "r");
      let onWire = Buffer.alloc(0);
      await withMitmProxy(async (near, far, proxy) => {
        proxy.alter = (bytes) => ((onWire = Buffer.concat([onWire, bytes])), bytes);
        const file = readAll(near);
        const stretch = { fd, offset: 0, length: 3 * MIB + 2 };
        await sendFile(far, stretch, { method: "sendfile", stall: SOON });
        const finished = far.finish(SOON);
        expect((await file).equals(BYTES.subarray(0, 3 * MIB + 2))).toBe(true);
        near.close();
        await finished;
        expect(far["socket"].fd).toBe(-1);
        expect(onWire.length).toBeGreaterThan(3 * MIB);
        expect(onWire.includes(BYTES.subarray(MIB, MIB + 32))).toBe(false);
      });
      closeSync(fd);
    },
    LONG,
  );

  test(
    "splice(2) gets nothing, and the reader gets all decrypted bytes",
    async () => {
      await using ends = await tlsPair(keys, trust);
      const hash = new Bun.CryptoHasher("sha256");
      using pipe = new Pipe();
      const splice = (socket: number) => pipe.fill(socket, MIB);
      const received = ends.near.receive((bytes) => void hash.update(bytes), SOON, splice);
      void received.finally(() => ends.near.close()).catch(() => {});
      await ends.far.write(BYTES, SOON);
      await ends.far.finish(SOON);
      await received;
      expect(hash.digest("hex")).toBe(HASH);
      expect(pipe.takeRest().length).toBe(0);
    },
    LONG,
  );

  test(
    "a reader that stops makes the writer wait, and memory does not grow",
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

  // Not 2 bytes: such a record is as long as an alert. If the connection is cut behind it, the announced length shows it.
  test.each([0, 1, 3, 5, 30_000])(
    "after %i bytes: close_notify ends the connection, a FIN alone does not",
    async (count) => {
      await withMitmProxy(async (near, far) => {
        await far.write(BYTES.subarray(0, count), SOON);
        const finished = far.finish(SOON);
        expect(await readAll(near)).toHaveLength(count);
        near.close();
        await finished;
      });
      await withMitmProxy(async (near, far, proxy) => {
        let received = 0;
        const ended = catchFailure(near.receive((bytes) => void (received += bytes.length), SOON));
        await far.write(BYTES.subarray(0, count), SOON);
        await waitUntil(() => received === count, "the data");
        proxy.alter = () => new Uint8Array();
        proxy.cut("client");
        expect((await ended).message).toContain("ended without the TLS message");
      });
    },
    LONG,
  );

  test(
    "a connection that is cut in the middle of a record has not ended",
    async () => {
      await withMitmProxy(async (near, far, proxy) => {
        proxy.alter = (bytes) => bytes.subarray(0, 1000);
        const ended = catchFailure(readAll(near));
        await far.write(BYTES.subarray(0, 10_000), SOON);
        await Bun.sleep(20);
        proxy.cut("client");
        const failure = await ended;
        expect([failure.kind, failure.code]).toEqual(["incomplete", 426]);
        expect(failure.message).toContain("ended without the TLS message");
      });
    },
    LONG,
  );

  test(
    "a server can still answer after the client's direction is cut",
    async () => {
      await withMitmProxy(async (near, far, proxy) => {
        await near.write("-l 30", SOON);
        expect(Buffer.from((await far.read(SOON)) ?? []).toString()).toBe("-l 30");
        proxy.cut("server");
        expect((await catchFailure(far.read(SOON))).message).toContain(
          "ended without the TLS message",
        );
        await far.write("500 x\n", SOON);
        expect(Buffer.from((await near.read(SOON)) ?? []).toString()).toBe("500 x\n");
      });
    },
    LONG,
  );

  test(
    "a byte that is changed on the way breaks the connection, and the reader gets nothing",
    async () => {
      await withMitmProxy(async (near, far, proxy) => {
        proxy.alter = (bytes) => {
          const copy = Buffer.from(bytes);
          copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
          return copy;
        };
        let received = 0;
        const ended = catchFailure(near.receive((bytes) => void (received += bytes.length), SOON));
        await far.write("secret", SOON);
        const failure = await ended;
        expect([failure.kind, received]).toEqual(["incomplete", 0]);
        expect(failure.message).toContain("cannot be decrypted");
      });
    },
    LONG,
  );

  test(
    "a reset is not an end",
    async () => {
      await using ends = await tlsPair(keys, trust);
      const ended = catchFailure(ends.near.receive(() => {}, SOON));
      ends.far.abort(new Error("enough"));
      const failure = await ended;
      expect([failure.kind, failure.message]).toEqual([
        "incomplete",
        "The other side broke the connection.",
      ]);
    },
    LONG,
  );
});
