// Programs whose standard descriptors are closed by their caller (cron, init scripts): no file and no connection takes their numbers.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram, TestServer, waitUntilListening } from "../testing/testing.ts";

const LIMIT = 30_000;
const PROGRAM_TIMEOUT = 10_000;
const SIZE = 3_000_000;

/** Starts a program of cmd/ after the shell has made `redirections`. */
function startRedirected(
  redirections: string,
  program: string,
  args: readonly string[],
  cwd: string,
) {
  const source = join(import.meta.dir, "..", `${program}.ts`);
  const script = `exec "$0" "$@" ${redirections}`;
  return Bun.spawn(["sh", "-c", script, process.execPath, source, ...args], {
    cwd,
    env: { PATH: Bun.env["PATH"] ?? "" },
    stdio: ["ignore", "ignore", "ignore"],
    timeout: PROGRAM_TIMEOUT,
  });
}

test.each(["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])(
  "ftclient %s saves the very bytes of a file",
  async (redirections) => {
    await using server = new TestServer();
    const content = Buffer.alloc(SIZE, crypto.getRandomValues(new Uint8Array(65_536)));
    server.createFile("root/f", content);
    await server.start();
    const cwd = server.createDirectory("here");
    const args = [...server.endpoint, "-g", "f"];
    expect(await startRedirected(redirections, "ftclient", args, cwd).exited).toBe(0);
    expect(readFileSync(join(cwd, "f")).equals(content)).toBe(true);
  },
  LIMIT,
);

test.each([
  ["alone", []],
  ["with workers", ["--workers", "2"]],
])(
  "ftserver %s serves without its standard descriptors",
  async (_, more) => {
    await using server = new TestServer();
    server.createFile("root/notes.txt", "hello\n");
    const args = [String(server.port), "--root", server.getPath("root"), ...more];
    const child = startRedirected("<&- >&- 2>&-", "ftserver", args, server.getPath(""));
    await waitUntilListening(server.port);
    const result = await runProgram("ftclient", [...server.endpoint, "-g", "notes.txt", "-o", "-"]);
    expect(result).toMatchObject({ exit: 0, stdout: "hello\n" });
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
  },
  LIMIT,
);
