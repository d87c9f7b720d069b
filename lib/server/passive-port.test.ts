// Q that the client opens: only the key of P takes it, whoever else connects, and everything is closed in time.

import { expect, test } from "bun:test";
import { Login } from "../auth/login.ts";
import { UserStore } from "../auth/users.ts";
import type { Connection } from "../net/connection.ts";
import { dial, listen } from "../net/socket.ts";
import { defaultLimits, MAX_STRANGERS } from "./limits.ts";
import { CONTENT, expectFile, isClosed, PassiveServer } from "../testing/passive-client.ts";
import {
  catchFailure,
  countDescriptors,
  readAll,
  Scratch,
  SOON,
  waitUntil,
} from "../testing/testing.ts";

const HOST = "127.0.0.1";
const SHORT = 300;

async function expectRefused(port: number): Promise<void> {
  expect((await catchFailure(dial({ address: HOST, port }, SOON))).kind).toBe("connect");
}

test("whoever sends the key gets the file, from whatever address, and the server dials nobody", async () => {
  await using server = new PassiveServer();
  await using client = await server.connect();
  let dials = 0;
  using data = listen({ address: HOST, port: 0 }, () => dials++);
  const { port, key } = await client.request(`REST 5\n-g a ${data.port}`);
  expect(key).toMatch(/^[0-9a-f]{32}$/);
  await expectFile(client, await client.open(port, key, "127.0.0.2"), CONTENT.slice(5));
  await expectRefused(port);
  expect(dials).toBe(0);
}, 10_000);

test("a listing comes as well, and `150` names the port of Q", async () => {
  await using server = new PassiveServer();
  await using client = await server.connect();
  const { port, key } = await client.request("-l 2000");
  const q = await client.open(port, key);
  expect((await readAll(q)).toString()).toBe("a\n");
  expect((await client.reply())?.fields.get("port")).toBe(`${port}`);
}, 10_000);

test("an error about the name comes on P after Q is open", async () => {
  await using server = new PassiveServer();
  await using client = await server.connect();
  const { port, key } = await client.request("-g missing 2000");
  const q = await client.open(port, key);
  expect((await client.reply())?.code).toBe(550);
  expect(await isClosed(q)).toBe(true);
}, 10_000);

test("the key may come in any pieces, and with the FIN of the client", async () => {
  await using server = new PassiveServer();
  await using client = await server.connect();
  const { port, key } = await client.request("-g a 2000");
  const q = await client.open(port, "");
  for (const letter of key) {
    await q.write(letter, SOON);
    await Bun.sleep(1);
  }
  q["socket"].shutdown();
  await expectFile(client, q);
}, 10_000);

test.each(["0".repeat(32), "x", "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"])(
  "a stranger who sends %j first is closed, and the client still gets the file",
  async (text) => {
    await using server = new PassiveServer();
    await using client = await server.connect();
    const { port, key } = await client.request("-g a 2000");
    await using stranger = await client.open(port, text);
    await expectFile(client, await client.open(port, key));
    expect(await isClosed(stranger)).toBe(true);
  },
  10_000,
);

test("more bytes than the key are a wrong key", async () => {
  await using server = new PassiveServer({}, SHORT);
  await using client = await server.connect();
  const { port, key } = await client.request("-g a 2000");
  await using q = await client.open(port, `${key}\n`);
  expect(await isClosed(q)).toBe(true);
  expect((await client.reply())?.code).toBe(425);
}, 10_000);

test("crowds of silent and of guessing strangers keep the client out in no way, and stay few", async () => {
  await using server = new PassiveServer();
  const before = countDescriptors();
  {
    await using client = await server.connect();
    const { port, key } = await client.request("-g a 2000");
    const strangers: Connection[] = [];
    for (let count = 0; count < 60; count++) {
      strangers.push(await client.open(port, count % 2 ? "" : "wrong"));
    }
    const openEnds = () => strangers.filter((stranger) => !stranger.hasEnded).length;
    await waitUntil(() => openEnds() <= MAX_STRANGERS + 1, "the end of the first strangers");
    await expectFile(client, await client.open(port, key));
    await waitUntil(() => openEnds() === 0, "the end of all strangers");
    for (const stranger of strangers) stranger.close();
  }
  await waitUntil(() => countDescriptors() <= before, "the release of all descriptors");
}, 10_000);

test("strangers from other addresses do not push out the client while its key is on the way", async () => {
  await using server = new PassiveServer();
  await using client = await server.connect();
  const { port, key } = await client.request("-g a 2000");
  const q = await client.open(port, key.slice(0, 8));
  const strangers: Connection[] = [];
  for (let count = 0; count < 3 * MAX_STRANGERS; count++) {
    strangers.push(await client.open(port, "", "127.0.0.2"));
  }
  await q.write(key.slice(8), SOON);
  await expectFile(client, q);
  for (const stranger of strangers) stranger.close();
}, 10_000);

test("nor do they if other ports have taken all places of strangers", async () => {
  await using server = new PassiveServer();
  await using other = await server.connect();
  const { port: otherPort } = await other.request("-g a 2000");
  const strangers: Connection[] = [];
  for (let count = 0; count <= MAX_STRANGERS; count++) {
    strangers.push(await other.open(otherPort, ""));
  }
  await using client = await server.connect();
  const { port, key } = await client.request("-g a 2000");
  const q = await client.open(port, key.slice(0, 8));
  const late = await client.open(port, "", "127.0.0.2");
  expect(await isClosed(late)).toBe(true);
  await q.write(key.slice(8), SOON);
  await expectFile(client, q);
  for (const stranger of [...strangers, late]) stranger.close();
}, 10_000);

test("the strangers of all ports together are few, and each port has room for its client", async () => {
  await using server = new PassiveServer();
  const clients = await Promise.all(Array.from({ length: 4 }, () => server.connect()));
  const strangers: Connection[] = [];
  const answers = await Promise.all(clients.map((client) => client.request("-g a 2000")));
  for (const [index, client] of clients.entries()) {
    for (let count = 0; count < 10; count++)
      strangers.push(await client.open(answers[index]?.port ?? 0, ""));
  }
  const openEnds = () => strangers.filter((stranger) => !stranger.hasEnded).length;
  await waitUntil(() => openEnds() <= MAX_STRANGERS + clients.length, "the end of most strangers");
  for (const [index, client] of clients.entries()) {
    const { port = 0, key = "" } = answers[index] ?? {};
    await expectFile(client, await client.open(port, key));
    await client[Symbol.asyncDispose]();
  }
  for (const stranger of strangers) stranger.close();
}, 10_000);

test("if nobody brings the key in time, P gets 425 and the port is closed", async () => {
  await using server = new PassiveServer({}, SHORT);
  await using client = await server.connect();
  const { port } = await client.request("-g a 2000");
  await using slow = await client.open(port, "");
  const drip = setInterval(() => slow.isClosed || slow.push(Buffer.from("0")), 50);
  const reply = await client.reply();
  clearInterval(drip);
  expect(reply).toMatchObject({
    code: 425,
    text: `Nobody brought the key to port ${port} within 0.3 s.`,
  });
  expect(await isClosed(slow)).toBe(true);
  await expectRefused(port);
}, 10_000);

test("a key is good for its own port only", async () => {
  await using server = new PassiveServer({}, SHORT);
  await using one = await server.connect();
  await using other = await server.connect();
  const [first, second] = [await one.request("-g a 2000"), await other.request("-g a 2000")];
  expect(first.key).not.toBe(second.key);
  await using q = await one.open(first.port, second.key);
  expect(await isClosed(q)).toBe(true);
}, 10_000);

test("the second connection with the right key is closed", async () => {
  await using server = new PassiveServer();
  await using client = await server.connect();
  const { port, key } = await client.request("-g a 2000");
  const both = [await client.open(port, ""), await client.open(port, "")];
  for (const q of both) q.push(Buffer.from(key));
  const contents = await Promise.all(both.map((q) => readAll(q).catch(() => "")));
  expect(contents.map(String).sort()).toEqual(["", CONTENT]);
}, 10_000);

test("without a login, or without room for a transfer, there is no port", async () => {
  using scratch = new Scratch();
  const users = scratch.file("users");
  Bun.spawnSync(["chmod", "600", users]);
  const login = await Login.open(new UserStore(users), {
    onStoreError: () => {},
    isLocalOnly: false,
  });
  await using closed = new PassiveServer({ login });
  await using stranger = await closed.connect();
  expect((await catchFailure(stranger.request("-g a 2000"))).message).toStartWith("530 ");

  await using full = new PassiveServer({ limits: { ...defaultLimits(1024), transfers: 1 } });
  await using one = await full.connect();
  await using other = await full.connect();
  await one.request("-g a 2000");
  expect((await catchFailure(other.request("-g a 2000"))).message).toStartWith("421 ");
}, 10_000);

test("an aborted server ends the wait at once", async () => {
  await using server = new PassiveServer({}, 60_000);
  await using client = await server.connect();
  const { port } = await client.request("-g a 2000");
  server.server.abort();
  await waitUntil(() => server.codes.length === 1, "the end of the session");
  await expectRefused(port);
}, 10_000);
