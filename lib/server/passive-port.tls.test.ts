// Q that the client opens, over TLS: the handshake comes first, and the key inside of it.

import { expect, test } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { CONTENT, expectFile, isClosed, PassiveServer } from "../testing/passive-client.ts";
import { countDescriptors, readAll, SOON, waitUntil } from "../testing/testing.ts";
import { describeTls } from "../testing/tls-testing.ts";
import { readIdentity } from "../tls/identity.ts";
import { connectTls } from "../tls/tls-client.ts";
import { TlsServer } from "../tls/tls-server.ts";

const SHORT = 300;

describeTls("over TLS", (authority, good) => {
  const startTls = (ms = SOON) => {
    const tls = new TlsServer(readIdentity(good.certFile, good.keyFile));
    return new PassiveServer({ tls }, ms);
  };
  const connect = async (server: PassiveServer) => {
    const client = await server.connect();
    await connectTls(client.p, authority.trust(), SOON);
    return client;
  };

  test("the client starts TLS on Q and sends the key, and `150` has no other key", async () => {
    await using server = startTls();
    await using client = await connect(server);
    const { port, key } = await client.request("-g a 2000");
    const q = await client.open(port, "");
    await connectTls(q, authority.trust(), SOON);
    await q.write(key, SOON);
    expect((await readAll(q)).toString()).toBe(CONTENT);
    expect((await client.reply())?.fields.get("key")).toBeUndefined();
    expect((await client.reply())?.code).toBe(226);
  }, 10_000);

  test("the key in the clear, a wrong key and silence are closed, and disturb nobody", async () => {
    await using server = startTls();
    await using client = await connect(server);
    const { port, key } = await client.request("-g a 2000");
    await using clear = await client.open(port, key);
    await using silent = await client.open(port, "");
    await using wrong = await client.open(port, "");
    await connectTls(wrong, authority.trust(), SOON);
    await wrong.write("0".repeat(32), SOON);
    const q = await client.open(port, "");
    await connectTls(q, authority.trust(), SOON);
    await q.write(key, SOON);
    await expectFile(client, q);
    for (const one of [clear, silent, wrong]) expect(await isClosed(one)).toBe(true);
  }, 10_000);

  test("crowds that break off or stop at any stage of the handshake keep the client out in no way", async () => {
    await using server = startTls();
    const before = countDescriptors();
    {
      await using client = await connect(server);
      const { port, key } = await client.request("-g a 2000");
      const strangers: Connection[] = [];
      for (let count = 0; count < 40; count++) {
        const stranger = await client.open(port, count % 4 === 0 ? "\x16\x03\x01\x02" : "");
        strangers.push(stranger);
        if (count % 4 === 1) await connectTls(stranger, authority.trust(), SOON);
        if (count % 4 === 2) void connectTls(stranger, authority.trust(), SOON).catch(() => {});
        if (count % 8 === 6) stranger.close();
      }
      const q = await client.open(port, "");
      await connectTls(q, authority.trust(), SOON);
      await q.write(key, SOON);
      await expectFile(client, q);
      for (const stranger of strangers) stranger.close();
    }
    await waitUntil(() => countDescriptors() <= before, "the release of all descriptors");
  }, 10_000);

  test("without TLS on Q the client gets 425", async () => {
    await using server = startTls(SHORT);
    await using client = await connect(server);
    const { port, key } = await client.request("-g a 2000");
    await using _clear = await client.open(port, key);
    expect((await client.reply())?.code).toBe(425);
  }, 10_000);
});
