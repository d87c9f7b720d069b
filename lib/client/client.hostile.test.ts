// Servers that lie, break off or fall silent: never a success, and never without an end.

import { describe, expect, test } from "bun:test";
import { fetchFile, fetchNames, type FileSink } from "./client.ts";
import type { ConnectOptions } from "./connect-options.ts";
import type { Connection } from "../net/connection.ts";
import { Failure, type FailureKind } from "../errors.ts";
import { dial } from "../net/socket.ts";
import { catchFailure, countDescriptors, runScript, SOON, waitUntil } from "../testing/testing.ts";

const GONE = new Failure("other", "Gone.");
const HASH = Bun.CryptoHasher.hash("sha256", "hello", "hex");

/** One conversation as the server sees it: reads the command, dials Q, and then does as it likes. */
interface Stage {
  readonly p: Connection;
  readonly q: Connection;
  readonly dataPort: number;
  say(line: string): Promise<void>;
  /** Announces bytes on Q. */
  announce(bytes: number): Promise<void>;
  send(text: string): Promise<void>;
}

/** Serves each client by `play`, from the moment at which Q is connected. */
function stage(play: (stage: Stage) => Promise<void>) {
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
        const say = (line: string) => p.write(`${line}\n`, SOON);
        const announce = (count: number) =>
          say(`150 bytes=${count} port=${q.local.port} version=v x`);
        const send = async (piece: string) => q.write(piece, SOON);
        await play({ p, q, dataPort: Number(port), say, announce, send });
        return await p.finish(SOON);
      }
    }
  });
}

/** What a receiver that takes everything has got. */
function receiver(hash?: () => Promise<string>) {
  const pieces: string[] = [];
  const plain: FileSink = {
    ...{ offset: 0, begin: () => true, restart: () => {} },
    write: (bytes) => void pieces.push(Buffer.from(bytes).toString()),
    hash: () => hash?.(),
  };
  return { pieces, plain };
}

async function fetch(play: (stage: Stage) => Promise<void>, hash = false, timeout = 300) {
  using server = stage(play);
  const target: ConnectOptions = {
    host: "127.0.0.1",
    port: server.port,
    dataPort: 0,
    timeout,
    stall: 150,
  };
  const { pieces, plain } = receiver(async () =>
    Bun.CryptoHasher.hash("sha256", pieces.join(""), "hex"),
  );
  const before = countDescriptors();
  try {
    return await fetchFile(target, "a", plain, { hash });
  } finally {
    await waitUntil(() => countDescriptors() <= before, "the close of all sockets");
  }
}

/** Sends all that it announces, and ends Q. */
async function sendWhole({ announce, send, q }: Stage): Promise<void> {
  await announce(5);
  await send("hello");
  await q.finish(SOON);
}

/** Sends less than it announces. */
async function sendHalf({ announce, send }: Stage): Promise<void> {
  await announce(5);
  await send("hell");
}

const wait = async ({ p }: Stage) => void (await p.read(SOON));

/** Sends everything, and then says `line`. */
const wholeThen = (line: string) => async (stage: Stage) => {
  await sendWhole(stage);
  await stage.say(line);
};

const LIES: [string, FailureKind, (stage: Stage) => Promise<void>][] = [
  ["sends everything and closes P without a word", "incomplete", sendWhole],
  ["confirms another length", "incomplete", wholeThen("226 bytes=4 Done.")],
  ["confirms no length", "protocol", wholeThen("226 Done.")],
  ["says after all that the file changed", "incomplete", wholeThen("450 The file changed.")],
  ["sends everything and then garbage on P", "protocol", wholeThen("\u001b[2J")],
  ["sends everything and never confirms it", "timeout", (it) => sendWhole(it).then(() => wait(it))],
  ["falls silent in the middle", "timeout", (it) => sendHalf(it).then(() => wait(it))],
  ["dials and says nothing", "timeout", wait],
  ["refuses after its dial", "refused", ({ say }) => say("550 No.")],
  [
    "sends more than it announced",
    "protocol",
    async ({ announce, send, say }) => {
      await announce(5);
      await send("hello world");
      await say("226 bytes=5 Done.");
    },
  ],
  [
    "sends less than it announced, and confirms all of it",
    "incomplete",
    async (it) => {
      await sendHalf(it);
      await it.q.finish(SOON);
      await it.say("226 bytes=5 Done.");
    },
  ],
  [
    "resets Q in the middle",
    "incomplete",
    async (it) => {
      await sendHalf(it);
      it.q.abort(GONE);
      await it.say("426 The transfer was cut.");
    },
  ],
  [
    "dies in the middle",
    "incomplete",
    async (it) => {
      await sendHalf(it);
      it.q.abort(GONE);
      it.p.abort(GONE);
    },
  ],
  [
    "sends everything and never ends Q",
    "timeout",
    async (it) => {
      await it.announce(5);
      await it.send("hello");
      await wait(it);
    },
  ],
  [
    "names another port than that of its Q",
    "timeout",
    async (it) => {
      await it.say(`150 bytes=5 port=${it.q.local.port === 1024 ? 1025 : 1024} x`);
      await wait(it);
    },
  ],
];

test("a server that keeps the rules is believed", async () => {
  const good = wholeThen(`226 bytes=5 sha256=${HASH} mood=good Done.`);
  expect(await fetch(good, true)).toEqual({ bytes: 5, received: 5, sha256: HASH });
}, 10_000);

describe("a server that", () => {
  test.each(LIES)(
    "%s is not believed",
    async (_, kind, play) => {
      const failure = await catchFailure(fetch(play));
      expect(failure).toBeInstanceOf(Failure);
      expect(failure.kind).toBe(kind);
    },
    10_000,
  );

  test("cuts the transfer is quoted with its reason, made harmless", async () => {
    const play = async (it: Stage) => {
      await sendHalf(it);
      await it.q.finish(SOON);
      await it.say("426 Disk\u001b[31m broken.");
    };
    expect((await catchFailure(fetch(play))).message).toBe(
      "Only 4 of 5 bytes came: Disk\\x1b[31m broken.",
    );
  }, 10_000);

  test.each([`sha256=${"0".repeat(64)} `, "", "sha256=x "])(
    "gives another hash or none (%j) is not believed where the hash was asked for",
    async (fact) => {
      const play = wholeThen(`226 bytes=5 ${fact}Done.`);
      expect(await catchFailure(fetch(play, true))).toMatchObject({ kind: "incomplete" });
    },
    10_000,
  );

  test("dials twice disturbs nothing: Q is the one that it named", async () => {
    const play = async (it: Stage) => {
      await using second = await dial({ address: "127.0.0.1", port: it.dataPort }, SOON);
      await second.write("evil!", SOON);
      await wholeThen(`226 bytes=5 sha256=${HASH} Done.`)(it);
    };
    expect(await fetch(play, true)).toMatchObject({ received: 5 });
  }, 10_000);

  test("announces a listing without an end is not listened to", async () => {
    using server = stage(({ announce }) => announce(1e15));
    const target = { host: "127.0.0.1", port: server.port, dataPort: 0, timeout: 300, stall: 150 };
    expect(await catchFailure(fetchNames(target))).toMatchObject({ kind: "protocol" });
  }, 10_000);

  test("sends another version each time is given up after the second", async () => {
    let count = 0;
    using server = stage(async ({ q, say }) => {
      await say(`150 bytes=5 port=${q.local.port} version=v${++count} x`);
      await q.finish(SOON);
    });
    const target = { host: "127.0.0.1", port: server.port, dataPort: 0, timeout: 300, stall: 150 };
    const never = { ...receiver().plain, offset: 3, begin: () => false };
    expect(await catchFailure(fetchFile(target, "a", never))).toMatchObject({ kind: "protocol" });
    expect(count).toBe(2);
  }, 10_000);

  test("sends on is broken off where the receiver cannot take it, with the receiver's reason", async () => {
    using server = stage(async ({ announce, send }) => {
      await announce(500_000);
      await send("hello");
    });
    const full = new Failure("local", "The disk is full.");
    const broken: FileSink = {
      ...receiver().plain,
      write: () => {
        throw full;
      },
    };
    const target = { host: "127.0.0.1", port: server.port, dataPort: 0, timeout: 300, stall: 150 };
    expect(await catchFailure(fetchFile(target, "a", broken))).toBe(full);
  }, 10_000);
});
