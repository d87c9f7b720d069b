// The data port accepts only the server's connection as Q, however many strangers come first.

import { describe, expect, test } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { DataPort } from "./data-port.ts";
import { dial, listen } from "../net/socket.ts";
import { catchFailure, countDescriptors, SOON, waitUntil } from "../testing/testing.ts";

const LOCAL = "127.0.0.1";
const STRANGERS = 300;

/** Connects to a data port, from the address `from` of this host. */
function dialDataPort(data: { port: number }, from = LOCAL): Promise<Connection> {
  return dial({ address: LOCAL, port: data.port }, SOON, { from });
}

/** Connects more strangers than a data port keeps. They never close. */
async function dialStrangers(data: { port: number }): Promise<Connection[]> {
  const strangers: Connection[] = [];
  while (strangers.length < STRANGERS) strangers.push(await dialDataPort(data));
  return strangers;
}

async function write(connection: Connection, text: string): Promise<void> {
  await connection.write(text, SOON);
}

async function readText(connection: Connection): Promise<string> {
  return Buffer.from((await connection.read(SOON)) ?? []).toString();
}

describe("a data port", () => {
  test("that the system chooses can be dialled", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    expect(data.port).toBeGreaterThanOrEqual(1024);
    await using q = await dialDataPort(data);
    await using accepted = await data.waitForQ(q.local.port, SOON);
    expect(accepted.remote.address).toBe(q.local.address);
    expect(accepted.remote.port).toBe(q.local.port);
  }, 10_000);

  test("that is in use makes a failure that names it", async () => {
    using other = listen({ address: LOCAL, port: 0 }, () => {});
    const failure = await catchFailure(() => new DataPort(LOCAL, other.port, LOCAL));
    expect(failure).toMatchObject({ kind: "local" });
    expect(failure.message).toContain(`${LOCAL}:${other.port}`);
  }, 10_000);

  test("returns Q, and not an earlier connection from another port of the same host", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    await using stranger = await dialDataPort(data);
    await write(stranger, "evil");
    await using q = await dialDataPort(data);
    await write(q, "good");
    await using accepted = await data.waitForQ(q.local.port, SOON);
    expect(await readText(accepted)).toBe("good");
    expect(await stranger.read(SOON).catch(() => undefined)).toBeUndefined();
  }, 10_000);

  test("waits for Q while strangers come and go", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    const reserved = listen({ address: LOCAL, port: 0 }, () => {});
    const { port } = reserved;
    reserved[Symbol.dispose]();
    const waiting = data.waitForQ(port, SOON);
    (await dialDataPort(data)).close();
    await using _stranger = await dialDataPort(data);
    const ends = { hostname: LOCAL, port: data.port, localAddress: LOCAL, localPort: port };
    const q = await Bun.connect({ ...ends, socket: { data() {} } });
    q.write("good");
    await using accepted = await waiting;
    expect(await readText(accepted)).toBe("good");
    q.end();
  }, 10_000);

  test("closes a connection from another address at once", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    await using stranger = await dialDataPort(data, "127.0.0.2");
    expect(await stranger.read(SOON).catch(() => undefined)).toBeUndefined();
    expect(stranger.hasEnded).toBe(true);
    const failure = await catchFailure(data.waitForQ(stranger.local.port, 30));
    expect(failure).toMatchObject({ kind: "timeout" });
    expect(failure.message).toContain(`${LOCAL}:${stranger.local.port}, but it did not arrive`);
  }, 10_000);

  test("is closed once Q has come", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    const { port } = data;
    await using q = await dialDataPort(data);
    await using _accepted = await data.waitForQ(q.local.port, SOON);
    expect(await catchFailure(dial({ address: LOCAL, port }, SOON))).toMatchObject({
      kind: "connect",
    });
    await write(q, "still open");
  }, 10_000);

  test("keeps the 256 newest connections, and closes all of them in the end", async () => {
    const before = countDescriptors();
    {
      using data = new DataPort(LOCAL, 0, LOCAL);
      const strangers = await dialStrangers(data);
      await waitUntil(
        () => strangers.filter(({ hasEnded }) => hasEnded).length === STRANGERS - 256,
        "44 closed",
      );
      expect(strangers.slice(0, STRANGERS - 256).every(({ hasEnded }) => hasEnded)).toBe(true);
      data[Symbol.dispose]();
      await waitUntil(() => strangers.every(({ hasEnded }) => hasEnded), "the close of all");
      for (const stranger of strangers) stranger.close();
    }
    await waitUntil(() => countDescriptors() <= before, "the release of all descriptors");
  }, 10_000);

  test("returns Q although more strangers than it keeps came first, and stay", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    const strangers = await dialStrangers(data);
    await using q = await dialDataPort(data);
    await write(q, "good");
    await using accepted = await data.waitForQ(q.local.port, SOON);
    expect(await readText(accepted)).toBe("good");
    await waitUntil(
      () => strangers.every(({ hasEnded }) => hasEnded),
      "the close of all strangers",
    );
    for (const stranger of strangers) stranger.close();
  }, 10_000);

  test("closes strangers at once when it knows the port of Q", async () => {
    using data = new DataPort(LOCAL, 0, LOCAL);
    await using early = await dialDataPort(data);
    const waiting = catchFailure(data.waitForQ(1, SOON));
    await waitUntil(() => early.hasEnded, "the close of the early stranger");
    await using late = await dialDataPort(data);
    await waitUntil(() => late.hasEnded, "the close of the late stranger");
    data.abort(new Error("enough"));
    expect((await waiting).message).toBe("enough");
  }, 10_000);

  test("listens only on the given address", async () => {
    using data = new DataPort("127.0.0.3", 0, LOCAL);
    const to = { address: LOCAL, port: data.port };
    expect(await catchFailure(dial(to, SOON))).toMatchObject({ kind: "connect" });
    await using q = await dial({ ...to, address: "127.0.0.3" }, SOON, { from: LOCAL });
    await using _accepted = await data.waitForQ(q.local.port, SOON);
  }, 10_000);
});
