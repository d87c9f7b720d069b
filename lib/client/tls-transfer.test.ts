import { afterAll, describe, expect, test } from "bun:test";
import { fetchFile, fetchNames, type FileSink } from "./client.ts";
import type { ConnectOptions } from "./connect-options.ts";
import type { Connection } from "../net/connection.ts";
import { DataPort } from "./data-port.ts";
import { Directory } from "../server/directory.ts";
import type { Limits } from "../server/limits.ts";
import { parseReply, type Reply } from "../protocol/protocol.ts";
import { Server } from "../server/server.ts";
import type { SessionResult } from "../server/session.ts";
import { dial } from "../net/socket.ts";
import { catchFailure, readAll, runScript, SOON, waitUntil } from "../testing/testing.ts";
import { acceptTls, connectTls } from "../tls/tls.ts";
import { TlsClient } from "../tls/tls-client.ts";
import { readIdentity } from "../tls/tls-identity.ts";
import { TlsServer } from "../tls/tls-server.ts";
import { Authority, NO_OPENSSL } from "../testing/tls-testing.ts";

const skipped = NO_OPENSSL ? ` (skipped: needs ${NO_OPENSSL})` : "";
const CONTENT = Buffer.from(crypto.getRandomValues(new Uint8Array(64 * 1024)));
const BYTES = Buffer.concat(Array.from({ length: 80 }, () => CONTENT));
const WAIT = 300;
const LIMITS = {
  clients: 9,
  clientsPerAddress: 9,
  transfers: 9,
  command: SOON,
  dial: SOON,
  stall: SOON,
  linger: 500,
};

/** Keeps what comes. */
class Memory implements FileSink {
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

/** Q to the data port that the command on P ends with. */
async function dialBack(p: Connection): Promise<Connection> {
  const command = Buffer.from((await p.read(SOON)) ?? []).toString();
  return dial({ address: "127.0.0.1", port: Number(command.split(" ").at(-1)) }, SOON);
}

describe.skipIf(Boolean(NO_OPENSSL))(`a transfer over TLS${skipped}`, () => {
  const authority = NO_OPENSSL ? (undefined as never) : new Authority();
  const good = NO_OPENSSL ? (undefined as never) : authority.issue();
  afterAll(() => authority[Symbol.dispose]());

  /** With `hasty` limits its TLS waits for long, so that what ends a wait are these. */
  function start(
    encrypted = true,
    outcomes: SessionResult[] = [],
    hasty?: Partial<Limits>,
  ): Server {
    authority.scratch.file("served-a", BYTES);
    const identity = readIdentity(good.certFile, good.keyFile);
    return new Server({
      address: "127.0.0.1",
      port: 0,
      directory: new Directory(authority.scratch.path),
      limits: { ...LIMITS, ...hasty },
      method: "sendfile",
      served: (outcome) => void outcomes.push(outcome),
      ...(encrypted ? { tls: new TlsServer(identity, hasty ? undefined : WAIT) } : {}),
    });
  }

  function target(port: number, encrypted = true): ConnectOptions {
    const tls = encrypted ? new TlsClient(authority.trust("127.0.0.1")) : undefined;
    return { host: "127.0.0.1", port, dataPort: 0, timeout: SOON, stall: SOON, tls };
  }

  /** P of a client that goes its own way, and what it is told. */
  async function ownWay(port: number) {
    const p = await dial({ address: "127.0.0.1", port }, SOON);
    const pin = await connectTls(p, authority.trust(), SOON);
    const data = new DataPort("127.0.0.1", 0, "127.0.0.1");
    await p.write(`-g served-a ${data.port}\n`, SOON);
    const first = parseReply((await p.read(SOON)) ?? new Uint8Array());
    const q = await data.waitForQ(Number(first.fields.get("port")), SOON);
    const last = async (): Promise<Reply> => parseReply((await p.read(SOON)) ?? new Uint8Array());
    return { p, q, pin, first, last };
  }

  test("brings a listing and a file whole", async () => {
    await using server = start();
    expect(await fetchNames(target(server.port))).toContain("served-a");
    const memory = new Memory();
    await fetchFile(target(server.port), "served-a", memory, { hash: true });
    expect(memory.bytes.equals(BYTES)).toBe(true);
  }, 20_000);

  const IMPOSTORS: [string, (q: Connection, pin: string) => Promise<void>][] = [
    [
      "with another key",
      async (q, pin) => {
        await connectTls(q, { name: "localhost", pin }, SOON);
        await q.write("0".repeat(32), SOON);
      },
    ],
    ["with no key", async (q, pin) => void (await connectTls(q, { name: "localhost", pin }, SOON))],
    ["without TLS", async (q) => q.write("0".repeat(32), SOON)],
    ["that says nothing", async () => {}],
  ];
  test.each(IMPOSTORS)(
    "brings nothing to a Q %s",
    async (_, act) => {
      const outcomes: SessionResult[] = [];
      await using server = start(true, outcomes);
      const { p, q, pin, first, last } = await ownWay(server.port);
      expect([first.code, first.fields.get("key")]).toEqual([
        150,
        expect.stringMatching(/^[0-9a-f]{32}$/),
      ]);
      await act(q, pin);
      const came = await readAll(q).catch(() => Buffer.alloc(0));
      expect(came).toHaveLength(0);
      expect((await last()).code).toBe(425);
      p.close();
      q.close();
      await waitUntil(() => outcomes.length === 1, "the end of the session");
      expect(outcomes[0]).toMatchObject({ code: 425, bytes: 0 });
    },
    20_000,
  );

  test("is refused by the client where Q shows another certificate than P", async () => {
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
    const memory = new Memory();
    const failure = await catchFailure(fetchFile(target(server.port), "a", memory));
    expect(failure.message).toStartWith(
      "No TLS on the data connection: The server is not to be trusted",
    );
    expect(memory.bytes).toHaveLength(0);
    expect(String(await sent)).not.toContain("gave the key away");
  }, 20_000);

  test("is refused by the client where Q is in the clear", async () => {
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
    const memory = new Memory();
    const failure = await catchFailure(fetchFile(target(server.port), "a", memory));
    expect(failure.message).toContain("No TLS on the data connection");
    expect(memory.bytes).toHaveLength(0);
  }, 20_000);

  test("is told apart from one that was broken off", async () => {
    await using server = start();
    const { p, q, pin, first } = await ownWay(server.port);
    await connectTls(q, { name: "localhost", pin }, SOON);
    await q.write(first.fields.get("key") ?? "", SOON);
    expect(await q.read(SOON)).toBeDefined();
    server.abort();
    expect((await catchFailure(readAll(q))).kind).toBe("incomplete");
    p.close();
  }, 20_000);

  test("is not begun with a client in the clear, which is told why", async () => {
    await using server = start();
    const failure = await catchFailure(fetchNames(target(server.port, false)));
    expect([failure.kind, failure.message]).toEqual([
      "refused",
      "This server speaks TLS: use --tls.",
    ]);
  }, 20_000);

  test("is not begun with a server in the clear, which says so at once", async () => {
    await using server = start(false);
    const failure = await catchFailure(fetchNames(target(server.port)));
    expect(failure.message).toContain("500 This server does not speak TLS: leave --tls out.");
  }, 20_000);

  test("has its handshakes within the time for a command, and within that for Q", async () => {
    await using server = start(true, [], { command: 300 });
    await using silent = await dial({ address: "127.0.0.1", port: server.port }, SOON);
    const reply = Buffer.from((await silent.read(SOON)) ?? []).toString();
    expect(reply).toStartWith("421 No TLS handshake within 0.3 s.");

    await using other = start(true, [], { dial: 300 });
    const { p, last } = await ownWay(other.port);
    expect(await last()).toMatchObject({ code: 425 });
    p.close();
  }, 20_000);

  test("does not hold up the end of a server in the middle of a handshake", async () => {
    const server = start();
    await using p = await dial({ address: "127.0.0.1", port: server.port }, SOON);
    await p.write("\x16\x03\x01", SOON);
    await waitUntil(() => server.clients === 1, "the session");
    const started = performance.now();
    await server.stop(0);
    expect([server.clients, performance.now() - started < SOON]).toEqual([0, true]);
  }, 20_000);
});
