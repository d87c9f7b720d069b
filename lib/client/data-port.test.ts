// Only the server's connection is taken for Q, however many strangers come first.

import { describe, expect, test } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { DataPort } from "./data-port.ts";
import { dial, listen } from "../net/socket.ts";
import { catchFailure, countDescriptors, SOON, waitUntil } from "../testing/testing.ts";

const LOCAL = "127.0.0.1";
const CROWD = 300;

/** Connects to a data port, from another address of this host where one is given. */
function knock(data: { port: number }, from = LOCAL): Promise<Connection> {
  return dial({ address: LOCAL, port: data.port }, SOON, { from });
}

/** More strangers than a data port keeps, one after another; they stay for as long as they are let. */
async function crowd(data: { port: number }): Promise<Connection[]> {
  const strangers: Connection[] = [];
  while (strangers.length < CROWD) strangers.push(await knock(data));
  return strangers;
}

async function say(connection: Connection, text: string): Promise<void> {
  await connection.write(text, SOON);
}

async function hear(connection: Connection): Promise<string> {
  return Buffer.from((await connection.read(SOON)) ?? []).toString();
}

describe("a data port", () => {
  test("that the system chooses can be dialled", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    expect(data.port).toBeGreaterThanOrEqual(1024);
    await using q = await knock(data);
    await using taken = await data.waitForQ(q.local.port, SOON);
    expect(taken.remote).toEqual({ address: q.local.address, port: q.local.port });
  }, 10_000);

  test("that is in use is named", async () => {
    using other = listen({ address: LOCAL, port: 0 }, () => {});
    const failure = await catchFailure(() => new DataPort(LOCAL, other.port, LOCAL));
    expect(failure).toMatchObject({ kind: "local" });
    expect(failure.message).toContain(`${LOCAL}:${other.port}`);
  }, 10_000);

  test("gives Q, and not the stranger who came first from another port of the same host", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    await using stranger = await knock(data);
    await say(stranger, "evil");
    await using q = await knock(data);
    await say(q, "good");
    await using taken = await data.waitForQ(q.local.port, SOON);
    expect(await hear(taken)).toBe("good");
    expect(await stranger.read(SOON).catch(() => undefined)).toBeUndefined();
  }, 10_000);

  test("waits on for Q where strangers come and go", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    const own = listen({ address: LOCAL, port: 0 }, () => {});
    const { port } = own;
    own[Symbol.dispose]();
    const taking = data.waitForQ(port, SOON);
    (await knock(data)).close();
    await using _stranger = await knock(data);
    const ends = { hostname: LOCAL, port: data.port, localAddress: LOCAL, localPort: port };
    const q = await Bun.connect({ ...ends, socket: { data() {} } });
    q.write("good");
    await using taken = await taking;
    expect(await hear(taken)).toBe("good");
    q.end();
  }, 10_000);

  test("closes whoever comes from another address at once", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    await using stranger = await knock(data, "127.0.0.2");
    expect(await stranger.read(SOON).catch(() => undefined)).toBeUndefined();
    expect(stranger.over).toBe(true);
    const failure = await catchFailure(data.waitForQ(stranger.local.port, 30));
    expect(failure).toMatchObject({ kind: "timeout" });
    expect(failure.message).toContain(`${LOCAL}:${stranger.local.port} did not come`);
  }, 10_000);

  test("is closed once Q is taken: whoever knocks then is refused", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    const { port } = data;
    await using q = await knock(data);
    await using _taken = await data.waitForQ(q.local.port, SOON);
    expect(await catchFailure(dial({ address: LOCAL, port }, SOON))).toMatchObject({
      kind: "connect",
    });
    await say(q, "still open");
  }, 10_000);

  test("keeps 256 connections at most, the youngest, and gives all of them back", async () => {
    const before = countDescriptors();
    {
      using data = new DataPort(LOCAL, 0, LOCAL);
      const strangers = await crowd(data);
      await waitUntil(
        () => strangers.filter(({ over }) => over).length === CROWD - 256,
        "44 closed",
      );
      expect(strangers.slice(0, CROWD - 256).every(({ over }) => over)).toBe(true);
      data[Symbol.dispose]();
      await waitUntil(() => strangers.every(({ over }) => over), "the close of all");
      for (const stranger of strangers) stranger.close();
    }
    await waitUntil(() => countDescriptors() <= before, "the release of all descriptors");
  }, 10_000);

  test("gives Q although more strangers than it keeps came first, and stay", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    const strangers = await crowd(data);
    await using q = await knock(data);
    await say(q, "good");
    await using taken = await data.waitForQ(q.local.port, SOON);
    expect(await hear(taken)).toBe("good");
    await waitUntil(() => strangers.every(({ over }) => over), "the close of all strangers");
    for (const stranger of strangers) stranger.close();
  }, 10_000);

  test("closes strangers at once when it knows the port of Q, and keeps a place for Q", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    await using early = await knock(data);
    const taking = catchFailure(data.waitForQ(1, SOON));
    await waitUntil(() => early.over, "the close of the one who was there");
    await using late = await knock(data);
    await waitUntil(() => late.over, "the close of the one who came");
    data.abort(new Error("enough"));
    expect((await taking).message).toBe("enough");
  }, 10_000);

  test("listens on the address that it is given, and on no other", async () => {
    using data = new DataPort("127.0.0.3", 0, LOCAL);
    const to = { address: LOCAL, port: data.port };
    expect(await catchFailure(dial(to, SOON))).toMatchObject({ kind: "connect" });
    await using q = await dial({ ...to, address: "127.0.0.3" }, SOON, { from: LOCAL });
    await using _taken = await data.waitForQ(q.local.port, SOON);
  }, 10_000);
});
