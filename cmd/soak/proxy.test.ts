// A faulty network: at whatever byte it flips a bit or cuts the connection, ftclient never accepts a wrong file.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { soak } from "../../lib/testing/testing.ts";
import { runProgram, TestServer } from "../testing/testing.ts";
import { type Fault, Proxy, type Stream } from "./proxy.ts";

const LIMIT = soak(60_000, 900_000);
const SIZE = 200_000;
const CONTENT = Buffer.alloc(SIZE);
for (let at = 0; at < SIZE; at += 4) CONTENT.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);

/** Where the fault happens. The lines of P are short, so the full form tries each of their bytes. */
const OFFSETS: Record<Stream, number[]> = {
  request: Array.from({ length: soak(5, 24) }, (_, index) => index * soak(5, 1)),
  reply: Array.from({ length: soak(8, 215) }, (_, index) => index * soak(30, 1)),
  data: Array.from({ length: soak(4, 60) }, (_, index) =>
    Math.floor((index * (SIZE - 1)) / soak(3, 59)),
  ),
};

/** Programs at once. */
const AT_ONCE = 4;

let server: TestServer;

beforeAll(async () => {
  server = new TestServer();
  server.createDirectory("here");
  server.createFile("root/a.bin", CONTENT);
  server.createFile("root/a.bio", "another file");
  await server.start("--command-timeout", "2", "--stall-timeout", "2", "--dial-timeout", "2");
}, LIMIT);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
}, LIMIT);

/** Runs ftclient through a proxy with the fault, in a new directory. */
async function runThroughProxy(fault: Fault, ...args: string[]) {
  using proxy = new Proxy(server.port, fault);
  const cwd = server.createDirectory(`here/${crypto.randomUUID()}`);
  const result = await runProgram("ftclient", ["127.0.0.1", String(proxy.port), ...args], { cwd });
  return { cwd, ...result };
}

const GET = ["-g", "a.bin", "--timeout", "0.4"];

async function runEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const runNext = async () => {
    for (let item; (item = left.shift()) !== undefined;) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runNext));
}

/** A Q that the client opens does not go through the proxy. */
const faults = (["request", "reply", "data"] as const).flatMap((stream) =>
  (["flip", "fin", "reset", "silence"] as const).flatMap((kind) =>
    (["--active", "--passive"] as const)
      .filter((mode) => stream !== "data" || mode === "--active")
      .map((mode) => [kind, stream, mode] as const),
  ),
);

test.each(faults)(
  "%s in the %s, with %s: a success saves the right file, a failure saves none",
  async (kind, stream, mode) => {
    let failures = 0;
    await runEach(OFFSETS[stream], async (at) => {
      const { cwd, exit, stderr } = await runThroughProxy(
        { stream, kind, at },
        ...GET,
        "--verify",
        mode,
      );
      const message = `${kind} at ${at}: ${stderr}`;
      if (exit === 0) expect(readFileSync(join(cwd, "a.bin")).equals(CONTENT), message).toBe(true);
      else {
        expect(existsSync(join(cwd, "a.bin")), message).toBe(false);
        expect(stderr, message).toMatch(/^ftclient: .+\n$/);
        failures++;
      }
      // A fault in the text of a reply, or after the last reply, may do no harm.
      if (stream === "data") expect(exit, message).not.toBe(0);
    });
    expect(failures).toBeGreaterThan(0);
  },
  LIMIT,
);

const delays = (["request", "reply", "data"] as const).flatMap((stream) =>
  (["slice", "delay", "narrow", "slow close"] as const).map((kind) => [kind, stream] as const),
);

test.each(delays)(
  "%s of the %s damages neither a file nor a listing",
  async (kind, stream) => {
    const isSliced = stream === "data" && kind === "slice";
    const name = isSliced ? "a.bio" : "a.bin";
    const result = await runThroughProxy({ stream, kind }, "-g", name, "--verify");
    expect(result.exit, result.stderr).toBe(0);
    expect(readdirSync(result.cwd)).toEqual([name]);
    const expected = readFileSync(server.getPath(`root/${name}`));
    expect(readFileSync(join(result.cwd, name)).equals(expected)).toBe(true);
    const listing = await runThroughProxy({ stream, kind }, "-l");
    expect({ exit: listing.exit, stdout: listing.stdout }).toEqual({
      exit: 0,
      stdout: "a.bin\na.bio\n",
    });
  },
  LIMIT,
);

test.each(["fin", "reset", "silence"] as const)(
  "a listing that is cut by %s is not printed",
  async (kind) => {
    const { exit, stdout } = await runThroughProxy(
      { stream: "data", kind, at: 4 },
      ...["-l", "--active", "--timeout", "0.4"],
    );
    expect(exit).not.toBe(0);
    expect(stdout).toBe("");
  },
  LIMIT,
);
