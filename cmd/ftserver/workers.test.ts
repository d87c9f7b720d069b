// Several processes on one port: counted together, replaced where one dies, and stopped as one.

import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import type { Connection } from "../../lib/net/connection.ts";
import { dial } from "../../lib/net/socket.ts";
import { HASH_COST } from "../../lib/auth/users.ts";
import { run, Site, waitUntil } from "../testing/testing.ts";

const LIMIT = 30_000;
const PATIENCE = 10_000;

async function site(...args: string[]): Promise<Site> {
  const made = new Site();
  mkdirSync(made.at("root"));
  made.file("root/notes.txt", "hello\n");
  return made.serve("--workers", "2", ...args);
}

/** The processes whose command line names this port, apart from the parent. */
function workersOf(port: number): number[] {
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  return pids.filter((pid) => isWorker(pid, port)).map(Number);
}

function isWorker(pid: string, port: number): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return command.includes(String(port)) && environment.includes("FTKIT_WORKER=");
  } catch {
    return false;
  }
}

test(
  "the limit for an address holds over both, and one SIGINT stops both",
  async () => {
    await using at = await site("--max-clients", "20", "--max-per-ip", "8");
    const connections: Connection[] = [];
    let refused = 0;
    for (let count = 0; count < 12; count++) {
      const connection = await dial({ address: "127.0.0.1", port: at.port }, PATIENCE);
      connections.push(connection);
      void connection.read(PATIENCE).then(
        (bytes) => String(bytes).startsWith("421 Your address") && refused++,
        () => {},
      );
    }
    await waitUntil(() => refused === 4, "the refusal of 4 of 12");
    for (const connection of connections) connection.close();
    expect(workersOf(at.port)).toHaveLength(2);
    expect(await at.end("SIGINT")).toBe(0);
    expect(workersOf(at.port)).toEqual([]);
  },
  LIMIT,
);

test(
  "a worker that dies is replaced, and its clients' places are free again",
  async () => {
    await using at = await site();
    const [victim = 0] = workersOf(at.port);
    process.kill(victim, "SIGKILL");
    await waitUntil(
      () => workersOf(at.port).filter((pid) => pid !== victim).length === 2,
      "the replacement",
    );
    const fetched = await run("ftclient", [...at.target, "-g", "notes.txt", "-o", "-"]);
    expect(fetched).toMatchObject({ exit: 0, stdout: "hello\n" });
    await at.end("SIGINT");
  },
  LIMIT,
);

test(
  "workers do not outlive a parent that was killed, and leave no file",
  async () => {
    const before = censuses();
    await using at = await site();
    await at.end("SIGKILL");
    await waitUntil(() => workersOf(at.port).length === 0, "the end of the workers");
    expect(censuses()).toEqual(before);
  },
  LIMIT,
);

test(
  "a port in use is refused: workers would share it unseen",
  async () => {
    await using at = await site();
    const second = await run("ftserver", [String(at.port), "--workers", "2"]);
    expect(second.exit).toBe(7);
    await at.end("SIGINT");
  },
  LIMIT,
);

test(
  "guessing is counted over all of them",
  async () => {
    await using at = await login();
    const took: number[] = [];
    // Which worker gets a connection is the kernel's choice: that one gets all of four is seldom.
    for (let guess = 0; guess < 4; guess++) took.push(await refusal(at.port));
    for (const [index, ms] of took.slice(1).entries())
      expect(ms / (took[index] ?? 0)).toBeGreaterThan(1.4);
    await at.end("SIGINT");
  },
  LIMIT,
);

async function login(): Promise<Site> {
  const made = new Site();
  mkdirSync(made.at("root"));
  const users = made.file("users", `ada:${await Bun.password.hash("secret", HASH_COST)}\n`);
  return made.serve("--workers", "2", "--users", users);
}

/** How long a connection of its own waits for the answer to a wrong password, in ms. */
async function refusal(port: number): Promise<number> {
  const connection = await dial({ address: "127.0.0.1", port }, PATIENCE);
  await connection.write("USER ada\n", PATIENCE);
  await connection.read(PATIENCE);
  const begun = performance.now();
  await connection.write("PASS wrong\n", PATIENCE);
  expect(String(await connection.read(PATIENCE))).toStartWith("530 ");
  connection.close();
  return performance.now() - begun;
}

function censuses(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("ftserver-"));
}
