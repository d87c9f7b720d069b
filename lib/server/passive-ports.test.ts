// The range of ports for Qs that clients open: which port is taken, and who gets one if there are too few.

import { expect, test } from "bun:test";
import { listen, type Listener } from "../net/socket.ts";
import { expectFile, PassiveServer } from "../testing/passive-client.ts";
import { catchFailure, readAll } from "../testing/testing.ts";

const HOST = "127.0.0.1";

/** A listener whose port has a free one below it. */
function listenAboveFreePort(): Listener {
  for (;;) {
    const listener = listen({ address: HOST, port: 0 }, (stranger) => stranger.close());
    try {
      listen({ address: HOST, port: listener.port - 1 }, () => {})[Symbol.dispose]();
      return listener;
    } catch {
      listener[Symbol.dispose]();
    }
  }
}

test("a port of the range is taken, and one in use is skipped", async () => {
  using taken = listenAboveFreePort();
  const { port: last } = taken;
  await using server = new PassiveServer({ passivePorts: { first: last - 1, last } });
  await using client = await server.connect();
  const { port, key } = await client.request("-g a 2000");
  expect(port).toBe(last - 1);
  await expectFile(client, await client.open(port, key));
}, 10_000);

test("if no port of the range is free, P gets 425; a port is free again while its transfer runs", async () => {
  const probe = listen({ address: HOST, port: 0 }, () => {});
  const { port: only } = probe;
  await using server = new PassiveServer({ passivePorts: { first: only, last: only } });
  await using refused = await server.connect();
  const text = `425 None of the ports ${only} to ${only} of the server is free for the data connection: try again later.`;
  expect((await catchFailure(refused.request("-g a 2000"))).message).toBe(text);
  probe[Symbol.dispose]();
  server.scratch.file("big", Buffer.alloc(20_000_000));
  await using slow = await server.connect();
  const first = await slow.request("-g big 2000");
  await using q = await slow.open(only, first.key);
  expect((await slow.reply())?.code).toBe(150);
  await using client = await server.connect();
  const { port, key } = await client.request("-g a 2000");
  await expectFile(client, await client.open(port, key));
  expect((await readAll(q)).length).toBe(20_000_000);
}, 10_000);

test("a host that holds all ports loses its oldest one to another host; with one port each, nobody loses it", async () => {
  const upper = listenAboveFreePort();
  const { port: last } = upper;
  upper[Symbol.dispose]();
  await using server = new PassiveServer({ passivePorts: { first: last - 1, last } }, 1000);
  await using greedy = await server.connect();
  await using greedyToo = await server.connect();
  const [oldest, kept] = [await greedy.request("-g a 2000"), await greedyToo.request("-g a 2000")];
  await using other = await server.connect("127.0.0.2");
  const { port, key } = await other.request("-g a 2000");
  expect(port).toBe(oldest.port);
  expect(await greedy.reply()).toMatchObject({ code: 425 });
  await using third = await server.connect("127.0.0.3");
  expect((await catchFailure(third.request("-g a 2000"))).message).toStartWith("425 None of the");
  await expectFile(other, await other.open(port, key));
  await expectFile(greedyToo, await greedyToo.open(kept.port, kept.key));
}, 10_000);

test("clients wait for a port of the range in turn, and each gets it", async () => {
  const probe = listen({ address: HOST, port: 0 }, () => {});
  const { port: only } = probe;
  probe[Symbol.dispose]();
  await using server = new PassiveServer({ passivePorts: { first: only, last: only } });
  const order: number[] = [];
  const fetch = async (number: number) => {
    await using client = await server.connect();
    const { port, key } = await client.request("-g a 2000");
    order.push(number);
    await expectFile(client, await client.open(port, key));
  };
  const all: Promise<void>[] = [];
  for (let number = 0; number < 12; number++) {
    all.push(fetch(number));
    await Bun.sleep(1);
  }
  await Promise.all(all);
  expect(order).toHaveLength(12);
}, 10_000);
