// The log never waits for its reader: if nobody reads the pipe, no client is delayed.

import { expect, test } from "bun:test";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { dial } from "../../lib/net/socket.ts";
import { findFreePort } from "../cli/free-port.ts";
import { runProgram, TestServer, waitUntilListening } from "../testing/testing.ts";

const LIMIT = 30_000;
const REPLY_TIMEOUT = 10_000;

/** No client is at work, and the grace is a day: a server that does not end in this time waits for the reader of its log. */
const SOON = 15_000;
const GRACE = ["--grace", "86400"];

/** So many clients, with a line of 150 bytes each, fill more than a pipe of 64 KiB. */
const CLIENTS = 700;

test(
  "a server whose log nobody reads continues to serve, and its lines can be read later",
  async () => {
    await using fixture = new TestServer();
    fixture.createFile("root/notes.txt", "hello\n");
    Bun.spawnSync(["mkfifo", fixture.getPath("log")]);
    const pipe = openSync(fixture.getPath("log"), constants.O_RDWR | constants.O_NONBLOCK);
    const port = findFreePort();
    const program = [process.execPath, join(import.meta.dir, "../ftserver.ts"), String(port)];
    const server = Bun.spawn([...program, "--root", fixture.getPath("root")], {
      stdio: ["ignore", "ignore", pipe],
    });
    try {
      await waitUntilListening(port);
      for (let count = 0; count < CLIENTS; count++) await sendInvalid(port);
      const result = await runProgram("ftclient", [
        "127.0.0.1",
        String(port),
        "-g",
        "notes.txt",
        "-o",
        "-",
      ]);
      expect(result).toMatchObject({ exit: 0, stdout: "hello\n" });
      expect(await countLines(pipe, CLIENTS)).toBeGreaterThan(CLIENTS);
    } finally {
      server.kill();
      await server.exited;
      closeSync(pipe);
    }
  },
  LIMIT,
);

test.each([
  ["alone", []],
  ["with workers", ["--workers", "2"]],
])(
  "a log that nobody reads does not delay the end of an ftserver %s",
  async (_, more) => {
    await using fixture = new TestServer();
    Bun.spawnSync(["mkfifo", fixture.getPath("log")]);
    // In blocking mode a write into the full pipe does not return, as with a terminal after Ctrl-S.
    const pipe = openSync(fixture.getPath("log"), constants.O_RDWR);
    const port = findFreePort();
    const program = [process.execPath, join(import.meta.dir, "../ftserver.ts"), String(port)];
    const server = Bun.spawn([...program, "--root", fixture.getPath("root"), ...GRACE, ...more], {
      stdio: ["ignore", "ignore", pipe],
    });
    try {
      await waitUntilListening(port);
      for (let count = 0; count < CLIENTS; count++) await sendInvalid(port);
      server.kill("SIGTERM");
      const late = Bun.sleep(SOON).then(() => "the server still runs");
      expect(await Promise.race([server.exited, late])).toBe(0);
    } finally {
      server.kill("SIGKILL");
      await server.exited;
      closeSync(pipe);
    }
  },
  LIMIT,
);

/** Runs one client that gets a `500`, which adds a line to the log. */
async function sendInvalid(port: number): Promise<void> {
  await using p = await dial({ address: "127.0.0.1", port }, REPLY_TIMEOUT);
  await p.write("dance\n", REPLY_TIMEOUT);
  expect(String(await p.read(REPLY_TIMEOUT))).toStartWith("500 ");
}

/** Reads the pipe until more than `wanted` lines have arrived, or nothing arrives for 3 s. */
async function countLines(pipe: number, wanted: number): Promise<number> {
  const buffer = Buffer.alloc(65_536);
  let lines = 0;
  for (let empty = 0; lines <= wanted && empty < 300;) {
    const count = readSome(pipe, buffer);
    if (count === 0 && ++empty) await Bun.sleep(10);
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
