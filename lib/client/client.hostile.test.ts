// Servers that lie, break off or fall silent: the client always ends, and never reports success.

import { describe, expect, test } from "bun:test";
import { fetchFile, fetchListing, type FileSink } from "./client.ts";
import type { ConnectOptions } from "./connect-options.ts";
import type { Connection } from "../net/connection.ts";
import { Failure, type FailureKind } from "../errors.ts";
import { dial } from "../net/socket.ts";
import { catchFailure, countDescriptors, runScript, SOON, waitUntil } from "../testing/testing.ts";

const GONE = new Failure("other", "Gone.");
const HASH = Bun.CryptoHasher.hash("sha256", "hello", "hex");

/** One session as a dishonest server sees it, after the command, with Q connected. */
interface ServerSide {
  readonly p: Connection;
  readonly q: Connection;
  readonly dataPort: number;
  reply(line: string): Promise<void>;
  /** Sends the `150`. */
  announce(bytes: number): Promise<void>;
  send(text: string): Promise<void>;
}

/** Reads the command of each client, dials Q, and runs `play`. */
function startServer(play: (server: ServerSide) => Promise<void>) {
  return runScript(async (p) => {
    let text = "";
    for (let port; ;) {
      const bytes = await p.read(SOON);
      if (!bytes) return;
      text += Buffer.from(bytes).toString();
      if (/^(HASH|REST .*)\n$/.test(text)) {
        text = "";
        await p.write("350 Yes.\n", SOON);
      } else if ((port = /-[lg] .*?([0-9]+)\n$/.exec(text)?.[1])) {
        await using q = await dial({ address: "127.0.0.1", port: Number(port) }, SOON);
        const reply = (line: string) => p.write(`${line}\n`, SOON);
        const announce = (count: number) =>
          reply(`150 bytes=${count} port=${q.local.port} version=v x`);
        const send = async (piece: string) => q.write(piece, SOON);
        await play({ p, q, dataPort: Number(port), reply, announce, send });
        return await p.finish(SOON);
      }
    }
  });
}

/** A sink that accepts everything, and the pieces that it got. */
function createSink(hash?: () => Promise<string>) {
  const pieces: string[] = [];
  const sink: FileSink = {
    ...{ offset: 0, begin: () => true, restart: () => {} },
    write: (bytes) => void pieces.push(Buffer.from(bytes).toString()),
    hash: () => hash?.(),
  };
  return { pieces, sink };
}

async function fetch(play: (server: ServerSide) => Promise<void>, hash = false, timeout = 300) {
  using server = startServer(play);
  const options: ConnectOptions = {
    host: "127.0.0.1",
    port: server.port,
    dataPort: 0,
    timeout,
    stall: 150,
  };
  const { pieces, sink } = createSink(async () =>
    Bun.CryptoHasher.hash("sha256", pieces.join(""), "hex"),
  );
  const before = countDescriptors();
  try {
    return await fetchFile(options, "a", sink, { hash });
  } finally {
    await waitUntil(() => countDescriptors() <= before, "the close of all sockets");
  }
}

/** Sends everything that it announced, and ends Q. */
async function sendWhole({ announce, send, q }: ServerSide): Promise<void> {
  await announce(5);
  await send("hello");
  await q.finish(SOON);
}

/** Sends less than it announced. */
async function sendHalf({ announce, send }: ServerSide): Promise<void> {
  await announce(5);
  await send("hell");
}

const waitForClose = async ({ p }: ServerSide) => void (await p.read(SOON));

/** Sends everything on Q, and then `line` on P. */
const sendWholeThen = (line: string) => async (server: ServerSide) => {
  await sendWhole(server);
  await server.reply(line);
};

const LIES: [string, FailureKind, (server: ServerSide) => Promise<void>][] = [
  ["sends everything and closes P without a reply", "incomplete", sendWhole],
  ["confirms another length", "incomplete", sendWholeThen("226 bytes=4 Done.")],
  ["confirms no length", "protocol", sendWholeThen("226 Done.")],
  [
    "sends everything and then says that the file changed",
    "incomplete",
    sendWholeThen("450 The file changed."),
  ],
  ["sends everything and then garbage on P", "protocol", sendWholeThen("\u001b[2J")],
  [
    "sends everything and never confirms it",
    "timeout",
    (server) => sendWhole(server).then(() => waitForClose(server)),
  ],
  [
    "falls silent in the middle",
    "timeout",
    (server) => sendHalf(server).then(() => waitForClose(server)),
  ],
  ["dials and sends nothing", "timeout", waitForClose],
  ["refuses after its dial", "refused", ({ reply }) => reply("550 No.")],
  [
    "sends more than it announced",
    "protocol",
    async ({ announce, send, reply }) => {
      await announce(5);
      await send("hello world");
      await reply("226 bytes=5 Done.");
    },
  ],
  [
    "sends less than it announced, and confirms all of it",
    "incomplete",
    async (server) => {
      await sendHalf(server);
      await server.q.finish(SOON);
      await server.reply("226 bytes=5 Done.");
    },
  ],
  [
    "resets Q in the middle",
    "incomplete",
    async (server) => {
      await sendHalf(server);
      server.q.abort(GONE);
      await server.reply("426 The transfer was cut.");
    },
  ],
  [
    "dies in the middle",
    "incomplete",
    async (server) => {
      await sendHalf(server);
      server.q.abort(GONE);
      server.p.abort(GONE);
    },
  ],
  [
    "sends everything and never ends Q",
    "timeout",
    async (server) => {
      await server.announce(5);
      await server.send("hello");
      await waitForClose(server);
    },
  ],
  [
    "names another port than the one it dials from",
    "timeout",
    async (server) => {
      await server.reply(`150 bytes=5 port=${server.q.local.port === 1024 ? 1025 : 1024} x`);
      await waitForClose(server);
    },
  ],
];

test("a transfer from a server that follows the protocol succeeds", async () => {
  const good = sendWholeThen(`226 bytes=5 sha256=${HASH} mood=good Done.`);
  expect(await fetch(good, true)).toMatchObject({ bytes: 5, received: 5, sha256: HASH });
}, 10_000);

describe("a server that", () => {
  test.each(LIES)(
    "%s makes the transfer fail",
    async (_, kind, play) => {
      const failure = await catchFailure(fetch(play));
      expect(failure).toBeInstanceOf(Failure);
      expect(failure.kind).toBe(kind);
    },
    10_000,
  );

  test("cuts the transfer has its reason shown, with control characters escaped", async () => {
    const play = async (server: ServerSide) => {
      await sendHalf(server);
      await server.q.finish(SOON);
      await server.reply("426 Disk\u001b[31m broken.");
    };
    expect((await catchFailure(fetch(play))).message).toBe(
      "Only 4 of 5 bytes arrived: Disk\\x1b[31m broken.",
    );
  }, 10_000);

  test.each([`sha256=${"0".repeat(64)} `, "", "sha256=x "])(
    "sends a wrong hash or none (%j) makes the transfer fail if the client asked for it",
    async (field) => {
      const play = sendWholeThen(`226 bytes=5 ${field}Done.`);
      expect(await catchFailure(fetch(play, true))).toMatchObject({ kind: "incomplete" });
    },
    10_000,
  );

  test("dials twice does no harm: Q is the connection that it names", async () => {
    const play = async (server: ServerSide) => {
      await using second = await dial({ address: "127.0.0.1", port: server.dataPort }, SOON);
      await second.write("evil!", SOON);
      await sendWholeThen(`226 bytes=5 sha256=${HASH} Done.`)(server);
    };
    expect(await fetch(play, true)).toMatchObject({ received: 5 });
  }, 10_000);

  test("announces an endless listing makes the client stop", async () => {
    using server = startServer(({ announce }) => announce(1e15));
    const options = { host: "127.0.0.1", port: server.port, dataPort: 0, timeout: 300, stall: 150 };
    expect(await catchFailure(fetchListing(options))).toMatchObject({ kind: "protocol" });
  }, 10_000);

  test("sends another version each time gets two requests and no more", async () => {
    let count = 0;
    using server = startServer(async ({ q, reply }) => {
      await reply(`150 bytes=5 port=${q.local.port} version=v${++count} x`);
      await q.finish(SOON);
    });
    const options = { host: "127.0.0.1", port: server.port, dataPort: 0, timeout: 300, stall: 150 };
    const sink = { ...createSink().sink, offset: 3, begin: () => false };
    expect(await catchFailure(fetchFile(options, "a", sink))).toMatchObject({ kind: "protocol" });
    expect(count).toBe(2);
  }, 10_000);

  test("sends more than the sink can take makes the transfer fail with the reason of the sink", async () => {
    using server = startServer(async ({ announce, send }) => {
      await announce(500_000);
      await send("hello");
    });
    const failure = new Failure("local", "The disk is full.");
    const fullSink: FileSink = {
      ...createSink().sink,
      write: () => {
        throw failure;
      },
    };
    const options = { host: "127.0.0.1", port: server.port, dataPort: 0, timeout: 300, stall: 150 };
    expect(await catchFailure(fetchFile(options, "a", fullSink))).toBe(failure);
  }, 10_000);
});
