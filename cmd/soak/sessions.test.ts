// Many sessions, and many clients that say nothing: descriptors and memory come back to where they were.

import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import type { Connection } from "../../lib/net/connection.ts";
import { dial, listen } from "../../lib/net/socket.ts";
import { sendRequest, replyCodes, SOON, soak } from "../../lib/testing/testing.ts";
import { run, Site, waitUntil } from "../testing/testing.ts";

const SESSIONS = soak(400, 20_000);
const WARM_UP = soak(200, 2000);

/** Each takes one descriptor here, and one in the server. */
const IDLE = soak(500, 10_000);
const PLACES = String(IDLE + 100);
const TRANSFERS = soak(40, 1000);
const LIMIT = soak(30_000, 900_000);

/** Sessions at once. */
const LANES = 8;

/** What the server's memory may differ by where nothing leaks, in bytes: the collector takes its time. */
const SWING = 24 * 1024 * 1024;

/** A server of one small file. */
async function site(...args: string[]): Promise<Site> {
  const made = new Site();
  mkdirSync(made.at("root"));
  made.file("root/a", "content");
  return made.serve(...args);
}

const REQUESTS: [(port: number) => string, number[]][] = [
  [(port) => `-l ${port}\n`, [150, 226]],
  [(port) => `-g a ${port}\n`, [150, 226]],
  [(port) => `HASH\n-g a ${port}\n`, [350, 150, 226]],
  [(port) => `-g b ${port}\n`, [550]],
  [() => "-x\n", [500]],
  [() => "-l 1\n", [501]],
];

async function sessions(at: Site, count: number): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left-- > 0) {
      const [make, expected] = REQUESTS[left % REQUESTS.length] ?? [() => "", []];
      expect(replyCodes(await sendRequest(at.port, make))).toEqual(expected);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

test(
  `${SESSIONS} sessions of every kind leave no descriptor and no memory behind`,
  async () => {
    await using at = await site();
    const idle = at.descriptors;
    await sessions(at, WARM_UP);
    const before = at.memory;
    await sessions(at, SESSIONS);
    await waitUntil(() => at.descriptors <= idle, "the release of all descriptors");
    expect(at.memory - before).toBeLessThan(SWING);
  },
  LIMIT,
);

/** Connects many clients, serves some beside them, and lets them go. */
async function crowd(at: Site, idle: number): Promise<void> {
  const clients: Connection[] = [];
  while (clients.length < IDLE) {
    clients.push(await dial({ address: "127.0.0.1", port: at.port }, SOON));
  }
  await waitUntil(() => at.descriptors >= idle + IDLE, "the accept of all");
  await sessions(at, LANES);
  for (const client of clients) client.close();
  await waitUntil(() => at.descriptors <= idle, "the release of all descriptors");
}

test(
  `${IDLE} clients that say nothing, come and go again, leave no descriptor and no memory behind`,
  async () => {
    await using at = await site("--max-clients", PLACES, "--max-per-ip", PLACES);
    const idle = at.descriptors;
    // What so many need at once, the runtime keeps: only what a second crowd adds to it is lost.
    await crowd(at, idle);
    const before = at.memory;
    await crowd(at, idle);
    await waitUntil(() => at.memory - before < SWING, "the release of memory");
  },
  LIMIT,
);

/** A port that nobody uses, and that the system gives to nobody who dials: it takes those from 32768 on (tcp(7)). */
function fixedPort(): number {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    try {
      listen({ address: "127.0.0.1", port }, (q) => q.close())[Symbol.dispose]();
      return port;
    } catch {
      // Somebody listens there: another one will do.
    }
  }
}

test(
  `one data port serves ${TRANSFERS} whole clients in a row`,
  async () => {
    await using at = await site();
    const dataPort = String(fixedPort());
    const idle = at.descriptors;
    for (let count = 0; count < TRANSFERS; count++) {
      const ended = await run("ftclient", [...at.target, "-g", "a", dataPort, "-o", "-"]);
      expect(ended).toMatchObject({ exit: 0, stdout: "content" });
    }
    await waitUntil(() => at.descriptors <= idle, "the release of all descriptors");
  },
  LIMIT,
);
