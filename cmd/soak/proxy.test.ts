// A network that harms: at whatever byte it flips a bit or cuts, ftclient never takes a wrong file for the right one.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { soak } from "../../lib/testing/testing.ts";
import { run, Site } from "../testing/testing.ts";
import { type Fault, Proxy, type Stream } from "./proxy.ts";

const LIMIT = soak(60_000, 900_000);
const SIZE = 200_000;
const CONTENT = Buffer.alloc(SIZE);
for (let at = 0; at < SIZE; at += 4) CONTENT.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);

/** Where the harm is done: the lines of P are short, so that each of their bytes has its turn in the full form. */
const OFFSETS: Record<Stream, number[]> = {
  request: Array.from({ length: soak(5, 24) }, (_, index) => index * soak(5, 1)),
  reply: Array.from({ length: soak(8, 215) }, (_, index) => index * soak(30, 1)),
  data: Array.from({ length: soak(4, 60) }, (_, index) =>
    Math.floor((index * (SIZE - 1)) / soak(3, 59)),
  ),
};

/** Programs at once. */
const LANES = 4;

let site: Site;

beforeAll(async () => {
  site = new Site();
  for (const name of ["root", "here"]) mkdirSync(site.at(name));
  site.file("root/a.bin", CONTENT);
  site.file("root/a.bio", "another file");
  await site.serve("--command-timeout", "2", "--stall-timeout", "2", "--dial-timeout", "2");
}, LIMIT);

afterAll(async () => {
  await site[Symbol.asyncDispose]();
}, LIMIT);

/** Runs ftclient through a proxy with the fault, in a fresh directory. */
async function fetch(fault: Fault, ...args: string[]) {
  using proxy = new Proxy(site.port, fault);
  const cwd = site.at(`here/${crypto.randomUUID()}`);
  mkdirSync(cwd);
  const ended = await run("ftclient", ["127.0.0.1", String(proxy.port), ...args], { cwd });
  return { cwd, ...ended };
}

const GET = ["-g", "a.bin", "--timeout", "0.4"];

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item; (item = left.shift()) !== undefined;) await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

const harms = (["request", "reply", "data"] as const).flatMap((stream) =>
  (["flip", "fin", "reset", "silence"] as const).map((deed) => [deed, stream] as const),
);

test.each(harms)(
  "%s in the %s: a success is the right file, a failure leaves none",
  async (deed, stream) => {
    let failures = 0;
    await each(OFFSETS[stream], async (at) => {
      const { cwd, exit, stderr } = await fetch({ stream, deed, at }, ...GET, "--verify");
      const where = `${deed} at ${at}: ${stderr}`;
      if (exit === 0) expect(readFileSync(join(cwd, "a.bin")).equals(CONTENT), where).toBe(true);
      else {
        expect(existsSync(join(cwd, "a.bin")), where).toBe(false);
        expect(stderr, where).toMatch(/^ftclient: .+\n$/);
        failures++;
      }
      // A bit of a word for people, or a cut behind the last reply, does no harm.
      if (stream === "data") expect(exit, where).not.toBe(0);
    });
    expect(failures).toBeGreaterThan(0);
  },
  LIMIT,
);

const slow = (["request", "reply", "data"] as const).flatMap((stream) =>
  (["slice", "delay", "narrow", "slow close"] as const).map((deed) => [deed, stream] as const),
);

test.each(slow)(
  "%s of the %s harms neither a file nor a list",
  async (deed, stream) => {
    const sliced = stream === "data" && deed === "slice";
    const name = sliced ? "a.bio" : "a.bin";
    const got = await fetch({ stream, deed }, "-g", name, "--verify");
    expect(got.exit, got.stderr).toBe(0);
    expect(readdirSync(got.cwd)).toEqual([name]);
    const right = readFileSync(site.at(`root/${name}`));
    expect(readFileSync(join(got.cwd, name)).equals(right)).toBe(true);
    const listed = await fetch({ stream, deed }, "-l");
    expect({ exit: listed.exit, stdout: listed.stdout }).toEqual({
      exit: 0,
      stdout: "a.bin\na.bio\n",
    });
  },
  LIMIT,
);

test.each(["fin", "reset", "silence"] as const)(
  "a list that ends by %s before its end is no list",
  async (deed) => {
    const { exit, stdout } = await fetch({ stream: "data", deed, at: 4 }, "-l", "--timeout", "0.4");
    expect(exit).not.toBe(0);
    expect(stdout).toBe("");
  },
  LIMIT,
);
