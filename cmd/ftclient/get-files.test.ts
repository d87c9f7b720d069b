// Many files with one command: what is saved and told of each, the exit status of the worst, and an end in order.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePort } from "../cli/free-port.ts";
import { runProgram, startProgram, TestServer, waitUntil } from "../testing/testing.ts";

const LIMIT = 30_000;
const LOGS = ["a.log", "b.log", "c.log"];

let server: TestServer;

beforeAll(async () => {
  server = new TestServer();
  server.createDirectory("here");
  for (const name of LOGS) server.createFile(`root/${name}`, `${name}\n`);
  server.createFile("root/[ab].log", "in brackets\n");
  server.createFile("root/Makefile", "all:\n");
  server.createFile("root/30020", "a number\n");
  await server.start();
}, LIMIT);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
}, LIMIT);

/** Runs ftclient in a new directory, in which there is `b.log` already if `duplicate` is true. */
async function runClient(args: string[], duplicate = false, endpoint = server.endpoint) {
  const cwd = server.createDirectory(`here/${crypto.randomUUID()}`);
  if (duplicate) writeFileSync(join(cwd, "b.log"), "mine\n");
  const result = await runProgram("ftclient", [...endpoint, ...args], { cwd });
  const content = (name: string) => readFileSync(join(cwd, name), "utf8");
  return { ...result, content, names: readdirSync(cwd).sort() };
}

test(
  "names and patterns are fetched, with a line for each and one for all",
  async () => {
    const { exit, stdout, stderr, names } = await runClient([
      "-g",
      "*.log",
      "30020",
      "-g",
      "Makefile",
    ]);
    expect({ exit, stdout, names }).toEqual({
      exit: 0,
      stdout: "",
      names: ["Makefile", "[ab].log", ...LOGS],
    });
    expect(stderr).toMatch(/^\[ab\]\.log: transfer complete, /m);
    expect(stderr).toMatch(/\n5 of 5 files complete: 35 B in [0-9.]+ s \(.*\/s\)\n$/);
  },
  LIMIT,
);

test.each([
  [
    ["a.log", "b.log"],
    ["a.log", "b.log"],
  ],
  [["[ab].log"], ["[ab].log"]],
  [["[bc]*.log"], ["b.log", "c.log"]],
  [
    ["30020", "-g", "Makefile"],
    ["30020", "Makefile"],
  ],
  [
    ["Makefile", "-g", "30020", "*.log", "a.log"],
    ["30020", "Makefile", "[ab].log", ...LOGS],
  ],
])(
  "-g %j fetches %j",
  async (args, expected) => {
    const { exit, names } = await runClient(["-g", ...args]);
    expect({ exit, names }).toEqual({ exit: 0, names: expected });
  },
  LIMIT,
);

test(
  "all files come into the directory of --output, with any number of jobs, and each is whole",
  async () => {
    const output = server.createDirectory(`here/${crypto.randomUUID()}`);
    const { exit, names } = await runClient(["--all", "-o", output, "--jobs", "2", "--verify"]);
    expect({ exit, names }).toEqual({ exit: 0, names: [] });
    for (const name of ["30020", "Makefile", "[ab].log", ...LOGS])
      expect(readFileSync(join(output, name))).toEqual(
        readFileSync(server.getPath(`root/${name}`)),
      );
    expect(readdirSync(output)).toHaveLength(6);
  },
  LIMIT,
);

test(
  "a file that fails does not stop the others, and the worst one chooses the exit status",
  async () => {
    const { exit, stderr, names, content } = await runClient(["-g", "gone.txt", ...LOGS], true);
    expect({ exit, names }).toEqual({ exit: 7, names: LOGS });
    expect(content("b.log")).toBe("mine\n");
    expect(stderr).toContain("ftclient: gone.txt: File not found: gone.txt\n");
    expect(stderr).toContain('ftclient: b.log: "b.log" exists already: ');
    expect(stderr).toMatch(/\n2 of 4 files complete, 2 failed: 12 B /);
  },
  LIMIT,
);

test(
  "duplicates follow the policy",
  async () => {
    const renamed = await runClient(["-g", ...LOGS, "--on-duplicate", "rename"], true);
    expect(renamed.names).toEqual(["a.log", "b.1.log", "b.log", "c.log"]);
    expect(renamed.content("b.log")).toBe("mine\n");
    const replaced = await runClient(["-g", ...LOGS, "--on-duplicate", "overwrite"], true);
    expect(replaced.content("b.log")).toBe("b.log\n");
    expect([renamed.exit, replaced.exit]).toEqual([0, 0]);
  },
  LIMIT,
);

test(
  "with --json each file has an object, and all together have one",
  async () => {
    const { exit, stdout } = await runClient(["-g", "gone.txt", "a.log", "b.log", "--json"]);
    const objects = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const all = objects.pop();
    expect(exit).toBe(6);
    expect(objects.map(({ file }) => file).sort()).toEqual(["a.log", "b.log", "gone.txt"]);
    expect(objects.find(({ file }) => file === "gone.txt")).toMatchObject({
      ok: false,
      kind: "refused",
      exit: 6,
    });
    expect(objects.find(({ file }) => file === "a.log")).toMatchObject({
      ok: true,
      saved: "a.log",
      bytes: 6,
    });
    expect(all).toMatchObject({
      ok: false,
      command: "get",
      files: 3,
      fetched: 2,
      failed: 1,
      bytes: 12,
      exit: 6,
    });
  },
  LIMIT,
);

test(
  "several files come through one DATA_PORT, one after the other",
  async () => {
    const port = findFreePort();
    const { exit, names } = await runClient(["-g", "?.log", String(port)]);
    expect({ exit, names }).toEqual({ exit: 0, names: LOGS });
  },
  LIMIT,
);

test(
  "several files are not saved under one name",
  async () => {
    const { exit, stderr } = await runClient(["-g", ...LOGS, "-o", "one.log"]);
    expect({ exit, stderr }).toEqual({
      exit: 7,
      stderr:
        'ftclient: For several files, --output takes a directory that exists, not "one.log".\n',
    });
  },
  LIMIT,
);

test(
  "a server that is too busy gets fewer jobs, and all files come",
  async () => {
    await using busy = new TestServer();
    for (let index = 0; index < 40; index++)
      busy.createFile(`root/${index}.bin`, Buffer.alloc(300_000));
    await busy.start("--max-clients", "2");
    const { exit, stderr, names } = await runClient(
      ["--all", "--jobs", "8", "--no-sync"],
      false,
      busy.endpoint,
    );
    expect({ exit, count: names.length }).toEqual({ exit: 0, count: 40 });
    expect(stderr).toContain("40 of 40 files complete");
    expect(busy.log.join("\n")).toContain("421");
  },
  LIMIT,
);

test(
  "a wrong password is tried once, and not for each file",
  async () => {
    await using closed = new TestServer();
    const users = closed.createFile("users.txt", "");
    await runProgram("ftpasswd", ["add", "ada", "--users", users], { stdin: "long enough\n" });
    for (const name of LOGS) closed.createFile(`root/${name}`, name);
    await closed.start("--users", users);
    const args = [...closed.endpoint, "-g", ...LOGS, "--user", "ada", "--jobs", "1"];
    const cwd = server.createDirectory(`here/${crypto.randomUUID()}`);
    const { exit, stderr } = await runProgram("ftclient", args, {
      cwd,
      env: { FTCLIENT_PASSWORD: "wrong one" },
    });
    expect(exit).toBe(5);
    expect(stderr).toContain("0 of 3 files complete, 1 failed, 2 not fetched");
  },
  LIMIT,
);

test(
  "SIGINT ends all transfers, and no file has its name before it is whole",
  async () => {
    await using large = new TestServer();
    for (let index = 0; index < 8; index++)
      large.createFile(`root/${index}.bin`, Buffer.alloc(200_000_000));
    await large.start();
    const cwd = server.createDirectory(`here/${crypto.randomUUID()}`);
    const client = startProgram("ftclient", [...large.endpoint, "--all", "--jobs", "4"], { cwd });
    await waitUntil(() => readdirSync(cwd).some((name) => name.endsWith(".version")), "a transfer");
    client.kill("SIGINT");
    const stderr = await client.stderr.text();
    expect(await client.exited).toBe(130);
    expect(stderr).toContain("Interrupted");
    const whole = readdirSync(cwd).filter((name) => !name.startsWith("."));
    for (const name of whole) expect(readFileSync(join(cwd, name))).toHaveLength(200_000_000);
    expect(whole.length).toBeLessThan(8);
  },
  LIMIT,
);
