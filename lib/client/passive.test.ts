// Q from the client's end: by choice, or because the server cannot open it; and what is said if neither works.

import { describe, expect, test } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { dial, listen } from "../net/socket.ts";
import { Directory } from "../server/directory.ts";
import { defaultLimits } from "../server/limits.ts";
import { Server } from "../server/server.ts";
import { catchFailure, readAll, runScript, Scratch, SOON } from "../testing/testing.ts";
import { readIdentity } from "../tls/identity.ts";
import { TlsClient } from "../tls/tls-client.ts";
import { TlsServer } from "../tls/tls-server.ts";
import { describeTls } from "../testing/tls-testing.ts";
import { fetchFile, fetchListing, type FileSink } from "./client.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { DataMode } from "./data-mode.ts";

const HOST = "127.0.0.1";
const CONTENT = "some text\n";
const SHORT = 100;

/** A port on which nobody listens. */
function findClosedPort(): number {
  using listener = listen({ address: HOST, port: 0 }, () => {});
  return listener.port;
}

const options = (port: number, mode: DataMode, more: Partial<ConnectOptions> = {}) => ({
  ...{ host: HOST, port, dataPort: 0, timeout: SOON, stall: SOON, mode },
  ...more,
});

const readLine = async (p: Connection) => Buffer.from((await p.read(SOON)) ?? []).toString();

/** A server that speaks PASV, but for what `answers` says instead: for each word of a request a reply, or undefined for none. */
async function servePassively(p: Connection, answers: Record<string, string> = {}): Promise<void> {
  let isPassive = false;
  for (let line; (line = await readLine(p)) !== "";) {
    const [word = ""] = line.trim().split(" ");
    const answer = answers[word];
    if (answer !== undefined) {
      await p.write(answer, SOON);
      return p.finish(SOON);
    }
    if (word === "PASV") {
      isPassive = true;
      await p.write("350 Yes.\n", SOON);
    } else if (!isPassive) return p.finish(SOON);
    else return sendOnQ(p);
  }
}

async function sendOnQ(p: Connection): Promise<void> {
  const accepted = Promise.withResolvers<Connection>();
  using listener = listen({ address: HOST, port: 0 }, accepted.resolve);
  const key = "0123456789abcdef".repeat(2);
  await p.write(`229 port=${listener.port} key=${key} Come.\n`, SOON);
  await using q = await accepted.promise;
  const got = Buffer.from((await q.read(SOON)) ?? []).toString();
  if (got !== key) return;
  await p.write(`150 bytes=${CONTENT.length} port=${listener.port} version=v1 Here.\n`, SOON);
  await q.write(CONTENT, SOON);
  await q.finish(SOON);
  await p.write(`226 bytes=${CONTENT.length} Sent.\n`, SOON);
  await p.finish(SOON);
}

class MemorySink implements FileSink {
  readonly pieces: Uint8Array[] = [];
  constructor(public offset = 0) {}
  begin = (): boolean => true;
  restart = (): void => void (this.offset = 0);
  write = (bytes: Uint8Array): void => void this.pieces.push(bytes);
  hash = (): undefined => undefined;
  get text(): string {
    return Buffer.concat(this.pieces).toString();
  }
}

describe("a client that shall open Q", () => {
  test("gets a listing and a part of a file, and listens nowhere", async () => {
    using scratch = new Scratch();
    scratch.file("a", CONTENT);
    await using server = new Server({
      ...{ address: HOST, port: 0, method: "copy", onSessionEnd: () => {} },
      directory: new Directory(scratch.path),
      limits: { ...defaultLimits(1024), linger: 500 },
    });
    using taken = listen({ address: HOST, port: 0 }, () => {});
    const passive = options(server.port, new DataMode("passive"), { dataPort: taken.port });
    expect(await fetchListing(passive)).toBe("a\n");
    const sink = new MemorySink(5);
    expect(await fetchFile(passive, "a", sink, { hash: true })).toMatchObject({ bytes: 10 });
    expect(sink.text).toBe(CONTENT.slice(5));
  }, 10_000);

  test("hears the words of a server that refuses", async () => {
    using server = runScript((p) => servePassively(p, { "-l": "425 No port is free.\n" }));
    const failure = await catchFailure(fetchListing(options(server.port, new DataMode("passive"))));
    expect(failure).toMatchObject({ kind: "refused", message: "No port is free." });
  }, 10_000);

  test.each([
    ["500 No such command: PASV.\n", "No such command: PASV."],
    ["what is that?\n", 'The server\'s answer is not a reply of this protocol: "what is that?".'],
    ["", "The server closed the control connection without a reply."],
  ])(
    "tells that the server does not know PASV, if the answer is %j",
    async (answer, words) => {
      using server = runScript((p) => servePassively(p, { PASV: answer }));
      const failure = await catchFailure(
        fetchListing(options(server.port, new DataMode("passive"))),
      );
      expect(failure).toMatchObject({ kind: "refused" });
      expect(failure.message).toBe(
        `The server cannot wait for a data connection from here: it does not know PASV. It said: ${words} Leave out --passive.`,
      );
    },
    10_000,
  );

  test("names the port of the server that it cannot reach, and what to open", async () => {
    const port = findClosedPort();
    const answer = `229 port=${port} key=${"0".repeat(32)} Come.\n`;
    using server = runScript((p) => servePassively(p, { "-l": answer }));
    const failure = await catchFailure(fetchListing(options(server.port, new DataMode("passive"))));
    expect(failure.kind).toBe("connect");
    expect(failure.message).toContain(`Cannot connect to ${HOST}:${port}: `);
    expect(failure.message).toContain(`Let connections to port ${port} of the server in`);
  }, 10_000);

  test.each(["80", "0", "65536", "x"])(
    "dials no port %s",
    async (port) => {
      const answer = `229 port=${port} key=${"0".repeat(32)} Come.\n`;
      using server = runScript((p) => servePassively(p, { "-l": answer }));
      const failure = await catchFailure(
        fetchListing(options(server.port, new DataMode("passive"))),
      );
      expect(failure).toMatchObject({ kind: "protocol" });
    },
    10_000,
  );

  test("sends nothing on Q if the reply has no key", async () => {
    const accepted = Promise.withResolvers<Connection>();
    using port = listen({ address: HOST, port: 0 }, accepted.resolve);
    const answer = `229 port=${port.port} Come.\n`;
    using server = runScript((p) => servePassively(p, { "-l": answer }));
    const failure = await catchFailure(fetchListing(options(server.port, new DataMode("passive"))));
    expect(failure).toMatchObject({ kind: "protocol" });
    expect((await readAll(await accepted.promise)).length).toBe(0);
  }, 10_000);
});

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

describeTls("over TLS", (authority, good) => {
  const start = (scratch: Scratch) =>
    new Server({
      ...{ address: HOST, port: 0, method: "copy", onSessionEnd: () => {} },
      directory: new Directory(scratch.path),
      limits: { ...defaultLimits(1024), dial: 500, linger: 500 },
      tls: new TlsServer(readIdentity(good.certFile, good.keyFile)),
    });

  test("a client that opens Q gets the listing", async () => {
    using scratch = new Scratch();
    scratch.file("a", CONTENT);
    await using server = start(scratch);
    const tls = new TlsClient(authority.trust());
    const passive = options(server.port, new DataMode("passive"), { tls });
    expect(await fetchListing(passive)).toBe("a\n");
  }, 10_000);

  test("another certificate on Q than on P ends the transfer before the key", async () => {
    using scratch = new Scratch();
    await using server = start(scratch);
    const tls = new TlsClient(authority.trust());
    const connectP = tls.connectP.bind(tls);
    tls.connectP = async (p, ms) => {
      await connectP(p, ms);
      return "0".repeat(64); // as if P had had another one
    };
    const passive = options(server.port, new DataMode("passive"), { tls });
    const failure = await catchFailure(fetchListing(passive));
    expect(failure.message).toContain("No TLS on the data connection");
  }, 10_000);
});
