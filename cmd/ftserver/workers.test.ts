// Several processes on one port: they share the limits, one that dies is replaced, and they stop together.

import { expect, test } from "bun:test";
import { openSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../../lib/errors.ts";
import type { Connection } from "../../lib/net/connection.ts";
import { dial, listen } from "../../lib/net/socket.ts";
import { readAll } from "../../lib/testing/testing.ts";
import { HASH_COST } from "../../lib/auth/users.ts";
import { findWorkers, runProgram, TestServer, waitUntil } from "../testing/testing.ts";

const LIMIT = 30_000;
const REPLY_TIMEOUT = 10_000;

/** More bytes than the kernel holds for a client that does not read. */
const LARGE = 64 * 1024 * 1024;

async function startServer(...args: string[]): Promise<TestServer> {
  const server = new TestServer();
  server.createFile("root/notes.txt", "hello\n");
  return server.start("--workers", "2", ...args);
}

test(
  "the limit for an address is shared by both, and one SIGINT stops both",
  async () => {
    await using server = await startServer("--max-clients", "20", "--max-per-ip", "8");
    const connections: Connection[] = [];
    let refused = 0;
    for (let count = 0; count < 12; count++) {
      const connection = await dial({ address: "127.0.0.1", port: server.port }, REPLY_TIMEOUT);
      connections.push(connection);
      void connection.read(REPLY_TIMEOUT).then(
        (bytes) => String(bytes).startsWith("421 Your address") && refused++,
        () => {},
      );
    }
    await waitUntil(() => refused === 4, "the refusal of 4 of 12 clients");
    for (const connection of connections) connection.close();
    expect(findWorkers(server.port)).toHaveLength(2);
    expect(await server.stop("SIGINT")).toBe(0);
    expect(findWorkers(server.port)).toEqual([]);
  },
  LIMIT,
);

test(
  "a worker that dies is replaced, and the places of its clients are free again",
  async () => {
    await using server = await startServer();
    const [killed = 0] = findWorkers(server.port);
    process.kill(killed, "SIGKILL");
    await waitUntil(
      () => findWorkers(server.port).filter((pid) => pid !== killed).length === 2,
      "the replacement",
    );
    const result = await runProgram("ftclient", [...server.endpoint, "-g", "notes.txt", "-o", "-"]);
    expect(result).toMatchObject({ exit: 0, stdout: "hello\n" });
    await server.stop("SIGINT");
  },
  LIMIT,
);

test(
  "workers end if their parent is killed",
  async () => {
    await using server = await startServer();
    await server.stop("SIGKILL");
    await waitUntil(() => findWorkers(server.port).length === 0, "the end of the workers");
  },
  LIMIT,
);

test(
  "no temporary file holds anything that they need: all workers are replaced after its directory is gone",
  async () => {
    await using server = new TestServer();
    server.createFile("root/notes.txt", "hello\n");
    const temporary = server.createDirectory("tmp");
    server.env = { TMPDIR: temporary };
    await server.start("--workers", "2");
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
    const killed = findWorkers(server.port);
    expect(killed).toHaveLength(2);
    for (const pid of killed) process.kill(pid, "SIGKILL");
    const isNew = (pid: number) => !killed.includes(pid);
    await waitUntil(() => findWorkers(server.port).filter(isNew).length === 2, "two new workers");
    await waitUntilServing(server);
    expect(await server.stop("SIGTERM")).toBe(0);
  },
  LIMIT,
);

test(
  "a parent whose workers cannot be started any more ends with status 1, and says why",
  async () => {
    await using server = await startServer();
    rmSync(server.getPath("root"), { recursive: true });
    for (const pid of findWorkers(server.port)) process.kill(pid, "SIGKILL");
    expect(await server.waitForEnd()).toBe(1);
    expect(server.log.join("\n")).toContain(
      "No worker can be started: the last of 7 in a row ended",
    );
    expect(findWorkers(server.port)).toEqual([]);
  },
  2 * LIMIT,
);

test(
  "a signal to all processes at once, as a supervisor sends it, lets a transfer end",
  async () => {
    await using server = await startServer();
    server.createFile("root/large.bin", Buffer.alloc(LARGE));
    const { promise, resolve } = Promise.withResolvers<Connection>();
    using listener = listen({ address: "127.0.0.1", port: 0 }, resolve);
    const p = await dial({ address: "127.0.0.1", port: server.port }, REPLY_TIMEOUT);
    await p.write(`-g large.bin ${listener.port}\n`, REPLY_TIMEOUT);
    const q = await promise;
    const workers = findWorkers(server.port);
    // The parent may have told the idle worker to end before its own signal is sent: the shell only says that it is gone.
    const pids = [server.pid, ...workers].map(String);
    Bun.spawnSync(["sh", "-c", 'kill -TERM "$@"', "sh", ...pids], { stderr: "ignore" });
    // The port is closed as soon as the signal was handled; only then the client reads on.
    await waitUntil(() => server.log.some((line) => line.includes('"stopping"')), "the stop");
    expect((await readAll(q, REPLY_TIMEOUT)).length).toBe(LARGE);
    expect(String(await readAll(p, REPLY_TIMEOUT))).toContain("226 ");
    p.close();
    q.close();
    expect(await server.waitForEnd()).toBe(0);
  },
  LIMIT,
);

/** The variables of a worker, without the memory that belongs to them. */
const FORGED = { FTKIT_WORKER: `0 ${"0".repeat(32)}`, FTKIT_TABLES: "/tmp" };

test.each([
  ["alone", "ignore" as const],
  ["with a file as descriptor 3", "file" as const],
])(
  "the variables of a worker, %s, make no worker",
  async (_, third) => {
    await using server = new TestServer();
    const path = server.createFile("victim", Buffer.alloc(65_536));
    const descriptor = third === "file" ? openSync(path, "r+") : third;
    const program = join(import.meta.dir, "../ftserver.ts");
    const words = [String(server.port), "--root", server.getPath("root"), "--log", "json"];
    await using child = Bun.spawn([process.execPath, program, ...words], {
      env: { PATH: Bun.env["PATH"] ?? "", ...FORGED },
      stdio: ["ignore", "ignore", "pipe", descriptor],
      timeout: REPLY_TIMEOUT,
    });
    const { value } = await (child.stderr as ReadableStream<Uint8Array>).getReader().read();
    expect(Buffer.from(value ?? []).toString()).toContain('"event":"listening"');
    await (await dial({ address: "127.0.0.1", port: server.port }, REPLY_TIMEOUT)).close();
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    expect(readFileSync(path).every((byte) => byte === 0)).toBe(true);
  },
  LIMIT,
);

test(
  "a port in use is refused: the workers would share it silently",
  async () => {
    await using server = await startServer();
    const second = await runProgram("ftserver", [String(server.port), "--workers", "2"]);
    expect(second.exit).toBe(7);
    await server.stop("SIGINT");
  },
  LIMIT,
);

test(
  "wrong passwords are counted over all workers",
  async () => {
    await using server = await startServerWithLogin();
    const delays: number[] = [];
    // The kernel chooses the worker of a connection: it is rare that one worker gets all four.
    for (let guess = 0; guess < 4; guess++) delays.push(await measureRefusal(server.port));
    for (const [index, ms] of delays.slice(1).entries())
      expect(ms / (delays[index] ?? 0)).toBeGreaterThan(1.4);
    await server.stop("SIGINT");
  },
  LIMIT,
);

test(
  "thirty connections that guess at once are refused by all workers after a few guesses",
  async () => {
    await using server = await startServerWithLogin();
    const guesses = Array.from({ length: 30 }, () => guessOnce(server.port));
    const codes = await Promise.all(guesses);
    // Three are free, and so are those that both workers have begun before the third has failed.
    expect(codes.filter((code) => code === "530").length).toBeWithin(1, 7);
    expect(new Set(codes)).toEqual(new Set(["530", "421"]));
    await server.stop("SIGINT");
  },
  LIMIT,
);

/** The code of the reply to a wrong password, or of the refusal before it. */
async function guessOnce(port: number): Promise<string> {
  await using connection = await dial({ address: "127.0.0.1", port }, REPLY_TIMEOUT);
  await connection.write("USER ada\nPASS wrong\n", REPLY_TIMEOUT).catch(() => {});
  let replies = "";
  for (let bytes; !/^(421|530)/m.test(replies); replies += String(bytes))
    if (!(bytes = await connection.read(REPLY_TIMEOUT))) break;
  return /^(421|530)/m.exec(replies)?.[0] ?? replies;
}

async function startServerWithLogin(): Promise<TestServer> {
  const server = new TestServer();
  const users = server.createFile("users", `ada:${await Bun.password.hash("secret", HASH_COST)}\n`);
  return server.start("--workers", "2", "--users", users);
}

/** Returns how long a new connection waits for the reply to a wrong password, in ms. */
async function measureRefusal(port: number): Promise<number> {
  const connection = await dial({ address: "127.0.0.1", port }, REPLY_TIMEOUT);
  await connection.write("USER ada\n", REPLY_TIMEOUT);
  await connection.read(REPLY_TIMEOUT);
  const started = performance.now();
  await connection.write("PASS wrong\n", REPLY_TIMEOUT);
  expect(String(await connection.read(REPLY_TIMEOUT))).toStartWith("530 ");
  connection.close();
  return performance.now() - started;
}

/** A worker that has just been started may not listen yet. */
async function waitUntilServing(server: TestServer): Promise<void> {
  const fetchOnce = () =>
    runProgram("ftclient", [...server.endpoint, "-g", "notes.txt", "-o", "-"]);
  for (let tries = 0; tries < 50; tries++) {
    if ((await fetchOnce()).stdout === "hello\n") return;
    await Bun.sleep(20);
  }
  throw new Error("no worker serves");
}

test(
  "a worker that is started again serves the same directory, although a link has taken its name",
  async () => {
    await using server = await startServer();
    server.createDirectory("secret");
    server.createFile("secret/canary", "outside");
    const root = server.getPath("root");
    renameSync(root, server.getPath("old"));
    symlinkSync("secret", root);
    const old = findWorkers(server.port);
    for (const pid of old) process.kill(pid, "SIGKILL");
    const get = (name: string) =>
      runProgram("ftclient", [...server.endpoint, "-g", name, "-o", "-"]);
    await waitUntilServing(server);
    expect(await get("notes.txt")).toMatchObject({ exit: 0, stdout: "hello\n" });
    expect(await get("canary")).toMatchObject({ exit: EXIT.refused, stdout: "" });
    await server.stop("SIGINT");
  },
  LIMIT,
);
