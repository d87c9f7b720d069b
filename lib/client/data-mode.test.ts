// Q from the client's end because the server cannot open it; and what is said if neither works.

import { describe, expect, test } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { dial } from "../net/socket.ts";
import {
  CONTENT,
  findClosedPort,
  HOST,
  MemorySink,
  options,
  readLine,
  servePassively,
} from "../testing/passive-script.ts";
import { catchFailure, readAll, runScript, SOON } from "../testing/testing.ts";
import { fetchFile, fetchListing } from "./client.ts";
import { DataMode } from "./data-mode.ts";

/** How long the client waits for Q from the server, in ms. */
const SHORT = 100;

describe("if the user has not chosen, a client", () => {
  /** The first client gets `first`, and all others a server that speaks PASV, but for `answers`. */
  function startServer(
    first: (p: Connection) => Promise<void>,
    answers: Record<string, string> = {},
  ) {
    let count = 0;
    return runScript((p) => (count++ === 0 ? first(p) : servePassively(p, answers)));
  }
  const refuse = async (p: Connection) => {
    await readLine(p);
    await p.write("425 No answer.\n", SOON);
    await p.finish(SOON);
  };
  const beSilent = async (p: Connection) => void (await readAll(p));
  /** What the user is told. */
  const startMode = (told: string[], limit = SHORT) =>
    new DataMode(undefined, (sentence) => told.push(sentence), limit);

  test.each([
    ["says 425", refuse],
    ["says nothing on P and Q", beSilent],
    [
      "announces a Q that does not come",
      async (p: Connection) => {
        await readLine(p);
        await p.write("150 bytes=10 port=4000 version=v1 Here.\n", SOON);
        await beSilent(p);
      },
    ],
  ])(
    "opens Q after a server that %s, and tells it once",
    async (_what, first) => {
      using server = startServer(first);
      const told: string[] = [];
      const mode = startMode(told);
      const sink = new MemorySink();
      await fetchFile(options(server.port, mode), "a", sink);
      expect(sink.text).toBe(CONTENT);
      expect(told).toHaveLength(1);
      expect(told[0]).toMatch(
        /^The server cannot open the data connection to port [0-9]+ of this host, so this host opens it \(--passive does so at once\)\.$/,
      );
      expect(await fetchListing(options(server.port, mode))).toBe(CONTENT);
      expect(told).toHaveLength(1);
    },
    10_000,
  );

  test("waits for a slow reply if Q is there already", async () => {
    const told: string[] = [];
    using server = runScript(async (p) => {
      const line = await readLine(p);
      const port = Number(line.trim().split(" ").at(-1));
      await using q = await dial({ address: HOST, port }, SOON);
      await Bun.sleep(3 * SHORT);
      await p.write(`150 bytes=2 port=${q.local.port} Here.\n`, SOON);
      await q.write("a\n", SOON);
      await q.finish(SOON);
      await p.write("226 bytes=2 Sent.\n", SOON);
      await p.finish(SOON);
    });
    expect(await fetchListing(options(server.port, startMode(told)))).toBe("a\n");
    expect(told).toEqual([]);
  }, 10_000);

  test("tells once that several sessions at one time have failed, and each of them goes on", async () => {
    let count = 0;
    using server = runScript((p) => (count++ < 3 ? refuse(p) : servePassively(p)));
    const told: string[] = [];
    const mode = startMode(told);
    const lists = [1, 2, 3].map(() => fetchListing(options(server.port, mode)));
    expect(await Promise.all(lists)).toEqual([CONTENT, CONTENT, CONTENT]);
    expect([count, told.length]).toEqual([6, 1]);
  }, 10_000);

  test("names both ports, and what to open, if neither way works", async () => {
    const [own, port] = [findClosedPort(), findClosedPort()];
    const answer = `229 port=${port} key=${"0".repeat(32)} Come.\n`;
    using server = startServer(refuse, { "-l": answer });
    const failure = await catchFailure(
      fetchListing(options(server.port, startMode([]), { dataPort: own })),
    );
    expect(failure.kind).toBe("connect");
    expect(failure.message).toStartWith("The server could not connect back to you: No answer. ");
    expect(failure.message).toContain(`Cannot connect to ${HOST}:${port}: `);
    expect(failure.message).toEndWith(
      `Let one of them in: the server's connections to port ${own} of this host (choose it as DATA_PORT), or yours to port ${port} of the server (its operator chooses it with ftserver --passive-ports).`,
    );
  }, 10_000);

  test("tells what to open if the server does not know PASV", async () => {
    const own = findClosedPort();
    using server = startServer(refuse, { PASV: "500 No such command.\n" });
    const failure = await catchFailure(
      fetchListing(options(server.port, startMode([]), { dataPort: own })),
    );
    expect(failure.message).toBe(
      `The server could not connect back to you: No answer. The server cannot wait for a data connection from here: it does not know PASV. It said: No such command. Let the server's connections to port ${own} of this host (choose it as DATA_PORT) in.`,
    );
  }, 10_000);

  test("tries nothing else if the file is missing, or if only the server shall open Q", async () => {
    let count = 0;
    using server = runScript(async (p) => {
      const line = await readLine(p);
      await p.write(line.startsWith("-g") ? "550 No.\n" : "425 No answer.\n", SOON);
      count++;
      await p.finish(SOON);
    });
    const told: string[] = [];
    const missing = fetchFile(options(server.port, startMode(told)), "a", new MemorySink());
    expect((await catchFailure(missing)).message).toBe("No.");
    const active = fetchListing(options(server.port, new DataMode("active")));
    expect((await catchFailure(active)).message).toContain("No answer.");
    expect([count, told]).toEqual([2, []]);
  }, 10_000);
});
