// The log never waits for its reader: a pipe that nobody reads holds up no client.

import { expect, test } from "bun:test";
import { closeSync, constants, mkdirSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { dial } from "../../lib/net/socket.ts";
import { freePort } from "../cli/free-port.ts";
import { run, Site } from "../testing/testing.ts";

const LIMIT = 30_000;
const PATIENCE = 10_000;

/** Clients whose lines of 150 bytes fill a pipe of 64 KiB, with some to spare. */
const CLIENTS = 700;

test(
  "a server whose log nobody reads serves on, and the lines come when somebody does",
  async () => {
    await using at = new Site();
    mkdirSync(at.at("root"));
    at.file("root/notes.txt", "hello\n");
    Bun.spawnSync(["mkfifo", at.at("log")]);
    const pipe = openSync(at.at("log"), constants.O_RDWR | constants.O_NONBLOCK);
    const port = freePort();
    const program = [process.execPath, join(import.meta.dir, "../ftserver.ts"), String(port)];
    const server = Bun.spawn([...program, "--root", at.at("root")], {
      stdio: ["ignore", "ignore", pipe],
    });
    try {
      await untilListening(port);
      for (let count = 0; count < CLIENTS; count++) await provoke(port);
      const fetched = await run("ftclient", [
        "127.0.0.1",
        String(port),
        "-g",
        "notes.txt",
        "-o",
        "-",
      ]);
      expect(fetched).toMatchObject({ exit: 0, stdout: "hello\n" });
      expect(await linesOf(pipe, CLIENTS)).toBeGreaterThan(CLIENTS);
    } finally {
      server.kill();
      await server.exited;
      closeSync(pipe);
    }
  },
  LIMIT,
);

/** One client that earns a `500`, and so a line in the log. */
async function provoke(port: number): Promise<void> {
  await using p = await dial({ address: "127.0.0.1", port }, PATIENCE);
  await p.write("dance\n", PATIENCE);
  expect(String(await p.read(PATIENCE))).toStartWith("500 ");
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const p = await dial({ address: "127.0.0.1", port }, PATIENCE).catch(() => undefined);
    if (p) return p.close();
    await Bun.sleep(10);
  }
}

/** Reads the pipe until it holds more than `wanted` lines, or runs dry for good. */
async function linesOf(pipe: number, wanted: number): Promise<number> {
  const buffer = Buffer.alloc(65_536);
  let lines = 0;
  for (let dry = 0; lines <= wanted && dry < 300;) {
    const count = readSome(pipe, buffer);
    if (count === 0 && ++dry) await Bun.sleep(10);
    lines += buffer.subarray(0, count).filter((byte) => byte === 0x0a).length;
  }
  return lines;
}

function readSome(pipe: number, buffer: Buffer): number {
  try {
    return readSync(pipe, buffer, 0, buffer.length, null);
  } catch {
    return 0; // EAGAIN: empty for now
  }
}
