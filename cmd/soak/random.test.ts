// Random clients: whatever they send and however they leave, the server stays alive, and its replies follow the grammar.

import { expect, test } from "bun:test";
import type { Connection } from "../../lib/net/connection.ts";
import { Failure } from "../../lib/errors.ts";
import { dial, listen } from "../../lib/net/socket.ts";
import { sendRequest, replyCodes, readAll, SOON, soak } from "../../lib/testing/testing.ts";
import { TestServer, waitUntil } from "../testing/testing.ts";

const SEQUENCES = soak(300, 10_000);
const WARM_UP = soak(100, 1000);
/** Clients at once. */
const AT_ONCE = 16;
const LIMIT = soak(30_000, 900_000);
/** How much the server's memory may grow without a leak, in bytes. */
const MEMORY_TOLERANCE = 24 * 1024 * 1024;

/** N7.1: three digits, fields, a text of at least one character, and no control character. */
const REPLY = /^[1-5][0-9]{2} ([A-Za-z][A-Za-z0-9-]*=[^ ]* )*[^\u0000-\u001f\u007f-\u009f]+$/;

/** The codes of N7.8, and those of success. */
const CODES = [150, 226, 230, 331, 350, 421, 425, 426, 450, 500, 501, 530, 550, 554];

const SEED = Number(process.env["FT_SEED"] ?? Date.now() % 1e9);

/** Returns a random number generator (mulberry32). With the same seed, a run that failed can be repeated. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const LINES = [
  "-l {port}",
  "-g a {port}",
  "-g large {port}",
  "-g b c {port}",
  "-g ../a {port}",
  "-g a",
  "-l",
  "-l 80",
  "-l 1",
  "-l 65536",
  "HASH",
  "REST 3",
  "REST 99999",
  "REST -1",
  "USER ada",
  "PASS secret",
  "USER",
  "",
  "-x",
  "GET / HTTP/1.1",
  "\u0000",
  "\u001b[2J",
  "ä 😀",
  "x".repeat(4094),
  "x".repeat(5000),
];

/** What one client does: its bytes, into how many pieces they are cut, and how it ends P and takes Q. */
interface Plan {
  readonly bytes: Buffer;
  readonly cuts: number;
  readonly end: "wait" | "half-close" | "close" | "reset";
  readonly onQ: "read" | "close" | "reset" | "ignore" | "refuse";
}

function createPlan(next: () => number, port: number): Plan {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)] as T;
  const lines = Array.from({ length: 1 + Math.floor(next() * 4) }, () => pick(LINES));
  const ends = ["\n", "\n", "\n", "\r\n", "\r", "", "\n\n"];
  const text = lines.map((line) => line.replace("{port}", String(port)) + pick(ends)).join("");
  const bytes = Buffer.from(text);
  if (next() < 0.2) bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
  return {
    ...{ bytes, cuts: next() < 0.3 ? Math.floor(next() * 12) : 0 },
    end: pick(["wait", "wait", "half-close", "close", "reset"]),
    onQ: pick(["read", "read", "close", "reset", "ignore", "refuse"]),
  };
}

const RESET = new Failure("other", "Reset.");

function handleQ(how: Plan["onQ"], q: Connection): void {
  if (how === "close") return q.close();
  if (how === "reset") return q.abort(RESET);
  if (how === "ignore") return void setTimeout(() => q.close(), 50);
  void readAll(q)
    .catch(() => {})
    .finally(() => q.close());
}

/** Runs one client; returns the lines that the server sent. */
async function runClient(server: number, next: () => number): Promise<string[]> {
  const choice: { how: Plan["onQ"] } = { how: "read" };
  const data = listen({ address: "127.0.0.1", port: 0 }, (q) => handleQ(choice.how, q));
  const plan = createPlan(next, data.port);
  choice.how = plan.onQ;
  if (plan.onQ === "refuse") data[Symbol.dispose]();
  await using p = await dial({ address: "127.0.0.1", port: server }, SOON);
  const reply = readAll(p).catch(() => Buffer.alloc(0));
  try {
    const size = Math.ceil(plan.bytes.length / (plan.cuts + 1));
    for (let at = 0; at < plan.bytes.length; at += size) {
      await p.write(plan.bytes.subarray(at, at + size), SOON);
      if (plan.cuts > 0) await new Promise(setImmediate);
    }
    if (plan.end === "half-close") p["socket"].shutdown();
    if (plan.end === "reset") p.abort(RESET);
    if (plan.end === "close") p.close();
  } catch {
    // The server has closed the connection. Only its reply matters.
  }
  const lines = (await reply).toString().split("\n");
  data[Symbol.dispose]();
  return lines.slice(0, -1);
}

async function runClients(server: TestServer, count: number, next: () => number): Promise<void> {
  let left = count;
  const runNext = async () => {
    while (left-- > 0) {
      for (const line of await runClient(server.port, next)) {
        expect(line).toMatch(REPLY);
        expect(CODES).toContain(Number(line.slice(0, 3)));
        expect(Buffer.byteLength(line)).toBeLessThan(4096);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runNext));
}

test(
  `${SEQUENCES} random clients (FT_SEED=${SEED}) leave a server that is alive, follows its grammar, and has lost no memory`,
  async () => {
    await using server = new TestServer();
    server.createFile("root/a", "content");
    server.createFile("root/large", Buffer.alloc(8 * 1024 * 1024, "x"));
    const limits = ["--command-timeout", "0.3", "--stall-timeout", "1"];
    await server.start("--max-clients", "500", "--max-per-ip", "500", ...limits);
    const idle = server.descriptorCount;
    const next = createRandom(SEED);
    await runClients(server, WARM_UP, next);
    const before = server.memory;
    await runClients(server, SEQUENCES, next);
    expect(replyCodes(await sendRequest(server.port, (port) => `-g a ${port}\n`))).toEqual([
      150, 226,
    ]);
    await waitUntil(() => server.descriptorCount <= idle, "the release of all descriptors");
    expect(server.memory - before).toBeLessThan(MEMORY_TOLERANCE);
    expect(server.log.filter((line) => line.includes('"event":"error"'))).toEqual([]);
  },
  LIMIT,
);
