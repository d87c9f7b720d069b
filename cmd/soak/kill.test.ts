// Either program is killed at some moment: the final name is absent or complete, and the next run completes the file.

import { expect, test } from "bun:test";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { soak } from "../../lib/testing/testing.ts";
import { runProgram, TestServer, startProgram, waitUntil } from "../testing/testing.ts";

const KILLS = soak(6, 200);
const CLIENTS = soak(6, 50);
const LIMIT = soak(60_000, 900_000);

const MIB = 1024 * 1024;

/** In bytes: the transfer takes long enough to be killed in the middle. */
const SIZE = 48 * MIB;

/** In bytes: more than all buffers hold, so that the server cannot finish while the client is stopped. */
const LONG_SIZE = 96 * MIB;

/** Creates bytes in which every piece of four is different, so that a piece in a wrong place is found. */
function createPattern(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4) bytes.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);
  return bytes;
}

async function startServer(size: number, ...args: string[]): Promise<TestServer> {
  const server = new TestServer();
  server.createDirectory("here");
  server.createFile("root/large.bin", createPattern(size));
  return server.start(...args);
}

async function hashFile(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const piece of Bun.file(path).stream()) hash.update(piece);
  return hash.digest("hex");
}

const getSize = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

test(
  `kill -9 of the client at ${KILLS} offsets leaves only a part file, and the next run completes it`,
  async () => {
    await using server = await startServer(SIZE);
    const cwd = server.getPath("here");
    const [part, file] = [join(cwd, ".large.bin.ftpart"), join(cwd, "large.bin")];
    const command = [...server.endpoint, "-g", "large.bin", "--on-duplicate", "overwrite"];
    let killed = 0;
    for (let count = 0; count < KILLS; count++) {
      const offset = Math.floor((SIZE * count) / KILLS);
      const client = startProgram("ftclient", command, { cwd });
      while (client.exitCode === null && getSize(part) < offset) await new Promise(setImmediate);
      client.kill("SIGKILL");
      await client.exited;
      if (existsSync(file)) expect(getSize(file)).toBe(SIZE);
      else killed++;
      const names = readdirSync(cwd).filter((name) => name !== "large.bin");
      expect(names.every((name) => name.startsWith(".large.bin.ftpart"))).toBe(true);
      const result = await runProgram("ftclient", [...command, "--json"], { cwd });
      expect(JSON.parse(result.stdout)).toMatchObject({ ok: true, bytes: SIZE });
      expect(await hashFile(file)).toBe(await hashFile(server.getPath("root/large.bin")));
      expect(readdirSync(cwd)).toEqual(["large.bin"]);
      await Bun.file(file).delete();
    }
    expect(killed).toBeGreaterThan(0);
  },
  LIMIT,
);

test.each([
  ["SIGKILL", 8],
  ["SIGTERM", 0],
  ["SIGINT", 0],
] as const)(
  `%s of the server during ${CLIENTS} transfers: the clients exit with %d, and the port can be used again at once`,
  async (signal, exit) => {
    await using server = await startServer(LONG_SIZE, "--grace", "60");
    const clients = Array.from({ length: CLIENTS }, (_, index) => {
      const cwd = server.createDirectory(`here/${index}`);
      return {
        cwd,
        child: startProgram("ftclient", [...server.endpoint, "-g", "large.bin"], { cwd }),
      };
    });
    try {
      const stopped = new Set<string>();
      const stop = ({ cwd, child }: (typeof clients)[number]) => {
        if (stopped.has(cwd) || getSize(join(cwd, ".large.bin.ftpart")) === 0) return;
        child.kill("SIGSTOP");
        stopped.add(cwd);
      };
      await waitUntil(
        () => (clients.forEach(stop), stopped.size === CLIENTS),
        "the begin of all transfers",
      );
      const exited = server.stop(signal);
      if (signal === "SIGKILL") await exited;
      for (const { child } of clients) child.kill("SIGCONT");
      for (const { child } of clients) expect(await child.exited).toBe(exit);
      for (const { cwd } of clients) {
        expect(existsSync(join(cwd, "large.bin"))).toBe(exit === 0);
        if (exit === 0) expect(getSize(join(cwd, "large.bin"))).toBe(LONG_SIZE);
      }
      expect(await exited).toBe(signal === "SIGKILL" ? 137 : 0);
      await server.start();
      expect((await runProgram("ftclient", [...server.endpoint, "-l"])).stdout).toBe("large.bin\n");
    } finally {
      for (const { child } of clients) child.kill("SIGKILL");
    }
  },
  LIMIT,
);
