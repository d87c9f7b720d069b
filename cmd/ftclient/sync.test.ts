// ftclient reports success only when the file is on the disk, unless the user does not care.

import { afterAll, afterEach, beforeAll, expect, mock, spyOn, test } from "bun:test";
import { existsSync } from "node:fs";
import { Arguments } from "../cli/arguments.ts";
import { program } from "../ftclient.ts";
import { TestServer } from "../testing/testing.ts";
import { readClientOptions } from "./client-options.ts";
import { getFile } from "./get-file.ts";

const LIMIT = 20_000;

/** So much is synced by node:fs, where a test can watch it. */
const SIZE = 1024 * 1024;

let server: TestServer;

beforeAll(async () => {
  server = new TestServer();
  server.createFile("root/large.bin", Buffer.alloc(SIZE, "x"));
  await server.start();
}, LIMIT);
afterAll(() => server[Symbol.asyncDispose](), LIMIT);
afterEach(() => mock.restore());

/** Fetches the file to a new name. Returns whether it had that name each time that something was synced. */
async function fetchAndWatch(...more: string[]): Promise<boolean[]> {
  const output = server.getPath(crypto.randomUUID());
  const synced: boolean[] = [];
  const fs = process.getBuiltinModule("node:fs");
  spyOn(fs, "fsync").mockImplementation(((_fd: number, done: (error: Error | null) => void) => {
    synced.push(existsSync(output));
    done(null);
  }) as typeof fs.fsync);
  const words = [...server.endpoint, "-g", "large.bin", "-o", output, "-q", ...more];
  const options = readClientOptions(new Arguments(program, words), new AbortController().signal);
  await getFile(options, "large.bin");
  expect(existsSync(output)).toBe(true);
  return synced;
}

test(
  "the bytes are on the disk before the file has its name; with --no-sync nothing is waited for",
  async () => {
    expect(await fetchAndWatch()).toEqual([false]);
    expect(await fetchAndWatch("--no-sync")).toEqual([]);
  },
  LIMIT,
);
