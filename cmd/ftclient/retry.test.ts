// What may succeed later is tried again, goes on where it stopped, and comes to an end; nothing else is tried again.

import { expect, test } from "bun:test";
import { readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../lib/errors.ts";
import { catchFailure } from "../../lib/testing/testing.ts";
import { runProgram, startProgram, TestServer, waitUntil } from "../testing/testing.ts";
import { withRetries } from "./retry.ts";

const LIMIT = 30_000;
const SIZE = 400_000_000;

/** Runs work that always throws `error`, and returns the pauses and the number of tries. */
async function countTries(error: unknown, retries: number, signal?: AbortSignal) {
  const pauses: number[] = [];
  let tries = 0;
  const work = async () => {
    tries++;
    throw error;
  };
  const onRetry = (_: Failure, seconds: number) => pauses.push(seconds) > 0;
  const thrown = await catchFailure(withRetries(work, { retries, signal, onRetry }));
  return { tries, pauses, thrown };
}

test("the pauses grow, and the last failure is thrown", async () => {
  const cut = new Failure("incomplete", "Cut.", 426);
  expect(await countTries(cut, 2)).toEqual({ tries: 3, pauses: [0.5, 1], thrown: cut });
});

const LASTING = [
  new Failure("refused", "File not found.", 550),
  new Failure("refused", "No such command.", 500),
  new Failure("login", "Wrong.", 530),
  new Failure("connect", "The certificate is of another host."),
  new Failure("local", "The disk is full."),
  new Failure("protocol", "This is no ftserver."),
  new Failure("incomplete", "The hash is wrong."),
  new Error("a defect"),
];

test.each(LASTING.map((error) => [error.message, error] as const))(
  '"%s" is not tried again',
  async (_, error) => {
    expect(await countTries(error, 9)).toEqual({ tries: 1, pauses: [], thrown: error as Failure });
  },
);

test("a signal ends the pause", async () => {
  const reason = new Failure("other", "Interrupted.");
  const interruption = new AbortController();
  setTimeout(() => interruption.abort(reason), 20);
  const { tries, thrown } = await countTries(
    new Failure("timeout", "Late."),
    9,
    interruption.signal,
  );
  expect({ tries, thrown }).toEqual({ tries: 1, thrown: reason });
});

test(
  "a file that does not exist is asked for once",
  async () => {
    await using server = await new TestServer().start();
    const args = [...server.endpoint, "-g", "gone.txt", "--retry", "5"];
    const { exit, stderr } = await runProgram("ftclient", args, { cwd: server.getPath("root") });
    expect({ exit, stderr }).toEqual({ exit: 6, stderr: "ftclient: File not found: gone.txt\n" });
    expect(server.log.filter((line) => line.includes("gone.txt"))).toHaveLength(1);
  },
  LIMIT,
);

test(
  "a listing waits for a server that is not there yet",
  async () => {
    await using server = new TestServer();
    server.createFile("root/a.txt", "a");
    const client = startProgram("ftclient", [...server.endpoint, "-l", "--retry", "20"]);
    const firstLine = await client.stderr.getReader().read();
    expect(Buffer.from(firstLine.value ?? []).toString()).toMatch(
      /^ftclient: The listing: Cannot connect.* Trying again in 0\.5 s\.\n/,
    );
    await server.start();
    expect(await client.stdout.text()).toBe("a.txt\n");
    expect(await client.exited).toBe(0);
  },
  LIMIT,
);

test.each(["large.bin", "*.bin"])(
  "after the server was killed and started again, -g %s goes on where it stopped",
  async (name) => {
    await using server = new TestServer();
    truncateSync(server.createFile("root/large.bin", "head"), SIZE);
    await server.start();
    const cwd = server.createDirectory("here");
    const args = [...server.endpoint, "-g", name, "--retry", "20", "--no-sync", "--verify"];
    const client = startProgram("ftclient", args, { cwd });
    await waitUntil(() => readdirSync(cwd).some((one) => one.endsWith(".version")), "a transfer");
    await server.stop("SIGKILL");
    await server.start();
    const stderr = await client.stderr.text();
    expect(await client.exited).toBe(0);
    expect(stderr).toContain("Trying again in 0.5 s.");
    expect(stderr).toContain("were here already");
    expect(readdirSync(cwd)).toEqual(["large.bin"]);
    const [got, sent] = [join(cwd, "large.bin"), server.getPath("root/large.bin")];
    expect(readFileSync(got).equals(readFileSync(sent))).toBe(true);
  },
  LIMIT,
);
