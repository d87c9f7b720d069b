// Many sessions, and many silent clients: the server releases their descriptors and their memory.

import { expect, test } from "bun:test";
import type { Connection } from "../../lib/net/connection.ts";
import { dial, listen } from "../../lib/net/socket.ts";
import { sendRequest, replyCodes, SOON, soak } from "../../lib/testing/testing.ts";
import { runProgram, TestServer, waitUntil } from "../testing/testing.ts";

const SESSIONS = soak(400, 20_000);
const WARM_UP = soak(200, 2000);

/** Silent clients. Each takes one descriptor here, and one in the server. */
const SILENT = soak(500, 10_000);
const MOST_CLIENTS = String(SILENT + 100);
const TRANSFERS = soak(40, 1000);
const LIMIT = soak(30_000, 900_000);

/** Sessions at once. */
const AT_ONCE = 8;

/** How much the server's memory may grow without a leak, in bytes: garbage is not collected at once. */
const MEMORY_TOLERANCE = 24 * 1024 * 1024;

/** Starts a server with one small file. */
async function startServer(...args: string[]): Promise<TestServer> {
  const server = new TestServer();
  server.createFile("root/a", "content");
  return server.start(...args);
}

const REQUESTS: [(port: number) => string, number[]][] = [
  [(port) => `-l ${port}\n`, [150, 226]],
  [(port) => `-g a ${port}\n`, [150, 226]],
  [(port) => `HASH\n-g a ${port}\n`, [350, 150, 226]],
  [(port) => `-g b ${port}\n`, [550]],
  [() => "-x\n", [500]],
  [() => "-l 1\n", [501]],
];

async function runSessions(server: TestServer, count: number): Promise<void> {
  let left = count;
  const runNext = async () => {
    while (left-- > 0) {
      const [make, expected] = REQUESTS[left % REQUESTS.length] ?? [() => "", []];
      expect(replyCodes(await sendRequest(server.port, make))).toEqual(expected);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runNext));
}

test(
  `${SESSIONS} sessions of every kind leave no descriptor and no memory behind`,
  async () => {
    await using server = await startServer();
    const idle = server.descriptorCount;
    await runSessions(server, WARM_UP);
    const before = server.memory;
    await runSessions(server, SESSIONS);
    await waitUntil(() => server.descriptorCount <= idle, "the release of all descriptors");
    expect(server.memory - before).toBeLessThan(MEMORY_TOLERANCE);
  },
  LIMIT,
);

/** Connects many silent clients, runs some sessions beside them, and disconnects them. */
async function runSilentClients(server: TestServer, idle: number): Promise<void> {
  const clients: Connection[] = [];
  while (clients.length < SILENT) {
    clients.push(await dial({ address: "127.0.0.1", port: server.port }, SOON));
  }
  await waitUntil(() => server.descriptorCount >= idle + SILENT, "the accept of all clients");
  await runSessions(server, AT_ONCE);
  for (const client of clients) client.close();
  await waitUntil(() => server.descriptorCount <= idle, "the release of all descriptors");
}

test(
  `${SILENT} silent clients that connect and disconnect leave no descriptor and no memory behind`,
  async () => {
    await using server = await startServer(
      "--max-clients",
      MOST_CLIENTS,
      "--max-per-ip",
      MOST_CLIENTS,
    );
    const idle = server.descriptorCount;
    // The runtime keeps the memory that so many clients need at once. Only what a second run adds to it is a leak.
    await runSilentClients(server, idle);
    const before = server.memory;
    await runSilentClients(server, idle);
    await waitUntil(() => server.memory - before < MEMORY_TOLERANCE, "the release of memory");
  },
  LIMIT,
);

/** Finds a free port that the system gives to no outgoing connection: it gives those from 32768 on (tcp(7)). */
function findFixedPort(): number {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    try {
      listen({ address: "127.0.0.1", port }, (q) => q.close())[Symbol.dispose]();
      return port;
    } catch {
      // Another program listens on it: try another port.
    }
  }
}

test(
  `one data port can be used by ${TRANSFERS} clients, one after the other`,
  async () => {
    await using server = await startServer();
    const dataPort = String(findFixedPort());
    const idle = server.descriptorCount;
    for (let count = 0; count < TRANSFERS; count++) {
      const result = await runProgram("ftclient", [
        ...server.endpoint,
        "-g",
        "a",
        dataPort,
        "-o",
        "-",
      ]);
      expect(result).toMatchObject({ exit: 0, stdout: "content" });
    }
    await waitUntil(() => server.descriptorCount <= idle, "the release of all descriptors");
  },
  LIMIT,
);
