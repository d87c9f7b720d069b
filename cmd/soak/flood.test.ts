// Clients that want too much: more than there are descriptors for, more than a line, or all the time in the world.

import { expect, test } from "bun:test";
import { mkdirSync, truncateSync } from "node:fs";
import type { Connection } from "../../lib/net/connection.ts";
import { dial } from "../../lib/net/socket.ts";
import { sendRequest, replyCodes, readAll, SOON, soak } from "../../lib/testing/testing.ts";
import { Site, waitUntil } from "../testing/testing.ts";

const MIB = 1024 * 1024;
const LIMIT = soak(30_000, 120_000);

/** Connections to a server that may open 64 files. */
const CROWD = 120;

const SLOW = soak(150, 1000);
const PLACES = String(SLOW + 100);
const FLOOD = soak(64, 1024) * MIB;

/** How long the processor of a server that is full is looked at, in ms. */
const WATCH = soak(1000, 5000);

async function site(): Promise<Site> {
  const made = new Site();
  mkdirSync(made.at("root"));
  made.file("root/a", "content");
  return made;
}

const knock = (at: Site) => dial({ address: "127.0.0.1", port: at.port }, SOON);

test(
  `${CROWD} connections to a server of 64 descriptors: a clear refusal, an idle processor, and service afterwards`,
  async () => {
    await using at = await site();
    at.descriptorLimit = 64;
    await at.serve();
    const idle = at.descriptors;
    const crowd: Connection[] = [];
    const said: string[] = [];
    for (let count = 0; count < CROWD; count++) {
      const p = await knock(at);
      crowd.push(p);
      void p.read(LIMIT).then(
        (bytes) => said.push(String(bytes)),
        () => {},
      );
    }
    const places = Math.floor((64 - 32) / 3);
    const refused = CROWD - Math.ceil((places * 3) / 4);
    await waitUntil(() => said.length >= refused, "the refusal of most");
    const text = /^421 (The server has|Your address has) [0-9]+ .+ try again later\.\n$/;
    for (const line of said) expect(line).toMatch(text);
    const before = at.processor;
    await Bun.sleep(WATCH);
    expect((at.processor - before) / (WATCH / 1000)).toBeLessThan(0.2);
    for (const p of crowd) p.close();
    await waitUntil(() => at.descriptors <= idle, "the release of all descriptors");
    expect(replyCodes(await sendRequest(at.port, (port) => `-g a ${port}\n`))).toEqual([150, 226]);
  },
  LIMIT,
);

test(
  `${FLOOD / MIB} MiB without a line end: 500 after 4,096 bytes, and memory stays`,
  async () => {
    await using at = await (await site()).serve();
    expect(replyCodes(await sendRequest(at.port, () => "-x\n"))).toEqual([500]);
    const before = at.memory;
    const p = await knock(at);
    const said = readAll(p).catch(() => Buffer.alloc(0));
    const piece = Buffer.alloc(MIB, "x");
    let sent = 0;
    let peak = before;
    try {
      for (; sent < FLOOD; sent += piece.length) {
        await p.write(piece, SOON);
        peak = Math.max(peak, at.memory);
      }
    } catch {
      // The server closes the connection, and the rest has nowhere to go.
    }
    expect(sent).toBeLessThan(FLOOD);
    expect(peak - before).toBeLessThan(16 * MIB);
    expect(["", "500 The line is longer than 4096 bytes.\n"]).toContain(String(await said));
    p.close();
    expect(replyCodes(await sendRequest(at.port, (port) => `-g a ${port}\n`))).toEqual([150, 226]);
  },
  LIMIT,
);

test(
  `${SLOW} clients that are silent or drip are all dropped by the wall clock, and a good one is served meanwhile`,
  async () => {
    await using at = await site();
    await at.serve("--command-timeout", "2", "--max-clients", PLACES, "--max-per-ip", PLACES);
    const slow = await Promise.all(Array.from({ length: SLOW }, () => knock(at)));
    const said = slow.map((p) => readAll(p, LIMIT).then(String, String));
    const drip = setInterval(() => {
      for (const [index, p] of slow.entries())
        if (index % 2 === 0 && !p.hasEnded) p.push(Buffer.from("x"));
    }, 100);
    let dropped = 0;
    for (const one of said) void one.then(() => dropped++);
    expect(replyCodes(await sendRequest(at.port, (port) => `-g a ${port}\n`))).toEqual([150, 226]);
    expect(dropped).toBe(0);
    try {
      await waitUntil(() => dropped === SLOW, "the end of all");
    } finally {
      clearInterval(drip);
      for (const p of slow) p.close();
    }
    for (const text of await Promise.all(said)) expect(text).toMatch(/^421 .+ within 2 s\.\n$/);
  },
  LIMIT,
);

test(
  "a file of more than 4 GiB is found at its very end",
  async () => {
    await using at = await site();
    const size = 5 * 1024 ** 3;
    truncateSync(at.file("root/large", ""), size);
    const end = Bun.file(at.at("root/large"));
    await at.serve();
    const answer = await sendRequest(at.port, (port) => `REST ${size - 3}\n-g large ${port}\n`);
    expect(replyCodes(answer)).toEqual([350, 150, 226]);
    expect(answer.q).toEqual(Buffer.alloc(3));
    expect(end.size).toBe(size);
  },
  LIMIT,
);
