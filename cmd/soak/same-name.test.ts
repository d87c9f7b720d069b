// Many clients save the same name at once: under every policy nothing is lost or mixed.

import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { soak } from "../../lib/testing/testing.ts";
import { runProgram, TestServer } from "../testing/testing.ts";

const CLIENTS = soak(8, 50);
const LIMIT = soak(30_000, 120_000);
const CONTENT = Buffer.alloc(1_000_000, "0123456789abcdef");

/** Under these a client that comes too late keeps what it has, in a part that is whole, too. `ask` without a terminal means refuse. */
const KEEPING = ["refuse", "ask"];

/** Runs the clients; returns their exit statuses, and the names in their directory afterwards. */
async function runClients(policy: string) {
  await using server = new TestServer();
  const cwd = server.createDirectory("here");
  server.createFile("root/f.bin", CONTENT);
  await server.start();
  const command = [...server.endpoint, "-g", "f.bin", "--on-duplicate", policy];
  const runClient = async () => (await runProgram("ftclient", command, { cwd })).exit;
  const exits = await Promise.all(Array.from({ length: CLIENTS }, runClient));
  const all = readdirSync(cwd).filter((name) => !name.endsWith(".version"));
  for (const name of all) expect(readFileSync(join(cwd, name)).equals(CONTENT)).toBe(true);
  const names = all.filter(
    (name) => !KEEPING.includes(policy) || !name.startsWith(".f.bin.ftpart"),
  );
  return { exits: exits.toSorted((a, b) => a - b), names: names.toSorted() };
}

const others = Array.from({ length: CLIENTS - 1 }, (_, index) => index + 1);
const allSucceed = Array.from({ length: CLIENTS }, () => 0);

test.each(KEEPING)(
  "under %s one client succeeds, and the others report that the name is taken",
  async (policy) => {
    const exits = [0, ...others.map(() => 7)];
    expect(await runClients(policy)).toEqual({ exits, names: ["f.bin"] });
  },
  LIMIT,
);

test(
  "under rename each client succeeds with a file of its own",
  async () => {
    const names = ["f.bin", ...others.map((number) => `f.${number}.bin`)].toSorted();
    expect(await runClients("rename")).toEqual({ exits: allSucceed, names });
  },
  LIMIT,
);

test(
  "under overwrite each client succeeds, and one complete file is left",
  async () => {
    expect(await runClients("overwrite")).toEqual({ exits: allSucceed, names: ["f.bin"] });
  },
  LIMIT,
);
