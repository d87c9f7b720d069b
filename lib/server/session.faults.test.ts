// A client that is slow, silent or gone, and a file that changes: the session always ends, and never reports success.

import { describe, expect, test } from "bun:test";
import { appendFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import type { Connection } from "../net/connection.ts";
import { Directory } from "./directory.ts";
import { Failure } from "../errors.ts";
import type { ServerLimits } from "./limits.ts";
import type { SendMethod } from "./sendfile.ts";
import { createServerContext } from "./server-context.ts";
import { type SessionResult, Session } from "./session.ts";
import { dial, listen } from "../net/socket.ts";
import {
  catchFailure,
  countDescriptors,
  readAll,
  Scratch,
  SOON,
  waitUntil,
} from "../testing/testing.ts";

const LIMITS = {
  clients: 1,
  clientsPerAddress: 1,
  transfers: 9,
  command: 150,
  dial: 300,
  stall: 150,
  linger: 100,
  minRate: 500,
  rateWindow: 60_000,
};

/** More than all socket buffers hold, so that the transfer goes on until somebody reads. */
const SIZE = 32 * 1024 * 1024;
/** Names of 250 bytes: more than the buffers of the kernel hold if they are limited. */
const NAMES = 2000;
const GONE = new Failure("other", "Gone.");

/** One session over a directory with the file `a`, its client's end of P, and the client's data port. */
async function startSession(method: SendMethod = "sendfile", limits: Partial<ServerLimits> = {}) {
  const scratch = new Scratch();
  const path = scratch.file("a");
  truncateSync(path, SIZE);
  const directory = new Directory(scratch.path);
  const session = Promise.withResolvers<Session>();
  const result = Promise.withResolvers<SessionResult>();
  using listener = listen({ address: "127.0.0.1", port: 0 }, (server) => {
    const options = { directory, limits: { ...LIMITS, ...limits }, method };
    const begun = new Session(server, createServerContext(options));
    session.resolve(begun);
    void begun.run().then(result.resolve);
  });
  const q = Promise.withResolvers<Connection>();
  const data = listen({ address: "127.0.0.1", port: 0 }, q.resolve);
  const p = await dial({ address: "127.0.0.1", port: listener.port }, SOON);
  /** Sends the command for the file, and waits for `150` and Q. */
  const get = async () => {
    await p.write(`-g a ${data.port}\n`, SOON);
    expect(Buffer.from((await p.read(SOON)) ?? []).toString()).toStartWith("150 ");
    return await q.promise;
  };
  const dispose = async () => {
    p.close();
    data[Symbol.dispose]();
    directory[Symbol.dispose]();
    scratch[Symbol.dispose]();
  };
  const common = { path, p, dataPort: data.port, get, q: q.promise, result: result.promise };
  return { ...common, session: await session.promise, [Symbol.asyncDispose]: dispose };
}

type TestSession = Awaited<ReturnType<typeof startSession>>;

describe("a client that sends no command", () => {
  test("gets 421 on P after its time", async () => {
    await using it = await startSession();
    expect((await readAll(it.p)).toString()).toMatch(/^421 .+\n$/);
    expect(await it.result).toMatchObject({ command: "none", code: 421 });
  }, 10_000);

  test("and leaves is not a failure, and gets no reply", async () => {
    await using it = await startSession();
    it.p.close();
    expect(await it.result).toMatchObject({ command: "none", code: 0, bytes: 0 });
  }, 10_000);
});

describe("a client that vanishes", () => {
  const STAGES: [string, (it: TestSession) => Promise<void>][] = [
    ["before it sends anything", async () => {}],
    ["in the middle of a line", async ({ p }) => void (await p.write("-g a", SOON))],
    ["after an option", async ({ p }) => void (await p.write("HASH\n", SOON))],
    ["while Q is opened", async ({ p }) => void (await p.write("-l 9999\n", SOON))],
    ["after 150", async ({ get }) => void (await get())],
  ];
  test.each(STAGES)(
    "%s ends the session, and leaves no descriptor",
    async (_, reach) => {
      const before = countDescriptors();
      {
        await using it = await startSession();
        await reach(it);
        it.p.abort(GONE);
        await Promise.race([it.q.then((q) => q.abort(GONE)), Bun.sleep(20)]);
        const { code } = await it.result;
        expect(code).not.toBe(226);
      }
      await waitUntil(() => countDescriptors() <= before, "the release of all descriptors");
    },
    10_000,
  );

  test.each<SendMethod>(["sendfile", "copy"])(
    "from Q gets 426 on P, by %s",
    async (method) => {
      await using it = await startSession(method);
      const q = await it.get();
      await q.read(SOON);
      q.abort(GONE);
      expect((await readAll(it.p)).toString()).toMatch(/^426 .+\n$/);
      expect(await it.result).toMatchObject({ command: "-g", code: 426 });
    },
    10_000,
  );

  test("by not reading Q any more gets 426 on P after the stall time, and Q is reset", async () => {
    await using it = await startSession();
    const q = await it.get();
    expect((await readAll(it.p)).toString()).toMatch(/^426 .+\n$/);
    expect(await catchFailure(readAll(q))).toMatchObject({ kind: "incomplete" });
  }, 10_000);
});

describe("a client that asks for a hash", () => {
  /** So large that the hash is not ready before the test has done its part. */
  const LARGE = 64 * 1024 ** 3;

  /** Asks for the hash of a large file, and for none of its bytes. */
  async function askForHash(it: TestSession): Promise<void> {
    truncateSync(it.path, LARGE);
    await it.p.write(`REST ${LARGE}\nHASH\n-g a ${it.dataPort}\n`, SOON);
    await it.q.then((q) => q.finish(SOON));
    let text = "";
    while (!text.includes("\n150 ")) text += Buffer.from((await it.p.read(SOON)) ?? []).toString();
  }

  test.each<[string, (p: Connection) => void]>([
    ["by a close", (p) => p.close()],
    ["by a reset", (p) => p.abort(GONE)],
  ])(
    "and leaves %s ends the hashing",
    async (_, leave) => {
      await using it = await startSession();
      await askForHash(it);
      leave(it.p);
      expect(await it.result).toMatchObject({ code: 426, bytes: 0 });
    },
    10_000,
  );

  test("and sends a flood behind its command ends the hashing, whether it stays or leaves", async () => {
    await using it = await startSession();
    await askForHash(it);
    await it.p.write(Buffer.alloc(16 * 1024 * 1024), SOON).catch(() => {});
    it.p.close();
    expect(await it.result).toMatchObject({ code: 426, bytes: 0 });
  }, 10_000);

  test("and only ends its side of P still gets it", async () => {
    await using it = await startSession("sendfile", { linger: 2000 });
    truncateSync(it.path, 1024);
    await it.p.write(`HASH\n-g a ${it.dataPort}\n`, SOON);
    it.p["socket"].shutdown();
    await it.q.then((q) => q.finish(SOON));
    expect((await readAll(it.p)).toString()).toMatch(/\n226 bytes=1024 sha256=[0-9a-f]{64} /);
  }, 10_000);
});

test("a client that takes its bytes too slowly gets 426, and Q is reset", async () => {
  // No client is as fast as this rate.
  await using it = await startSession("sendfile", { minRate: 1e12, rateWindow: 200, stall: 200 });
  truncateSync(it.path, 1024 ** 4);
  const q = await it.get();
  const received = catchFailure(q.receive(() => {}, SOON));
  expect((await readAll(it.p)).toString()).toMatch(/^426 Fewer than .+\n$/);
  expect(await received).toMatchObject({ kind: "incomplete" });
}, 10_000);

test("a listing that nobody reads gets 426, and Q is reset", async () => {
  await using it = await startSession("sendfile", { command: 60_000 });
  for (let index = 0; index < NAMES; index++)
    writeFileSync(`${it.path}-${String(index).padStart(250, "0")}`, "");
  await it.p.write(`-l ${it.dataPort}\n`, SOON);
  const q = await it.q;
  q.limitReceiveBuffer();
  expect((await readAll(it.p)).toString()).toMatch(/^150 .+\n426 .+\n$/);
  expect(await catchFailure(readAll(q))).toMatchObject({ kind: "incomplete" });
}, 10_000);

/** Reads all of Q before anything of P, which is silent meanwhile: then the time limit is for each piece, and not for the whole file. */
const readToEnd = (q: Connection): Promise<Buffer> => readAll(q).finally(() => q.close());

describe.each<SendMethod>(["sendfile", "copy"])(
  "a file that changes while it is sent by %s",
  (method) => {
    test("to a shorter one ends with 450 and a reset, never with 226", async () => {
      await using it = await startSession(method, { stall: SOON });
      const q = await it.get();
      truncateSync(it.path, SIZE / 2);
      const reading = catchFailure(readAll(q));
      expect((await readAll(it.p)).toString()).toMatch(/^450 .+\n$/);
      expect(await reading).toMatchObject({ kind: "incomplete" });
      expect(await it.result).toMatchObject({ code: 450 });
    }, 10_000);

    test("to a longer one ends with 226 after the announced bytes, so that a log can be fetched", async () => {
      await using it = await startSession(method, { stall: SOON });
      const q = await it.get();
      appendFileSync(it.path, "more");
      expect(await readToEnd(q)).toHaveLength(SIZE);
      expect((await readAll(it.p)).toString()).toMatch(/^226 .+\n$/);
    }, 10_000);

    test("to other bytes with the old time ends with 450, although all bytes came", async () => {
      await using it = await startSession(method, { stall: SOON });
      utimesSync(it.path, 1, 1);
      const q = await it.get();
      writeFileSync(it.path, "other", { flag: "r+" });
      utimesSync(it.path, 1, 1);
      expect(await readToEnd(q)).toHaveLength(SIZE);
      expect((await readAll(it.p)).toString()).toMatch(/^450 .+ fetch it again\.\n$/);
    }, 10_000);
  },
);

describe("the server", () => {
  test("that stops sends 421 to a client without a command at once", async () => {
    await using it = await startSession("sendfile", { command: 60_000 });
    it.session.stop();
    expect((await readAll(it.p)).toString()).toBe("421 The server is stopping.\n");
  }, 10_000);

  test("that stops lets a transfer go on", async () => {
    await using it = await startSession("sendfile", { stall: SOON });
    const q = await it.get();
    it.session.stop();
    expect(await readToEnd(q)).toHaveLength(SIZE);
    expect((await readAll(it.p)).toString()).toMatch(/^226 .+\n$/);
  }, 10_000);

  test("that aborts breaks both connections", async () => {
    await using it = await startSession("sendfile", { stall: 5000 });
    const q = await it.get();
    it.session.abort();
    expect(await catchFailure(readAll(it.p))).toMatchObject({ kind: "incomplete" });
    expect(await catchFailure(readAll(q))).toMatchObject({ kind: "incomplete" });
    expect(await it.result).toMatchObject({ code: 426 });
  }, 10_000);
});
