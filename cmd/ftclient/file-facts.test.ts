// Sizes and times: in a long listing, and the time of a file that was fetched.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { runScript, SOON } from "../../lib/testing/testing.ts";
import { runProgram, TestServer } from "../testing/testing.ts";

const LIMIT = 20_000;
const WRITTEN = new Date("2019-03-31T01:02:03.456Z");

let server: TestServer;

beforeAll(async () => {
  server = new TestServer();
  server.createDirectory("here");
  for (const [name, size] of [
    ["b 2;x= y", 12_345],
    ["a.txt", 7],
  ] as const)
    utimesSync(server.createFile(`root/${name}`, "x".repeat(size)), WRITTEN, WRITTEN);
  await server.start();
}, LIMIT);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
}, LIMIT);

test.each([
  ["UTC", "2019-03-31 01:02:03"],
  ["Asia/Kolkata", "2019-03-31 06:32:03"],
  ["America/New_York", "2019-03-30 21:02:03"],
])(
  "in %s a long listing has sizes and local times",
  async (TZ, time) => {
    const result = await runProgram("ftclient", [...server.endpoint, "-l", "--long"], {
      env: { TZ },
    });
    expect(result).toEqual({
      exit: 0,
      stdout: `    7  ${time}  a.txt\n12345  ${time}  b 2;x= y\n`,
      stderr: "",
    });
  },
  LIMIT,
);

test(
  "with --json a long listing has objects, and a plain one has names",
  async () => {
    const long = await runProgram("ftclient", [...server.endpoint, "-l", "--long", "--json"]);
    const modified = WRITTEN.toISOString();
    expect(JSON.parse(long.stdout).files).toEqual([
      { name: "a.txt", size: 7, modified },
      { name: "b 2;x= y", size: 12_345, modified },
    ]);
    const plain = await runProgram("ftclient", [...server.endpoint, "-l", "--json"]);
    expect(JSON.parse(plain.stdout).files).toEqual(["a.txt", "b 2;x= y"]);
  },
  LIMIT,
);

test(
  "a server that does not know FACTS gets a sentence that helps",
  async () => {
    using old = runScript(async (p) => {
      await p.read(SOON);
      await p.write('500 No such command: "FACTS".\n', SOON);
      await p.finish(SOON);
    });
    const args = ["127.0.0.1", String(old.port), "-l", "--long"];
    expect(await runProgram("ftclient", args)).toEqual({
      exit: 6,
      stdout: "",
      stderr: "ftclient: This server does not tell sizes and times: leave --long out.\n",
    });
  },
  LIMIT,
);

test.each([
  [[], true],
  [["--no-times"], false],
  [["--no-sync"], true],
])(
  "with %j, a fetched file keeps the time of the server's: %p",
  async (options, isKept) => {
    const cwd = server.createDirectory(`here/${crypto.randomUUID()}`);
    const args = [...server.endpoint, "-g", "a.txt", ...options, "--json"];
    const { exit, stdout } = await runProgram("ftclient", args, { cwd });
    expect(exit).toBe(0);
    expect(JSON.parse(stdout).modified).toBe(WRITTEN.toISOString());
    expect(statSync(join(cwd, "a.txt")).mtimeMs === WRITTEN.getTime()).toBe(isKept);
  },
  LIMIT,
);
