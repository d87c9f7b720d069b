// One client on the server: the replies on P, the bytes on Q, and their order.

import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { Directory } from "./directory.ts";
import type { SendMethod } from "./sendfile.ts";
import { createServerContext } from "./server-context.ts";
import { type SessionResult, Session } from "./session.ts";
import { dial, listen, type Listener } from "../net/socket.ts";
import {
  type Transcript,
  sendRequest,
  replyCodes,
  readAll,
  Scratch,
  SOON,
  waitUntil,
} from "../testing/testing.ts";

const LIMITS = {
  clients: 1,
  clientsPerAddress: 1,
  transfers: 9,
  command: 500,
  dial: 500,
  stall: 500,
  linger: 500,
  minRate: 500,
  rateWindow: 60_000,
};
const KIB = 1024;
const CONTENT = Buffer.from(crypto.getRandomValues(new Uint8Array(64 * KIB))).toString("latin1");
const BYTES = Buffer.from(CONTENT.repeat(5), "latin1");
const SHA256 = Bun.CryptoHasher.hash("sha256", BYTES, "hex");

/** Runs a session for each connection, over a directory with the file `a`. */
class TestServer implements Disposable {
  readonly scratch = new Scratch();
  readonly #results: SessionResult[] = [];
  readonly #listener: Listener;

  constructor(method: SendMethod = "sendfile") {
    this.scratch.file("a", BYTES);
    const directory = new Directory(this.scratch.path);
    const context = createServerContext({ directory, limits: LIMITS, method });
    this.#listener = listen({ address: "127.0.0.1", port: 0 }, async (p) => {
      this.#results.push(await new Session(p, context).run());
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  ask(make: (dataPort: number) => string): Promise<Transcript> {
    return sendRequest(this.port, make);
  }

  /** The result of the only session, when it has ended. */
  async result(): Promise<SessionResult> {
    await waitUntil(() => this.#results.length > 0, "the end of the session");
    return this.#results[0] as SessionResult;
  }

  [Symbol.dispose](): void {
    this.#listener[Symbol.dispose]();
    this.scratch[Symbol.dispose]();
  }
}

describe("a listing", () => {
  test("comes on Q, and P announces and confirms its length", async () => {
    using server = new TestServer();
    server.scratch.file("b");
    server.scratch.file("bad\nname");
    const answer = await server.ask((port) => `-l ${port}\n`);
    expect(answer.q?.toString()).toBe("a\nb\n");
    expect(replyCodes(answer)).toEqual([150, 226]);
    const [first, last] = answer.replies;
    expect(Object.fromEntries(first?.fields ?? [])).toEqual({
      bytes: "4",
      port: String(answer.qPort),
    });
    expect(last?.fields.get("bytes")).toBe("4");
    expect(await server.result()).toMatchObject({ command: "-l", bytes: 4, code: 226 });
    expect((await server.result()).unlisted).toEqual(["bad\\x0aname"]);
  }, 10_000);
});

describe.each<SendMethod>(["sendfile", "copy"])("a file, by %s,", (method) => {
  test("comes on Q byte for byte, and P announces its version", async () => {
    using server = new TestServer(method);
    const answer = await server.ask((port) => `-g a ${port}\n`);
    expect(answer.q?.equals(BYTES)).toBe(true);
    expect(replyCodes(answer)).toEqual([150, 226]);
    const fields = Object.fromEntries(answer.replies[0]?.fields ?? []);
    expect(fields).toMatchObject({ bytes: String(BYTES.length), port: String(answer.qPort) });
    expect(fields["version"]).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
    expect(answer.replies[1]?.fields.has("sha256")).toBe(false);
    expect(await server.result()).toMatchObject({
      peer: "127.0.0.1",
      command: "-g",
      name: "a",
      bytes: BYTES.length,
      code: 226,
    });
    expect((await server.result()).seconds).toBeGreaterThan(0);
  }, 10_000);

  test("that is empty gives an empty Q, and no error", async () => {
    using server = new TestServer(method);
    server.scratch.file("empty");
    const answer = await server.ask((port) => `-g empty ${port}\n`);
    expect([replyCodes(answer), answer.q?.length]).toEqual([[150, 226], 0]);
  }, 10_000);

  test.each([0, 1, 64 * KIB, BYTES.length - 1, BYTES.length])(
    "is sent from byte %i, and the hash is of the whole file",
    async (offset) => {
      using server = new TestServer(method);
      const answer = await server.ask((port) => `REST ${offset}\nHASH\n-g a ${port}\n`);
      expect(replyCodes(answer)).toEqual([350, 350, 150, 226]);
      expect(answer.q?.equals(BYTES.subarray(offset))).toBe(true);
      const rest = String(BYTES.length - offset);
      expect(answer.replies[2]?.fields.get("bytes")).toBe(rest);
      expect(answer.replies[3]?.fields.get("bytes")).toBe(rest);
      expect(answer.replies[3]?.fields.get("sha256")).toBe(SHA256);
    },
    10_000,
  );
});

describe("an error", () => {
  const INVALID: [number, (port: number) => string][] = [
    [500, (port) => `-x ${port}\n`],
    [500, () => "\n"],
    [500, (port) => `-l ${port}`.padEnd(4096, "x")],
    [501, () => "-l 80\n"],
    [501, (port) => `-g ${port}\n`],
    [501, (port) => `-l ${port} \n`],
    [501, (port) => `-g a\tb ${port}\n`],
    [501, (port) => `REST -1\n-g a ${port}\n`],
  ];
  test.each(INVALID)(
    "of code %i comes on P, and no Q is opened",
    async (code, make) => {
      using server = new TestServer();
      const answer = await server.ask(make);
      expect(replyCodes(answer)).toEqual([code]);
      expect(answer.q).toBeUndefined();
      expect(await server.result()).toMatchObject({ command: "none", code, bytes: 0 });
    },
    10_000,
  );

  const REFUSED: [number, string][] = [
    [550, "missing"],
    [550, "directory"],
    [550, "../a"],
    [550, ""],
    [550, "x".repeat(300)],
  ];
  test.each(REFUSED)(
    "of code %i comes on P after Q was opened: %s",
    async (code, name) => {
      using server = new TestServer();
      mkdirSync(server.scratch.at("directory"));
      const answer = await server.ask((port) => `-g ${name} ${port}\n`);
      expect(replyCodes(answer)).toEqual([code]);
      expect(answer.q).toHaveLength(0);
      expect(await server.result()).toMatchObject({ command: "-g", name, code, bytes: 0 });
    },
    10_000,
  );

  test("of code 554 comes for an offset behind the end of the file", async () => {
    using server = new TestServer();
    const answer = await server.ask((port) => `REST ${BYTES.length + 1}\n-g a ${port}\n`);
    expect(replyCodes(answer)).toEqual([350, 554]);
    expect(answer.q).toHaveLength(0);
  }, 10_000);

  test("of code 425 comes if nobody listens on the data port", async () => {
    using server = new TestServer();
    const answer = await server.ask(() => {
      const closed = listen({ address: "127.0.0.1", port: 0 }, () => {});
      closed[Symbol.dispose]();
      return `-l ${closed.port}\n`;
    });
    expect(replyCodes(answer)).toEqual([425]);
    expect(answer.q).toBeUndefined();
  }, 10_000);
});

describe("a request", () => {
  test("may come byte by byte, and end with CR LF", async () => {
    using server = new TestServer();
    using data = listen({ address: "127.0.0.1", port: 0 }, (q) => void q.finish(SOON));
    await using p = await dial({ address: "127.0.0.1", port: server.port }, SOON);
    for (const byte of Buffer.from(`HASH\r\n-g a ${data.port}\r\n`)) {
      await p.write(Uint8Array.of(byte), SOON);
      await new Promise(setImmediate);
    }
    expect((await readAll(p)).toString()).toMatch(/^350 .+\n150 .+\n226 .+\n$/);
  }, 10_000);

  test("may be followed by a half-close: the client still gets everything", async () => {
    using server = new TestServer();
    using data = listen({ address: "127.0.0.1", port: 0 }, (q) => void q.finish(SOON));
    await using p = await dial({ address: "127.0.0.1", port: server.port }, SOON);
    await p.write(`-l ${data.port}\n`, SOON);
    p["socket"].shutdown();
    expect((await readAll(p)).toString()).toMatch(/^150 .+\n226 .+\n$/);
  }, 10_000);

  test.each(["-l 80\n", "-x\n", "x".repeat(100_000), "\0"])(
    "may be followed by anything, which is ignored",
    async (more) => {
      using server = new TestServer();
      const answer = await server.ask((port) => `-g a ${port}\n${more}`);
      expect(replyCodes(answer)).toEqual([150, 226]);
      expect(answer.q?.equals(BYTES)).toBe(true);
    },
    10_000,
  );

  test("with options gets a reply to each, also to a login that is not needed", async () => {
    using server = new TestServer();
    const answer = await server.ask(
      (port) => `USER a\nPASS b\nREST 5\nREST 1\nHASH\n-g a ${port}\n`,
    );
    expect(replyCodes(answer)).toEqual([331, 230, 350, 350, 350, 150, 226]);
    expect(answer.q?.equals(BYTES.subarray(1))).toBe(true);
  }, 10_000);
});
