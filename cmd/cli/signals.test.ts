// Every signal that ends a program ends it in order, with the status of that signal; so does a terminal that is closed.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { closeSync, existsSync, openSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { dial } from "../../lib/net/socket.ts";
import { findFreePort } from "./free-port.ts";
import { SIGNAL_EXIT, type EndSignal } from "./signals.ts";
import { TestServer, waitUntil } from "../testing/testing.ts";

const LIMIT = 20_000;

/** The longest that a program may run, in ms. */
const PROGRAM_TIMEOUT = 10_000;

/** A sparse file that takes long enough for a signal in the middle. */
const HUGE_SIZE = 64 * 1024 ** 3;

const signals = Object.keys(SIGNAL_EXIT) as EndSignal[];

let server: TestServer;

beforeAll(async () => {
  server = new TestServer();
  server.createFile("root/notes.txt", "hello\n");
  truncateSync(server.createFile("root/huge.bin", ""), HUGE_SIZE);
  await server.start();
}, LIMIT);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
}, LIMIT);

/** Starts a program on a terminal of its own, in a new directory. */
function startOnTerminal(program: string, args: readonly string[], before: readonly string[] = []) {
  const cwd = server.createDirectory(crypto.randomUUID());
  const screen = { text: "" };
  const source = join(import.meta.dir, "..", `${program}.ts`);
  const child = Bun.spawn([...before, process.execPath, source, ...args], {
    cwd,
    env: { PATH: Bun.env["PATH"] ?? "", TMPDIR: cwd },
    terminal: {
      cols: 100,
      rows: 24,
      data: (_, bytes) => void (screen.text += Buffer.from(bytes)),
    },
    timeout: PROGRAM_TIMEOUT,
  });
  return {
    ...{ cwd, child, screen },
    waitForText: (text: string) => waitUntil(() => screen.text.includes(text), `the text ${text}`),
    [Symbol.dispose]: () => {
      child.kill("SIGKILL");
      child.terminal?.close();
    },
  };
}

test("the statuses are 128 and the number of the signal", () => {
  for (const signal of signals)
    expect<number>(SIGNAL_EXIT[signal]).toBe(128 + constants.signals[signal]);
});

/** What to run, what to wait for, and what may be left in the directory. */
const programs: [string, () => string[], string, RegExp][] = [
  ["ftclient", () => [...server.endpoint, "-g", "huge.bin"], "% ", /^\.huge\.bin\.ftpart/],
  ["ftpasswd", () => ["add", "ada", "--users", "users"], "New password", /^$/],
  ["ftbench", () => ["--get", "--sizes", "1K", "--rounds", "1000"], "\n", /^$/],
];

for (const end of [...signals, "a closed terminal"] as const)
  test.each(programs)(
    `${end} ends %s in order`,
    async (program, args, text, left) => {
      using running = startOnTerminal(program, args());
      await running.waitForText(text);
      if (end === "a closed terminal") running.child.terminal?.close();
      else running.child.kill(end);
      const status = SIGNAL_EXIT[end === "a closed terminal" ? "SIGHUP" : end];
      expect(await running.child.exited).toBe(status);
      expect(readdirSync(running.cwd).filter((name) => !left.test(name))).toEqual([]);
    },
    LIMIT,
  );

test.each(signals)(
  "%s ends a transfer although its terminal is stopped by Ctrl-S",
  async (signal) => {
    using running = startOnTerminal("ftclient", [...server.endpoint, "-g", "huge.bin"]);
    await running.waitForText("% ");
    running.child.terminal?.write("\u0013");
    await Bun.sleep(500); // five drawings of the progress bar, none of which may wait for the terminal
    running.child.kill(signal);
    expect(await running.child.exited).toBe(SIGNAL_EXIT[signal]);
  },
  LIMIT,
);

/** A pipe that is full, and that nobody reads. In blocking mode a write to it does not return. */
function openFullPipe(): { readonly fd: number } & Disposable {
  const path = server.getPath(crypto.randomUUID());
  Bun.spawnSync(["mkfifo", path]);
  const fd = openSync(path, "r+");
  Bun.spawnSync(["dd", "if=/dev/zero", `of=${path}`, "oflag=nonblock", "bs=4096", "count=1000"]);
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
}

test.each([
  ["ftclient", ["127.0.0.1", "0", "-l"]],
  ["ftserver", ["no-port"]],
  ["ftpasswd", ["list"]],
])(
  "%s ends although nobody reads its message",
  async (program, args) => {
    using pipe = openFullPipe();
    const source = join(import.meta.dir, "..", `${program}.ts`);
    const stdio = ["ignore", "ignore", pipe.fd] as const;
    const child = Bun.spawn([process.execPath, source, ...args], {
      stdio: [...stdio],
      timeout: PROGRAM_TIMEOUT,
    });
    expect(await child.exited).toBe(2);
  },
  LIMIT,
);

test.each(signals.flatMap((signal) => [[signal, "-l"] as const, [signal, "-l --json"] as const]))(
  "%s ends ftclient %s whose output nobody reads",
  async (signal, command) => {
    using pipe = openFullPipe();
    const source = join(import.meta.dir, "../ftclient.ts");
    const words = [...server.endpoint, ...command.split(" ")];
    const child = Bun.spawn([process.execPath, source, ...words], {
      stdio: ["ignore", pipe.fd, "ignore"],
      timeout: PROGRAM_TIMEOUT,
    });
    const isListed = () => server.log.filter((line) => line.includes('"-l"')).length > listings;
    await waitUntil(isListed, "the listing");
    listings++;
    child.kill(signal);
    expect(await child.exited).toBe(SIGNAL_EXIT[signal]);
  },
  LIMIT,
);

/** How many listings the server has sent. */
let listings = 0;

test.each(signals)(
  "%s ends the question about a duplicate, and leaves the file as it is",
  async (signal) => {
    const path = server.getPath(`${crypto.randomUUID()}.txt`);
    writeFileSync(path, "mine");
    using asking = startOnTerminal("ftclient", [
      ...server.endpoint,
      ...["-g", "notes.txt", "-o", path, "--on-duplicate", "ask"],
    ]);
    await asking.waitForText("exists already");
    asking.child.kill(signal);
    expect(await asking.child.exited).toBe(SIGNAL_EXIT[signal]);
    expect(await Bun.file(path).text()).toBe("mine");
  },
  LIMIT,
);

test.each([
  ["without workers", []],
  ["with workers", ["--workers", "2"]],
])(
  "a closed terminal ends an ftserver %s in order",
  async (_, more) => {
    const port = findFreePort();
    using running = startOnTerminal("ftserver", [String(port), "--host", "127.0.0.1", ...more]);
    await running.waitForText("Press Ctrl-C to stop.");
    running.child.terminal?.close();
    expect(await running.child.exited).toBe(0);
  },
  LIMIT,
);

test.skipIf(process.platform !== "linux" || !existsSync("/usr/bin/nohup"))(
  "under nohup an ftserver goes on after its terminal is closed",
  async () => {
    const port = findFreePort();
    using running = startOnTerminal("ftserver", [String(port), "--host", "127.0.0.1"], ["nohup"]);
    const log = join(running.cwd, "nohup.out");
    await waitUntil(() => existsSync(log) && Bun.file(log).size > 0, "the first line of the log");
    running.child.terminal?.close();
    running.child.kill("SIGHUP");
    (await dial({ address: "127.0.0.1", port }, PROGRAM_TIMEOUT)).close();
    running.child.kill("SIGTERM");
    expect(await running.child.exited).toBe(0);
    expect(await Bun.file(log).text()).not.toContain("SIGHUP");
  },
  LIMIT,
);
