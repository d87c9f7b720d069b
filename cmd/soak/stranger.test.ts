// What strangers may cost: lists that nobody reads, and hashes for clients that have left.

import { expect, test } from "bun:test";
import { truncateSync, writeFileSync } from "node:fs";
import type { Connection } from "../../lib/net/connection.ts";
import { dial, listen } from "../../lib/net/socket.ts";
import { sendRequest, readAll, replyCodes, SOON, soak } from "../../lib/testing/testing.ts";
import { TestServer, waitUntil } from "../testing/testing.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const LIMIT = soak(30_000, 120_000);

/** Names of 200 bytes, and clients that ask for all of them. */
const NAMES = soak(8000, 30_000);
const LISTERS = soak(60, 200);
/** A read of the directory and its garbage; without sharing it would be one for each client. */
const LIST_MEMORY = soak(64, 200) * MIB;

/** Files that together take more time to hash than the test has. */
const HASHED_FILES = 20;
const HASHED_SIZE = 16 * GIB;

/** Connects to the server, sends a request for `port`, and returns P. */
async function request(server: TestServer, text: string): Promise<Connection> {
  const p = await dial({ address: "127.0.0.1", port: server.port }, SOON);
  await p.write(text, SOON);
  return p;
}

test(
  `${LISTERS} clients that ask for ${NAMES} names and read none share one list`,
  async () => {
    await using server = new TestServer();
    for (let index = 0; index < NAMES; index++)
      writeFileSync(server.getPath(`root/${String(index).padStart(200, "0")}`), "");
    await server.start("--max-clients", "300", "--max-per-ip", "300");
    const open: Connection[] = [];
    using data = listen({ address: "127.0.0.1", port: 0 }, (q) => open.push(q));
    const before = server.memory;
    let peak = before;
    const timer = setInterval(() => (peak = Math.max(peak, server.memory)), 5);
    try {
      const requests = Array.from({ length: LISTERS }, () => request(server, `-l ${data.port}\n`));
      const clients = await Promise.all(requests);
      open.push(...clients);
      for (const p of clients) expect(String(await p.read(SOON))).toStartWith("150 ");
      expect(replyCodes(await sendRequest(server.port, (port) => `-l ${port}\n`))).toEqual([
        150, 226,
      ]);
    } finally {
      clearInterval(timer);
      for (const one of open) one.close();
    }
    expect(peak - before).toBeLessThan(LIST_MEMORY);
  },
  LIMIT,
);

test(
  `the hashes of ${HASHED_FILES} large files end when the clients that asked for them have left`,
  async () => {
    await using server = new TestServer();
    for (let index = 0; index < HASHED_FILES; index++)
      truncateSync(server.createFile(`root/${index}`, ""), HASHED_SIZE);
    await server.start();
    using data = listen(
      { address: "127.0.0.1", port: 0 },
      (q) => void readAll(q).then(() => q.close()),
    );
    for (let index = 0; index < HASHED_FILES; index++) {
      const text = `REST ${HASHED_SIZE}\nHASH\n-g ${index} ${data.port}\n`;
      const p = await request(server, text);
      for (let reply = ""; !reply.includes("\n150 ");) reply += String(await p.read(SOON));
      p.close();
    }
    const ended = () => server.log.filter((line) => line.includes('"code":426')).length;
    await waitUntil(() => ended() === HASHED_FILES, "the end of all sessions");
    expect(replyCodes(await sendRequest(server.port, (port) => `HASH\n-l ${port}\n`))).toEqual([
      350, 150, 226,
    ]);
  },
  LIMIT,
);
