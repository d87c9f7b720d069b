import { expect, test } from "bun:test";
import { fetchFile, fetchListing, type FileSink } from "./client.ts";
import type { ConnectOptions } from "./connect-options.ts";
import type { Connection } from "../net/connection.ts";
import { DataPort } from "./data-port.ts";
import { Directory } from "../server/directory.ts";
import type { ServerLimits } from "../server/limits.ts";
import { parseReply, type Reply } from "../protocol/protocol.ts";
import { Server } from "../server/server.ts";
import type { SessionResult } from "../server/session.ts";
import { dial } from "../net/socket.ts";
import { catchFailure, readAll, runScript, SOON, waitUntil } from "../testing/testing.ts";
import { readIdentity } from "../tls/identity.ts";
import { connectTls, TlsClient } from "../tls/tls-client.ts";
import { acceptTls, TlsServer } from "../tls/tls-server.ts";
import { describeTls } from "../testing/tls-testing.ts";

const CONTENT = Buffer.from(crypto.getRandomValues(new Uint8Array(64 * 1024)));
const BYTES = Buffer.concat(Array.from({ length: 80 }, () => CONTENT));
const TLS_TIMEOUT = 300;
const LIMITS = {
  clients: 9,
  clientsPerAddress: 9,
  transfers: 9,
  command: SOON,
  dial: SOON,
  stall: SOON,
  linger: 500,
  minRate: 500,
  rateWindow: 60_000,
};

/** Keeps the file in memory. */
class MemorySink implements FileSink {
  readonly offset = 0;
  readonly pieces: Uint8Array[] = [];
  begin = (): boolean => true;
  restart = (): void => {};
  write = (bytes: Uint8Array): void => void this.pieces.push(bytes);
  hash = async (): Promise<string> => Bun.CryptoHasher.hash("sha256", this.bytes, "hex");
  get bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }
}

/** Reads the command on P, and dials its data port. */
async function dialBack(p: Connection): Promise<Connection> {
  const command = Buffer.from((await p.read(SOON)) ?? []).toString();
  return dial({ address: "127.0.0.1", port: Number(command.split(" ").at(-1)) }, SOON);
}

describeTls("a transfer over TLS", (authority, good) => {
  /** With `short` limits the timeout of TLS itself is long, so that the limits end each wait. */
  function start(
    encrypted = true,
    results: SessionResult[] = [],
    short?: Partial<ServerLimits>,
  ): Server {
    authority.scratch.file("served-a", BYTES);
    const identity = readIdentity(good.certFile, good.keyFile);
    return new Server({
      address: "127.0.0.1",
      port: 0,
      directory: new Directory(authority.scratch.path),
      limits: { ...LIMITS, ...short },
      method: "sendfile",
      onSessionEnd: (result) => void results.push(result),
      ...(encrypted ? { tls: new TlsServer(identity, short ? undefined : TLS_TIMEOUT) } : {}),
    });
  }

  function connectTo(port: number, encrypted = true): ConnectOptions {
    const tls = encrypted ? new TlsClient(authority.trust("127.0.0.1")) : undefined;
    return { host: "127.0.0.1", port, dataPort: 0, timeout: SOON, stall: SOON, tls };
  }

  /** Runs a client by hand up to the point where Q is connected and not yet encrypted. */
  async function openQ(port: number) {
    const p = await dial({ address: "127.0.0.1", port }, SOON);
    const pin = await connectTls(p, authority.trust(), SOON);
    const data = new DataPort("127.0.0.1", 0, "127.0.0.1");
    await p.write(`-g served-a ${data.port}\n`, SOON);
    const first = parseReply((await p.read(SOON)) ?? new Uint8Array());
    const q = await data.waitForQ(Number(first.fields.get("port")), SOON);
    const last = async (): Promise<Reply> => parseReply((await p.read(SOON)) ?? new Uint8Array());
    return { p, q, pin, first, last };
  }

  test("brings a listing and a whole file", async () => {
    await using server = start();
    expect(await fetchListing(connectTo(server.port))).toContain("served-a\n");
    const memory = new MemorySink();
    await fetchFile(connectTo(server.port), "served-a", memory, { hash: true });
    expect(memory.bytes.equals(BYTES)).toBe(true);
  }, 20_000);

  const IMPOSTORS: [string, (q: Connection, pin: string) => Promise<void>][] = [
    [
      "that sends another key",
      async (q, pin) => {
        await connectTls(q, { name: "localhost", pin }, SOON);
        await q.write("0".repeat(32), SOON);
      },
    ],
    [
      "that sends no key",
      async (q, pin) => void (await connectTls(q, { name: "localhost", pin }, SOON)),
    ],
    ["without TLS", async (q) => q.write("0".repeat(32), SOON)],
    ["that sends nothing", async () => {}],
  ];
  test.each(IMPOSTORS)(
    "sends nothing to a peer on Q %s",
    async (_, behave) => {
      const results: SessionResult[] = [];
      await using server = start(true, results);
      const { p, q, pin, first, last } = await openQ(server.port);
      expect([first.code, first.fields.get("key")]).toEqual([
        150,
        expect.stringMatching(/^[0-9a-f]{32}$/),
      ]);
      await behave(q, pin);
      const received = await readAll(q).catch(() => Buffer.alloc(0));
      expect(received).toHaveLength(0);
      expect((await last()).code).toBe(425);
      p.close();
      q.close();
      await waitUntil(() => results.length === 1, "the end of the session");
      expect(results[0]).toMatchObject({ code: 425, bytes: 0 });
    },
    20_000,
  );

  test("is refused by the client if Q has another certificate than P", async () => {
    const other = authority.issue();
    const key = "f".repeat(32);
    let sent: Promise<unknown> = Promise.resolve();
    using server = runScript(async (p) => {
      await acceptTls(p, good.pair, SOON);
      const q = await dialBack(p);
      await p.write(`150 bytes=3 port=${q.local.port} version=1 key=${key} Here.\n`, SOON);
      sent = catchFailure(
        acceptTls(q, other.pair, SOON).then(async () => {
          if (await q.read(SOON)) throw new Error("the client gave the key away");
          throw new Error("no key");
        }),
      );
      await sent;
      q.close();
    });
    const memory = new MemorySink();
    const failure = await catchFailure(fetchFile(connectTo(server.port), "a", memory));
    expect(failure.message).toStartWith(
      "No TLS on the data connection: The server cannot be trusted",
    );
    expect(memory.bytes).toHaveLength(0);
    expect(String(await sent)).not.toContain("gave the key away");
  }, 20_000);

  test("is refused by the client if Q is in the clear", async () => {
    using server = runScript(async (p) => {
      await acceptTls(p, good.pair, SOON);
      const q = await dialBack(p);
      await q.write("evil", SOON);
      await p.write(
        `150 bytes=4 port=${q.local.port} version=1 key=${"f".repeat(32)} Here.\n`,
        SOON,
      );
      await q.finish(SOON);
      await p.write("226 bytes=4 Sent.\n", SOON);
    });
    const memory = new MemorySink();
    const failure = await catchFailure(fetchFile(connectTo(server.port), "a", memory));
    expect(failure.message).toContain("No TLS on the data connection");
    expect(memory.bytes).toHaveLength(0);
  }, 20_000);

  test("that the server aborts is incomplete", async () => {
    await using server = start();
    const { p, q, pin, first } = await openQ(server.port);
    await connectTls(q, { name: "localhost", pin }, SOON);
    await q.write(first.fields.get("key") ?? "", SOON);
    expect(await q.read(SOON)).toBeDefined();
    server.abort();
    expect((await catchFailure(readAll(q))).kind).toBe("incomplete");
    p.close();
  }, 20_000);

  test("is refused to a client without TLS, with a reason", async () => {
    await using server = start();
    const failure = await catchFailure(fetchListing(connectTo(server.port, false)));
    expect([failure.kind, failure.message]).toEqual([
      "refused",
      "This server speaks TLS: use --tls.",
    ]);
  }, 20_000);

  test("is refused by a server without TLS, with a reason", async () => {
    await using server = start(false);
    const failure = await catchFailure(fetchListing(connectTo(server.port)));
    expect(failure.message).toContain("500 This server does not speak TLS: leave --tls out.");
  }, 20_000);

  test("must finish its handshakes within the limits for a command and for a dial", async () => {
    await using server = start(true, [], { command: 300 });
    await using silent = await dial({ address: "127.0.0.1", port: server.port }, SOON);
    const reply = Buffer.from((await silent.read(SOON)) ?? []).toString();
    expect(reply).toStartWith("421 No TLS handshake within 0.3 s.");

    await using other = start(true, [], { dial: 300 });
    const { p, last } = await openQ(other.port);
    expect(await last()).toMatchObject({ code: 425 });
    p.close();
  }, 20_000);

  test("does not delay the stop of the server during a handshake", async () => {
    const server = start();
    await using p = await dial({ address: "127.0.0.1", port: server.port }, SOON);
    await p.write("\x16\x03\x01", SOON);
    await waitUntil(() => server.clients === 1, "the session");
    const started = performance.now();
    await server.stop(0);
    expect([server.clients, performance.now() - started < SOON]).toEqual([0, true]);
  }, 20_000);
});
