// Either program killed at any moment: the final name is absent or complete, and the next run goes on to the right bytes.

import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { soak } from "../../lib/testing/testing.ts";
import { run, Site, start, waitUntil } from "../testing/testing.ts";

const KILLS = soak(6, 200);
const CLIENTS = soak(6, 50);
const LIMIT = soak(60_000, 900_000);

const MIB = 1024 * 1024;

/** A transfer of these takes long enough to be killed in the middle of it. */
const SIZE = 48 * MIB;

/** More than all buffers hold: a client that was stopped holds the server in the middle of this. */
const LONG = 96 * MIB;

/** Bytes that no piece in a wrong place fits. */
function pattern(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4) bytes.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);
  return bytes;
}

async function site(size: number, ...args: string[]): Promise<Site> {
  const made = new Site();
  for (const name of ["root", "here"]) mkdirSync(made.at(name));
  made.file("root/large.bin", pattern(size));
  return made.serve(...args);
}

async function hashOf(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const piece of Bun.file(path).stream()) hash.update(piece);
  return hash.digest("hex");
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

test(
  `kill -9 of the client at ${KILLS} offsets leaves a part file alone, and the next run completes it`,
  async () => {
    await using at = await site(SIZE);
    const cwd = at.at("here");
    const [part, whole] = [join(cwd, ".large.bin.ftpart"), join(cwd, "large.bin")];
    const command = [...at.target, "-g", "large.bin", "--on-duplicate", "overwrite"];
    let cut = 0;
    for (let count = 0; count < KILLS; count++) {
      const offset = Math.floor((SIZE * count) / KILLS);
      const client = start("ftclient", command, { cwd });
      while (client.exitCode === null && sizeOf(part) < offset) await new Promise(setImmediate);
      client.kill("SIGKILL");
      await client.exited;
      if (existsSync(whole)) expect(sizeOf(whole)).toBe(SIZE);
      else cut++;
      const names = readdirSync(cwd).filter((name) => name !== "large.bin");
      expect(names.every((name) => name.startsWith(".large.bin.ftpart"))).toBe(true);
      const resumed = await run("ftclient", [...command, "--json"], { cwd });
      expect(JSON.parse(resumed.stdout)).toMatchObject({ ok: true, bytes: SIZE });
      expect(await hashOf(whole)).toBe(await hashOf(at.at("root/large.bin")));
      expect(readdirSync(cwd)).toEqual(["large.bin"]);
      await Bun.file(whole).delete();
    }
    expect(cut).toBeGreaterThan(0);
  },
  LIMIT,
);

test.each([
  ["SIGKILL", 8],
  ["SIGTERM", 0],
  ["SIGINT", 0],
] as const)(
  `%s of the server during ${CLIENTS} transfers: the clients exit %d, and its port serves again at once`,
  async (signal, exit) => {
    await using at = await site(LONG, "--grace", "60");
    const clients = Array.from({ length: CLIENTS }, (_, index) => {
      const cwd = at.at(`here/${index}`);
      mkdirSync(cwd);
      return { cwd, child: start("ftclient", [...at.target, "-g", "large.bin"], { cwd }) };
    });
    try {
      const stopped = new Set<string>();
      const stop = ({ cwd, child }: (typeof clients)[number]) => {
        if (stopped.has(cwd) || sizeOf(join(cwd, ".large.bin.ftpart")) === 0) return;
        child.kill("SIGSTOP");
        stopped.add(cwd);
      };
      await waitUntil(() => (clients.forEach(stop), stopped.size === CLIENTS), "the begin of all");
      const ended = at.end(signal);
      if (signal === "SIGKILL") await ended;
      for (const { child } of clients) child.kill("SIGCONT");
      for (const { child } of clients) expect(await child.exited).toBe(exit);
      for (const { cwd } of clients) {
        expect(existsSync(join(cwd, "large.bin"))).toBe(exit === 0);
        if (exit === 0) expect(sizeOf(join(cwd, "large.bin"))).toBe(LONG);
      }
      expect(await ended).toBe(signal === "SIGKILL" ? 137 : 0);
      await at.serve();
      expect((await run("ftclient", [...at.target, "-l"])).stdout).toBe("large.bin\n");
    } finally {
      for (const { child } of clients) child.kill("SIGKILL");
    }
  },
  LIMIT,
);
