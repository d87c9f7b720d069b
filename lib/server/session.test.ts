// One client on the server: what it is answered on P, what it gets on Q, and in which order.

import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { Directory } from "./directory.ts";
import type { SendMethod } from "./sendfile.ts";
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
};
const KIB = 1024;
const CONTENT = Buffer.from(crypto.getRandomValues(new Uint8Array(64 * KIB))).toString("latin1");
const BYTES = Buffer.from(CONTENT.repeat(5), "latin1");
const SHA256 = Bun.CryptoHasher.hash("sha256", BYTES, "hex");

/** Runs a session for each connection, over a directory with the file `a`. */
class Desk implements Disposable {
  readonly scratch = new Scratch();
  readonly #outcomes: SessionResult[] = [];
  readonly #listener: Listener;

  constructor(method: SendMethod = "sendfile") {
    this.scratch.file("a", BYTES);
    const directory = new Directory(this.scratch.path);
    const service = { directory, limits: LIMITS, method };
    this.#listener = listen({ address: "127.0.0.1", port: 0 }, async (p) => {
      this.#outcomes.push(await new Session(p, service).run());
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  ask(make: (dataPort: number) => string): Promise<Transcript> {
    return sendRequest(this.port, make);
  }

  /** What came of the only session, when it is over. */
  async outcome(): Promise<SessionResult> {
    await waitUntil(() => this.#outcomes.length > 0, "the end of the session");
    return this.#outcomes[0] as SessionResult;
  }

  [Symbol.dispose](): void {
    this.#listener[Symbol.dispose]();
    this.scratch[Symbol.dispose]();
  }
}

describe("a listing", () => {
  test("comes on Q, announced and confirmed with its length on P", async () => {
    using desk = new Desk();
    desk.scratch.file("b");
    desk.scratch.file("bad\nname");
    const answer = await desk.ask((port) => `-l ${port}\n`);
    expect(answer.q?.toString()).toBe("a\nb\n");
    expect(replyCodes(answer)).toEqual([150, 226]);
    const [first, last] = answer.replies;
    expect(Object.fromEntries(first?.fields ?? [])).toEqual({
      bytes: "4",
      port: String(answer.qPort),
    });
    expect(last?.fields.get("bytes")).toBe("4");
    expect(await desk.outcome()).toMatchObject({ command: "-l", bytes: 4, code: 226 });
    expect((await desk.outcome()).unlisted).toEqual(["bad\\x0aname"]);
  }, 10_000);
});

describe.each<SendMethod>(["sendfile", "copy"])("a file, by %s,", (method) => {
  test("comes on Q byte for byte, with its version", async () => {
    using desk = new Desk(method);
    const answer = await desk.ask((port) => `-g a ${port}\n`);
    expect(answer.q?.equals(BYTES)).toBe(true);
    expect(replyCodes(answer)).toEqual([150, 226]);
    const facts = Object.fromEntries(answer.replies[0]?.fields ?? []);
    expect(facts).toMatchObject({ bytes: String(BYTES.length), port: String(answer.qPort) });
    expect(facts["version"]).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
    expect(answer.replies[1]?.fields.has("sha256")).toBe(false);
    expect(await desk.outcome()).toMatchObject({
      peer: "127.0.0.1",
      command: "-g",
      name: "a",
      bytes: BYTES.length,
      code: 226,
    });
    expect((await desk.outcome()).seconds).toBeGreaterThan(0);
  }, 10_000);

  test("that is empty is an empty Q, and no error", async () => {
    using desk = new Desk(method);
    desk.scratch.file("empty");
    const answer = await desk.ask((port) => `-g empty ${port}\n`);
    expect([replyCodes(answer), answer.q?.length]).toEqual([[150, 226], 0]);
  }, 10_000);

  test.each([0, 1, 64 * KIB, BYTES.length - 1, BYTES.length])(
    "is sent from byte %i, and the hash is of the whole",
    async (offset) => {
      using desk = new Desk(method);
      const answer = await desk.ask((port) => `REST ${offset}\nHASH\n-g a ${port}\n`);
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
    "of code %i is told on P, and no Q is opened",
    async (code, make) => {
      using desk = new Desk();
      const answer = await desk.ask(make);
      expect(replyCodes(answer)).toEqual([code]);
      expect(answer.q).toBeUndefined();
      expect(await desk.outcome()).toMatchObject({ command: "none", code, bytes: 0 });
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
      using desk = new Desk();
      mkdirSync(desk.scratch.at("directory"));
      const answer = await desk.ask((port) => `-g ${name} ${port}\n`);
      expect(replyCodes(answer)).toEqual([code]);
      expect(answer.q).toHaveLength(0);
      expect(await desk.outcome()).toMatchObject({ command: "-g", name, code, bytes: 0 });
    },
    10_000,
  );

  test("of code 554 comes for an offset behind the end", async () => {
    using desk = new Desk();
    const answer = await desk.ask((port) => `REST ${BYTES.length + 1}\n-g a ${port}\n`);
    expect(replyCodes(answer)).toEqual([350, 554]);
    expect(answer.q).toHaveLength(0);
  }, 10_000);

  test("of code 425 comes where nobody listens on the data port", async () => {
    using desk = new Desk();
    const answer = await desk.ask(() => {
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
    using desk = new Desk();
    using data = listen({ address: "127.0.0.1", port: 0 }, (q) => void q.finish(SOON));
    await using p = await dial({ address: "127.0.0.1", port: desk.port }, SOON);
    for (const byte of Buffer.from(`HASH\r\n-g a ${data.port}\r\n`)) {
      await p.write(Uint8Array.of(byte), SOON);
      await new Promise(setImmediate);
    }
    expect((await readAll(p)).toString()).toMatch(/^350 .+\n150 .+\n226 .+\n$/);
  }, 10_000);

  test("may be followed by a half-close: the client still gets everything", async () => {
    using desk = new Desk();
    using data = listen({ address: "127.0.0.1", port: 0 }, (q) => void q.finish(SOON));
    await using p = await dial({ address: "127.0.0.1", port: desk.port }, SOON);
    await p.write(`-l ${data.port}\n`, SOON);
    p["socket"].shutdown();
    expect((await readAll(p)).toString()).toMatch(/^150 .+\n226 .+\n$/);
  }, 10_000);

  test.each(["-l 80\n", "-x\n", "x".repeat(100_000), "\0"])(
    "may be followed by anything, which is ignored",
    async (more) => {
      using desk = new Desk();
      const answer = await desk.ask((port) => `-g a ${port}\n${more}`);
      expect(replyCodes(answer)).toEqual([150, 226]);
      expect(answer.q?.equals(BYTES)).toBe(true);
    },
    10_000,
  );

  test("of options gets a reply to each, a login included although none is needed", async () => {
    using desk = new Desk();
    const answer = await desk.ask((port) => `USER a\nPASS b\nREST 5\nREST 1\nHASH\n-g a ${port}\n`);
    expect(replyCodes(answer)).toEqual([331, 230, 350, 350, 350, 150, 226]);
    expect(answer.q?.equals(BYTES.subarray(1))).toBe(true);
  }, 10_000);
});
