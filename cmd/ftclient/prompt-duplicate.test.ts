// ftclient at a real terminal: the progress bar, the question about a duplicate, Ctrl-C, and names with control characters.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { TestServer, waitUntil } from "../testing/testing.ts";

const LIMIT = 20_000;
const QUESTION = "notes.txt exists already. [o]verwrite it, [r]ename the new one, or [q]uit? ";

/** The size of a file that takes long enough to show the bar. It is sparse and goes to /dev/null, so it needs no disk. */
const HUGE_SIZE = 64 * 1024 ** 3;

let server: TestServer;

beforeAll(async () => {
  server = new TestServer();
  server.createDirectory("here");
  server.createFile("root/notes.txt", "hello\n");
  server.createFile("root/rtl\u202efdp.exe", "x");
  truncateSync(server.createFile("root/huge.bin", ""), HUGE_SIZE);
  await server.start();
}, LIMIT);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
}, LIMIT);

/** Starts ftclient on a terminal of its own, in a new directory that may have a file notes.txt. `screen.text` is everything that it has printed. */
function startOnTerminal(args: readonly string[], notes?: string) {
  const directory = `here/${crypto.randomUUID()}`;
  const cwd = server.createDirectory(directory);
  if (notes !== undefined) server.createFile(`${directory}/notes.txt`, notes);
  const screen = { text: "" };
  const onData = (_: unknown, bytes: Uint8Array) => void (screen.text += Buffer.from(bytes));
  const program = join(import.meta.dir, "../ftclient.ts");
  const child = Bun.spawn([process.execPath, program, ...server.endpoint, ...args], {
    cwd,
    env: { PATH: Bun.env["PATH"] ?? "" },
    terminal: { cols: 100, rows: 24, data: onData },
    timeout: LIMIT / 2,
  });
  const waitForText = (text: string) =>
    waitUntil(() => screen.text.includes(text), `the text ${text}`);
  const readSaved = (name: string) => readFileSync(join(cwd, name), "utf8");
  return {
    ...{ cwd, screen, child, waitForText, readSaved },
    type: (keys: string) => void child.terminal?.write(keys),
    [Symbol.dispose]: () => {
      child.kill("SIGKILL");
      child.terminal?.close();
    },
  };
}

test(
  "the question about a duplicate is repeated until there is an answer, which is followed",
  async () => {
    using renaming = startOnTerminal(["-g", "notes.txt"], "mine");
    await renaming.waitForText(QUESTION);
    renaming.type("what\n");
    await waitUntil(() => renaming.screen.text.split(QUESTION).length === 3, "the second question");
    renaming.type("R\n");
    expect(await renaming.child.exited).toBe(0);
    expect([renaming.readSaved("notes.txt"), renaming.readSaved("notes.1.txt")]).toEqual([
      "mine",
      "hello\n",
    ]);
    await renaming.waitForText("notes.txt to notes.1.txt: transfer complete");

    using overwriting = startOnTerminal(["-g", "notes.txt"], "mine");
    await overwriting.waitForText(QUESTION);
    overwriting.type("o\n");
    expect(await overwriting.child.exited).toBe(0);
    expect(overwriting.readSaved("notes.txt")).toBe("hello\n");
  },
  LIMIT,
);

test.each([
  ["q and Enter", "q\n", 7],
  ["the end of input", "\u0004", 7],
  ["Ctrl-C", "\u0003", 130],
])(
  "%s at the question leaves the file as it is",
  async (_, keys, exit) => {
    using client = startOnTerminal(["-g", "notes.txt"], "mine");
    await client.waitForText(QUESTION);
    client.type(keys);
    expect(await client.child.exited).toBe(exit);
    expect(client.readSaved("notes.txt")).toBe("mine");
    expect(readdirSync(client.cwd)).toEqual(["notes.txt"]);
    await client.waitForText("\nftclient: notes.txt was left as it is.");
  },
  LIMIT,
);

test(
  "a long transfer shows a bar, and Ctrl-C ends it with status 130",
  async () => {
    using client = startOnTerminal(["-g", "huge.bin", "-o", "/dev/null"]);
    await client.waitForText("of 64.0 GiB");
    client.type("\u0003");
    expect(await client.child.exited).toBe(130);
    await client.waitForText("ftclient: Interrupted: the transfer is not complete.");
  },
  LIMIT,
);

test(
  "a character that reverses the text is shown as its code",
  async () => {
    using client = startOnTerminal(["-l"]);
    expect(await client.child.exited).toBe(0);
    await client.waitForText("rtl\\u{202e}fdp.exe");
    expect(client.screen.text).not.toContain("\u202e");
  },
  LIMIT,
);
