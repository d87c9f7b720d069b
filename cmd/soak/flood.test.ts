// Clients that take too much: more connections than descriptors, more bytes than a line, or more time than the limit.

import { expect, test } from "bun:test";
import { truncateSync } from "node:fs";
import type { Connection } from "../../lib/net/connection.ts";
import { dial } from "../../lib/net/socket.ts";
import { sendRequest, replyCodes, readAll, SOON, soak } from "../../lib/testing/testing.ts";
import { TestServer, waitUntil } from "../testing/testing.ts";

const MIB = 1024 * 1024;
const LIMIT = soak(30_000, 120_000);

/** How many files the server may open, and how many connections it gets. */
const DESCRIPTORS = 64;
const CONNECTIONS = 120;

/** Clients that never complete their command. */
const SLOW_CLIENTS = soak(150, 1000);
const MOST_CLIENTS = String(SLOW_CLIENTS + 100);
/** How much the client sends, in bytes. */
const FLOOD_SIZE = soak(64, 1024) * MIB;

/** How long to measure the processor time of a full server, in ms. */
const MEASURING_TIME = soak(1000, 5000);

function createServer(): TestServer {
  const server = new TestServer();
  server.createFile("root/a", "content");
  return server;
}

const connect = (server: TestServer) => dial({ address: "127.0.0.1", port: server.port }, SOON);

test(
  `${CONNECTIONS} connections to a server of ${DESCRIPTORS} descriptors: it refuses most of them, stays idle, and serves afterwards`,
  async () => {
    await using server = createServer();
    server.descriptorLimit = DESCRIPTORS;
    await server.start();
    const idle = server.descriptorCount;
    const connections: Connection[] = [];
    const replies: string[] = [];
    for (let count = 0; count < CONNECTIONS; count++) {
      const p = await connect(server);
      connections.push(p);
      void p.read(LIMIT).then(
        (bytes) => replies.push(String(bytes)),
        () => {},
      );
    }
    // Of the 64 descriptors 40 are reserved, a client takes three, and one address gets three quarters of the places.
    const places = Math.floor((DESCRIPTORS - 40) / 3);
    const refused = CONNECTIONS - Math.ceil((places * 3) / 4);
    await waitUntil(() => replies.length >= refused, "the refusal of most connections");
    const text = /^421 (The server has|Your address has) [0-9]+ .+ try again later\.\n$/;
    for (const line of replies) expect(line).toMatch(text);
    const before = server.processorTime;
    await Bun.sleep(MEASURING_TIME);
    expect((server.processorTime - before) / (MEASURING_TIME / 1000)).toBeLessThan(0.2);
    for (const p of connections) p.close();
    await waitUntil(() => server.descriptorCount <= idle, "the release of all descriptors");
    expect(replyCodes(await sendRequest(server.port, (port) => `-g a ${port}\n`))).toEqual([
      150, 226,
    ]);
  },
  LIMIT,
);

test(
  `${FLOOD_SIZE / MIB} MiB without a line end: the server replies 500 after 4,096 bytes, and its memory does not grow`,
  async () => {
    await using server = await createServer().start();
    expect(replyCodes(await sendRequest(server.port, () => "-x\n"))).toEqual([500]);
    const before = server.memory;
    const p = await connect(server);
    const reply = readAll(p).catch(() => Buffer.alloc(0));
    const piece = Buffer.alloc(MIB, "x");
    let sent = 0;
    let peak = before;
    try {
      for (; sent < FLOOD_SIZE; sent += piece.length) {
        await p.write(piece, SOON);
        peak = Math.max(peak, server.memory);
      }
    } catch {
      // The server has closed the connection.
    }
    expect(sent).toBeLessThan(FLOOD_SIZE);
    expect(peak - before).toBeLessThan(16 * MIB);
    expect(["", "500 The line is longer than 4096 bytes.\n"]).toContain(String(await reply));
    p.close();
    expect(replyCodes(await sendRequest(server.port, (port) => `-g a ${port}\n`))).toEqual([
      150, 226,
    ]);
  },
  LIMIT,
);

test(
  `${SLOW_CLIENTS} clients that are silent or send a byte at a time are dropped in time, and another one is served meanwhile`,
  async () => {
    await using server = createServer();
    await server.start(
      "--command-timeout",
      "2",
      "--max-clients",
      MOST_CLIENTS,
      "--max-per-ip",
      MOST_CLIENTS,
    );
    const slow = await Promise.all(Array.from({ length: SLOW_CLIENTS }, () => connect(server)));
    const replies = slow.map((p) => readAll(p, LIMIT).then(String, String));
    const timer = setInterval(() => {
      for (const [index, p] of slow.entries())
        if (index % 2 === 0 && !p.hasEnded) p.push(Buffer.from("x"));
    }, 100);
    let dropped = 0;
    for (const one of replies) void one.then(() => dropped++);
    expect(replyCodes(await sendRequest(server.port, (port) => `-g a ${port}\n`))).toEqual([
      150, 226,
    ]);
    expect(dropped).toBe(0);
    try {
      await waitUntil(() => dropped === SLOW_CLIENTS, "the end of all connections");
    } finally {
      clearInterval(timer);
      for (const p of slow) p.close();
    }
    for (const text of await Promise.all(replies)) expect(text).toMatch(/^421 .+ within 2 s\.\n$/);
  },
  LIMIT,
);

test(
  "the last bytes of a file of more than 4 GiB can be fetched",
  async () => {
    await using server = createServer();
    const size = 5 * 1024 ** 3;
    truncateSync(server.createFile("root/large", ""), size);
    const end = Bun.file(server.getPath("root/large"));
    await server.start();
    const answer = await sendRequest(server.port, (port) => `REST ${size - 3}\n-g large ${port}\n`);
    expect(replyCodes(answer)).toEqual([350, 150, 226]);
    expect(answer.q).toEqual(Buffer.alloc(3));
    expect(end.size).toBe(size);
  },
  LIMIT,
);
