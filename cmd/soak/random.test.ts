// Random clients: whatever they send, in whatever pieces, and however they leave, the server stays alive and within its grammar.

import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import type { Connection } from "../../lib/net/connection.ts";
import { Failure } from "../../lib/errors.ts";
import { dial, listen } from "../../lib/net/socket.ts";
import { sendRequest, replyCodes, readAll, SOON, soak } from "../../lib/testing/testing.ts";
import { Site, waitUntil } from "../testing/testing.ts";

const SEQUENCES = soak(300, 10_000);
const WARM_UP = soak(100, 1000);
const LANES = 16;
const LIMIT = soak(30_000, 900_000);
const SWING = 24 * 1024 * 1024;

/** N7.1: three digits, facts, a text of at least one character, and no control character. */
const REPLY = /^[1-5][0-9]{2} ([A-Za-z][A-Za-z0-9-]*=[^ ]* )*[^\u0000-\u001f\u007f-\u009f]+$/;

/** The codes of N7.8, and those of success. */
const CODES = [150, 226, 230, 331, 350, 421, 425, 426, 450, 500, 501, 530, 550, 554];

const SEED = Number(process.env["FT_SEED"] ?? Date.now() % 1e9);

/** Small, fast, and the same for the same seed (mulberry32): a run that failed can be run again. */
function random(seed: number): () => number {
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

/** What one client does: its bytes, where they are cut, and how it leaves. */
interface Plan {
  readonly bytes: Buffer;
  readonly cuts: number;
  readonly end: "wait" | "half-close" | "close" | "reset";
  readonly takesQ: "reads" | "closes" | "resets" | "ignores" | "is deaf";
}

function draw(next: () => number, port: number): Plan {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)] as T;
  const lines = Array.from({ length: 1 + Math.floor(next() * 4) }, () => pick(LINES));
  const ends = ["\n", "\n", "\n", "\r\n", "\r", "", "\n\n"];
  const text = lines.map((line) => line.replace("{port}", String(port)) + pick(ends)).join("");
  const bytes = Buffer.from(text);
  if (next() < 0.2) bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
  return {
    ...{ bytes, cuts: next() < 0.3 ? Math.floor(next() * 12) : 0 },
    end: pick(["wait", "wait", "half-close", "close", "reset"]),
    takesQ: pick(["reads", "reads", "closes", "resets", "ignores", "is deaf"]),
  };
}

const GONE = new Failure("other", "Gone.");

function takeQ(how: Plan["takesQ"], q: Connection): void {
  if (how === "closes") return q.close();
  if (how === "resets") return q.abort(GONE);
  if (how === "ignores") return void setTimeout(() => q.close(), 50);
  void readAll(q)
    .catch(() => {})
    .finally(() => q.close());
}

/** Runs one client; returns what the server said, line by line. */
async function visit(server: number, next: () => number): Promise<string[]> {
  const taking: { how: Plan["takesQ"] } = { how: "reads" };
  const data = listen({ address: "127.0.0.1", port: 0 }, (q) => takeQ(taking.how, q));
  const plan = draw(next, data.port);
  taking.how = plan.takesQ;
  if (plan.takesQ === "is deaf") data[Symbol.dispose]();
  await using p = await dial({ address: "127.0.0.1", port: server }, SOON);
  const said = readAll(p).catch(() => Buffer.alloc(0));
  try {
    const size = Math.ceil(plan.bytes.length / (plan.cuts + 1));
    for (let at = 0; at < plan.bytes.length; at += size) {
      await p.write(plan.bytes.subarray(at, at + size), SOON);
      if (plan.cuts > 0) await new Promise(setImmediate);
    }
    if (plan.end === "half-close") p["socket"].shutdown();
    if (plan.end === "reset") p.abort(GONE);
    if (plan.end === "close") p.close();
  } catch {
    // The server had heard enough: what it said is what counts.
  }
  const lines = (await said).toString().split("\n");
  data[Symbol.dispose]();
  return lines.slice(0, -1);
}

async function visits(at: Site, count: number, next: () => number): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left-- > 0) {
      for (const line of await visit(at.port, next)) {
        expect(line).toMatch(REPLY);
        expect(CODES).toContain(Number(line.slice(0, 3)));
        expect(Buffer.byteLength(line)).toBeLessThan(4096);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

test(
  `${SEQUENCES} random clients (FT_SEED=${SEED}) leave a server that is alive, within its grammar, and as it was`,
  async () => {
    await using at = new Site();
    mkdirSync(at.at("root"));
    at.file("root/a", "content");
    at.file("root/large", Buffer.alloc(8 * 1024 * 1024, "x"));
    const limits = ["--command-timeout", "0.3", "--stall-timeout", "1"];
    await at.serve("--max-clients", "500", "--max-per-ip", "500", ...limits);
    const idle = at.descriptors;
    const next = random(SEED);
    await visits(at, WARM_UP, next);
    const before = at.memory;
    await visits(at, SEQUENCES, next);
    expect(replyCodes(await sendRequest(at.port, (port) => `-g a ${port}\n`))).toEqual([150, 226]);
    await waitUntil(() => at.descriptors <= idle, "the release of all descriptors");
    expect(at.memory - before).toBeLessThan(SWING);
    expect(at.log.filter((line) => line.includes('"event":"error"'))).toEqual([]);
  },
  LIMIT,
);
