// ftclient at a real terminal: the bar, the question about a duplicate, Ctrl-C, and names that would drive the screen.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { Site, waitUntil } from "../testing/testing.ts";

const LIMIT = 20_000;
const QUESTION = "notes.txt exists already. [o]verwrite it, [r]ename the new one, or [q]uit? ";

/** A file that takes far longer than the bar's patience. It is a hole, and goes to /dev/null, so that it costs no disk. */
const HUGE = 64 * 1024 ** 3;

let site: Site;

beforeAll(async () => {
  site = new Site();
  for (const name of ["root", "here"]) mkdirSync(site.at(name));
  site.file("root/notes.txt", "hello\n");
  site.file("root/rtl\u202efdp.exe", "x");
  truncateSync(site.file("root/huge.bin", ""), HUGE);
  await site.serve();
}, LIMIT);

afterAll(async () => {
  await site[Symbol.asyncDispose]();
}, LIMIT);

/** ftclient on a terminal of its own, in a fresh directory; `seen` is all that came on the screen. */
function onTerminal(args: readonly string[], old?: string) {
  const cwd = site.at(`here/${crypto.randomUUID()}`);
  mkdirSync(cwd);
  if (old !== undefined) site.file(cwd.slice(site.at("").length) + "/notes.txt", old);
  const screen = { seen: "" };
  const take = (_: unknown, bytes: Uint8Array) => void (screen.seen += Buffer.from(bytes));
  const program = join(import.meta.dir, "../ftclient.ts");
  const child = Bun.spawn([process.execPath, program, ...site.target, ...args], {
    cwd,
    env: { PATH: Bun.env["PATH"] ?? "" },
    terminal: { cols: 100, rows: 24, data: take },
    timeout: LIMIT / 2,
  });
  const shows = (text: string) => waitUntil(() => screen.seen.includes(text), `the text ${text}`);
  const file = (name: string) => readFileSync(join(cwd, name), "utf8");
  return {
    ...{ cwd, screen, child, shows, file },
    type: (keys: string) => void child.terminal?.write(keys),
    [Symbol.dispose]: () => {
      child.kill("SIGKILL");
      child.terminal?.close();
    },
  };
}

test(
  "a duplicate is asked about until there is an answer, and the answer is obeyed",
  async () => {
    using renaming = onTerminal(["-g", "notes.txt"], "mine");
    await renaming.shows(QUESTION);
    renaming.type("what\n");
    await waitUntil(() => renaming.screen.seen.split(QUESTION).length === 3, "the second question");
    renaming.type("R\n");
    expect(await renaming.child.exited).toBe(0);
    expect([renaming.file("notes.txt"), renaming.file("notes.1.txt")]).toEqual(["mine", "hello\n"]);
    await renaming.shows("notes.txt to notes.1.txt: transfer complete");

    using replacing = onTerminal(["-g", "notes.txt"], "mine");
    await replacing.shows(QUESTION);
    replacing.type("o\n");
    expect(await replacing.child.exited).toBe(0);
    expect(replacing.file("notes.txt")).toBe("hello\n");
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
    using it = onTerminal(["-g", "notes.txt"], "mine");
    await it.shows(QUESTION);
    it.type(keys);
    expect(await it.child.exited).toBe(exit);
    expect(it.file("notes.txt")).toBe("mine");
    expect(readdirSync(it.cwd)).toEqual(["notes.txt"]);
    await it.shows("\nftclient: notes.txt was left as it is.");
  },
  LIMIT,
);

test(
  "a long transfer shows a bar, and Ctrl-C ends it with status 130",
  async () => {
    using it = onTerminal(["-g", "huge.bin", "-o", "/dev/null"]);
    await it.shows("of 64.0 GiB");
    it.type("\u0003");
    expect(await it.child.exited).toBe(130);
    await it.shows("ftclient: Interrupted: nothing was saved under the file's name.");
  },
  LIMIT,
);

test(
  "a name that turns the text around is shown by its code",
  async () => {
    using it = onTerminal(["-l"]);
    expect(await it.child.exited).toBe(0);
    await it.shows("rtl\\u{202e}fdp.exe");
    expect(it.screen.seen).not.toContain("\u202e");
  },
  LIMIT,
);
