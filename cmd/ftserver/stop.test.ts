// The first signal lets a transfer end, the second one ends it at once; with workers too.

import { expect, test } from "bun:test";
import { truncateSync } from "node:fs";
import { EXIT } from "../../lib/errors.ts";
import type { Connection } from "../../lib/net/connection.ts";
import { dial, listen } from "../../lib/net/socket.ts";
import { catchFailure, readAll } from "../../lib/testing/testing.ts";
import { findWorkers, TestServer, waitUntil } from "../testing/testing.ts";

const LIMIT = 30_000;

/** The longest wait for the server, in ms. */
const PATIENCE = 10_000;

/** More bytes than the kernel holds for a client that does not read. */
const SIZE = 64 * 1024 * 1024;

/** A server with a grace of a day, and a client in the middle of a transfer. */
async function startTransfer(...args: string[]) {
  const server = new TestServer();
  truncateSync(server.createFile("root/large.bin", ""), SIZE);
  await server.start("--host", "127.0.0.1", "--grace", "86400", ...args);
  const accepted = Promise.withResolvers<Connection>();
  const dataPort = listen({ address: "127.0.0.1", port: 0 }, accepted.resolve);
  const p = await dial({ address: "127.0.0.1", port: server.port }, PATIENCE);
  await p.write(`-g large.bin ${dataPort.port}\n`, PATIENCE);
  const q = await accepted.promise;
  expect(Buffer.from((await p.read(PATIENCE)) ?? []).toString()).toStartWith("150 ");
  return {
    ...{ server, p, q },
    [Symbol.asyncDispose]: async () => {
      [p, q].forEach((connection) => connection.close());
      dataPort[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Sends a signal, and waits until the log tells of it. */
async function signal(server: TestServer, name: NodeJS.Signals): Promise<void> {
  process.kill(server.pid, name);
  await waitUntil(() => server.log.join("\n").includes(name), `the log of ${name}`);
}

/** The grace is a day: a server that does not end in this time does not end because of a signal. */
const waitBriefly = (end: Promise<number>): Promise<unknown> =>
  Promise.race([end, Bun.sleep(PATIENCE).then(() => "it still runs")]);

const kinds: [string, string[]][] = [
  ["without workers", []],
  ["with workers", ["--workers", "3"]],
];

test.each(kinds)(
  "after one signal a transfer goes on to its end, and then the server ends: %s",
  async (_, args) => {
    await using it = await startTransfer(...args);
    await signal(it.server, "SIGINT");
    // The time limit is for each piece, and P is silent until all of them are here.
    expect(await readAll(it.q, PATIENCE)).toHaveLength(SIZE);
    it.q.close();
    expect((await readAll(it.p, PATIENCE)).toString()).toMatch(/^226 .+\n$/);
    it.p.close();
    expect(await waitBriefly(it.server.waitForEnd())).toBe(EXIT.ok);
  },
  LIMIT,
);

test.each(kinds)(
  "a second signal ends the transfer at once, whatever the grace: %s",
  async (_, args) => {
    await using it = await startTransfer(...args);
    await signal(it.server, "SIGINT");
    // Workers without a client have ended before the second signal, and must not keep it from the others.
    const isIdleGone = () => args.length === 0 || findWorkers(it.server.port).length === 1;
    await waitUntil(isIdleGone, "the end of the workers without a client");
    // Nobody reads Q before the server has ended, or the transfer might end by itself.
    expect(await waitBriefly(it.server.stop("SIGTERM"))).toBe(EXIT.ok);
    expect(await catchFailure(readAll(it.q, PATIENCE))).toMatchObject({ kind: "incomplete" });
  },
  LIMIT,
);
