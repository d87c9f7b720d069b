// The server serves each client on its own, within its limits, and stops in order.

import { describe, expect, test } from "bun:test";
import { chmodSync, truncateSync } from "node:fs";
import type { Connection } from "../net/connection.ts";
import { Login } from "../auth/login.ts";
import { LoginThrottle } from "../auth/login-throttle.ts";
import { UserStore } from "../auth/users.ts";
import { Directory } from "./directory.ts";
import { Failure } from "../errors.ts";
import type { ServerLimits } from "./limits.ts";
import { Server, type ServerOptions } from "./server.ts";
import type { SessionResult } from "./session.ts";
import { dial, listen } from "../net/socket.ts";
import {
  sendRequest,
  catchFailure,
  replyCodes,
  countDescriptors,
  readAll,
  Scratch,
  SOON,
  waitUntil,
} from "../testing/testing.ts";

const LIMITS = {
  clients: 8,
  clientsPerAddress: 8,
  transfers: 9,
  command: 5000,
  dial: 500,
  stall: 5000,
  linger: 50,
  minRate: 500,
  rateWindow: 60_000,
};

/** More than all socket buffers hold. */
const SIZE = 32 * 1024 * 1024;
const GONE = new Failure("other", "Gone.");

/** A server of a directory with the files `a` and `large`, and the results of its sessions. */
function start(limits: Partial<ServerLimits> = {}, address = "127.0.0.1", port = 0) {
  const scratch = new Scratch();
  scratch.file("a", "content");
  truncateSync(scratch.file("large"), SIZE);
  const results: SessionResult[] = [];
  const directory = new Directory(scratch.path);
  const options: ServerOptions = {
    ...{ directory, address, port, method: "sendfile", limits: { ...LIMITS, ...limits } },
    onSessionEnd: (result) => results.push(result),
  };
  const server = new Server(options);
  const dispose = async () => {
    await server[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
    scratch[Symbol.dispose]();
  };
  const connect = (to = "127.0.0.1", from?: string) =>
    dial({ address: to, port: server.port }, SOON, from ? { from } : {});
  return { scratch, server, options, results, connect, [Symbol.asyncDispose]: dispose };
}

/** Asks for the large file, and returns Q after the first bytes of it have come. */
async function begin(p: Connection): Promise<Connection> {
  const q = Promise.withResolvers<Connection>();
  using data = listen({ address: "127.0.0.1", port: 0 }, q.resolve);
  await p.write(`-g large ${data.port}\n`, SOON);
  expect(Buffer.from((await p.read(SOON)) ?? []).toString()).toStartWith("150 ");
  return await q.promise;
}

const text = async (p: Connection) => (await readAll(p)).toString();

describe("a server", () => {
  test("refuses a source that has guessed too often at once, with 421, and serves the others", async () => {
    await using it = start();
    const throttle = new LoginThrottle();
    for (let guess = 0; guess < 4; guess++) throttle.countFailure("127.0.0.2");
    const users = it.scratch.file("users");
    chmodSync(users, 0o600);
    const login = await Login.open(new UserStore(users), { onStoreError: () => {} }, throttle);
    await using server = new Server({ ...it.options, login });
    const read = async (from: string, command: string) => {
      const p = await dial({ address: "127.0.0.1", port: server.port }, SOON, { from });
      if (command) await p.write(command, SOON);
      return (await text(p)).slice(0, 4);
    };
    expect(await read("127.0.0.2", "")).toBe("421 ");
    // It cannot fill the log either.
    for (let more = 0; more < 20; more++) await read("127.0.0.2", "");
    expect(await read("127.0.0.3", "-l 3000\n")).toBe("530 ");
    const refused = it.results.filter(({ peer }) => peer === "127.0.0.2");
    expect(refused[0]).toMatchObject({ code: 421, command: "none" });
    expect(refused.length).toBeLessThan(10);
  }, 10_000);

  test("serves one client after another, whether their commands are good or bad", async () => {
    await using it = start();
    for (let round = 0; round < 3; round++) {
      expect(replyCodes(await sendRequest(it.server.port, (port) => `-g a ${port}\n`))).toEqual([
        150, 226,
      ]);
      expect(replyCodes(await sendRequest(it.server.port, (port) => `-g b ${port}\n`))).toEqual([
        550,
      ]);
      expect(replyCodes(await sendRequest(it.server.port, () => "-x\n"))).toEqual([500]);
    }
    await waitUntil(() => it.results.length === 9, "the log of all clients");
    expect(it.server.clients).toBe(0);
  }, 10_000);

  test("serves a client while others are silent, stopped in the middle, or gone", async () => {
    await using it = start();
    await using _silent = await it.connect();
    await using stopped = await it.connect();
    await using _q = await begin(stopped);
    await using gone = await it.connect();
    (await begin(gone)).abort(GONE);
    gone.abort(GONE);
    expect(replyCodes(await sendRequest(it.server.port, (port) => `-l ${port}\n`))).toEqual([
      150, 226,
    ]);
    expect(it.server.clients).toBeGreaterThanOrEqual(2);
  }, 10_000);

  test("dials Q from the address at which the client reached it", async () => {
    await using it = start({}, "::");
    await using p = await it.connect("127.0.0.2", "127.0.0.1");
    await using q = await begin(p);
    expect(q.remote.address).toBe("127.0.0.2");
  }, 10_000);

  test("that cannot listen names the port", async () => {
    await using it = start();
    const failure = await catchFailure(() => new Server({ ...it.options, port: it.server.port }));
    expect(failure).toMatchObject({ kind: "local" });
    expect(failure.message).toContain(`127.0.0.1:${it.server.port}`);
  }, 10_000);

  test("leaves no descriptor open after many clients of every kind", async () => {
    const before = countDescriptors();
    {
      await using it = start();
      for (let round = 0; round < 10; round++) {
        await sendRequest(it.server.port, (port) => `-g large ${port}\n`);
        const p = await it.connect();
        (await begin(p)).abort(GONE);
        p.abort(GONE);
        (await it.connect()).abort(GONE);
        (await it.connect()).close();
      }
      await waitUntil(() => it.server.clients === 0, "the end of all sessions");
    }
    await waitUntil(() => countDescriptors() <= before, "the release of all descriptors");
  }, 10_000);
});

describe("a server that is full", () => {
  test("refuses a command if there are too many transfers, and accepts the next one when a transfer has ended", async () => {
    await using it = start({ transfers: 1 });
    await using busy = await it.connect();
    await using q = await begin(busy);
    const second = await sendRequest(it.server.port, (port) => `-g a ${port}\n`);
    expect([replyCodes(second), second.q]).toEqual([[421], undefined]);
    q.abort(GONE);
    busy.abort(GONE);
    await waitUntil(() => it.server.clients === 0, "the end of the transfer");
    expect(replyCodes(await sendRequest(it.server.port, (port) => `-g a ${port}\n`))).toEqual([
      150, 226,
    ]);
  }, 10_000);

  test("refuses one more client with 421, logs it, and serves again when a slot is free", async () => {
    await using it = start({ clients: 2 });
    await using first = await it.connect();
    await using _second = await it.connect();
    await using third = await it.connect();
    expect(await text(third)).toMatch(/^421 The server has 2 clients, .+\n$/);
    expect(it.results).toMatchObject([{ peer: "127.0.0.1", command: "none", code: 421 }]);
    first.close();
    await waitUntil(() => it.server.clients < 2, "the end of the first session");
    expect(replyCodes(await sendRequest(it.server.port, (port) => `-l ${port}\n`))).toEqual([
      150, 226,
    ]);
  }, 10_000);

  test("counts each address by itself, and an IPv4-mapped address as IPv4", async () => {
    await using it = start({ clientsPerAddress: 1 }, "::");
    await using _first = await it.connect("127.0.0.1");
    await using again = await it.connect("::ffff:127.0.0.1");
    expect(await text(again)).toMatch(/^421 Your address has 1 connections, .+\n$/);
    await using _other = await it.connect("127.0.0.1", "127.0.0.2");
    await using _six = await it.connect("::1");
    await waitUntil(() => it.server.clients === 3, "three sessions");
    await using six = await it.connect("::1");
    expect(await text(six)).toStartWith("421 ");
  }, 10_000);

  test("frees the slot of an address", async () => {
    await using it = start({ clientsPerAddress: 1 });
    for (let round = 0; round < 5; round++) {
      expect(replyCodes(await sendRequest(it.server.port, (port) => `-l ${port}\n`))).toEqual([
        150, 226,
      ]);
      await waitUntil(() => it.server.clients === 0, "the end of the session");
    }
  }, 10_000);

  test("gives its 421 also to clients that have sent their command already", async () => {
    await using it = start({ clients: 1 });
    await using _client = await it.connect();
    for (let round = 0; round < 10; round++) {
      await using p = await it.connect();
      await p.write("-l 30021\n", SOON);
      await Bun.sleep(5);
      expect(await text(p)).toStartWith("421 ");
    }
  }, 10_000);

  test("refuses many clients at once, and the client that it serves notices nothing", async () => {
    const before = countDescriptors();
    {
      await using it = start({ clients: 1 });
      await using client = await it.connect();
      const clients = await Promise.all(Array.from({ length: 60 }, () => it.connect()));
      const replies = await Promise.all(clients.map((p) => text(p).finally(() => p.close())));
      for (const line of replies) expect(line).toStartWith("421 ");
      await using q = await begin(client);
      expect(await readAll(q)).toHaveLength(SIZE);
    }
    await waitUntil(() => countDescriptors() <= before, "the release of all descriptors");
  }, 10_000);
});

describe("a server that stops", () => {
  test("lets a transfer end, sends 421 to idle clients, and accepts no more", async () => {
    await using it = start();
    await using idle = await it.connect();
    await using busy = await it.connect();
    await using q = await begin(busy);
    const stopping = it.server.stop(5000);
    expect(await text(idle)).toBe("421 The server is stopping.\n");
    idle.close();
    expect(await catchFailure(it.connect())).toMatchObject({ kind: "connect" });
    expect(await readAll(q)).toHaveLength(SIZE);
    q.close();
    expect(await text(busy)).toMatch(/^226 .+\n$/);
    busy.close();
    await stopping;
    expect(it.server.clients).toBe(0);
    expect(it.results.map(({ code }) => code).toSorted()).toEqual([226, 421]);
  }, 10_000);

  test("breaks the transfers that are left after the grace, so that no file seems complete", async () => {
    await using it = start();
    await using busy = await it.connect();
    await using q = await begin(busy);
    await it.server.stop(50);
    expect(it.server.clients).toBe(0);
    expect(await catchFailure(readAll(q))).toMatchObject({ kind: "incomplete" });
    expect(await catchFailure(readAll(busy))).toMatchObject({ kind: "incomplete" });
  }, 10_000);

  test("aborts at once if it is asked to, whatever the grace", async () => {
    await using it = start();
    await using busy = await it.connect();
    await using q = await begin(busy);
    const stopping = it.server.stop(60_000);
    it.server.abort();
    await stopping;
    expect(await catchFailure(readAll(q))).toMatchObject({ kind: "incomplete" });
  }, 10_000);

  test("aborts at once although a disk does not answer", async () => {
    await using it = start();
    const asked = Promise.withResolvers<void>();
    it.options.directory.open = () => (asked.resolve(), new Promise(() => {}));
    await using busy = await it.connect();
    using data = listen({ address: "127.0.0.1", port: 0 }, () => {});
    await busy.write(`-g a ${data.port}\n`, SOON);
    await asked.promise;
    const stopping = it.server.stop(60_000);
    it.server.abort();
    await stopping;
  }, 10_000);

  test("can be stopped again, and frees its port at once", async () => {
    await using first = start();
    await sendRequest(first.server.port, (port) => `-l ${port}\n`);
    await first.server.stop(0);
    await first.server.stop(0);
    await using second = start({}, "127.0.0.1", first.server.port);
    expect(replyCodes(await sendRequest(second.server.port, (port) => `-l ${port}\n`))).toEqual([
      150, 226,
    ]);
  }, 10_000);
});
