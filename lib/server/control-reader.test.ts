// What a client sends before its command and with it: options, logins, and the time limit.

import { describe, expect, test } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { Failure, replyFailure } from "../errors.ts";
import { ControlReader, type ControlRequest } from "./control-reader.ts";
import { ReplyWriter } from "./reply-writer.ts";
import type { Login } from "../auth/login.ts";
import type { Command } from "../protocol/protocol.ts";
import { listen } from "../net/socket.ts";
import { catchFailure, type ConnectionPair, connectPair } from "../testing/testing.ts";

const TIME = 150;
const GONE = new Failure("other", "Gone.");

/** A reader at the far end of a connection; the near end is the client's. */
class TestReader implements AsyncDisposable {
  readonly codes: number[] = [];
  readonly request: Promise<ControlRequest>;

  constructor(
    private readonly ends: ConnectionPair,
    login: Login | undefined,
    time: number,
  ) {
    const replies = new ReplyWriter(ends.far);
    replies.write = async (code) => void this.codes.push(code);
    this.request = new ControlReader(ends.far, replies, login, performance.now(), time).read();
  }

  get client(): Connection {
    return this.ends.near;
  }

  /** The command; rejects with the error if there is one. */
  get command(): Promise<Command | undefined> {
    return this.request.then(({ command, error }) => (error ? Promise.reject(error) : command));
  }

  send(text: string): void {
    this.client.push(Buffer.from(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ends[Symbol.asyncDispose]();
  }
}

async function startReader(login?: Login, time = TIME): Promise<TestReader> {
  return new TestReader(await connectPair(), login, time);
}

describe("a client", () => {
  test("that sends nothing gets 421 after its time", async () => {
    await using it = await startReader();
    const failure = await catchFailure(it.command);
    expect(failure).toMatchObject({ code: 421, message: "No command came within 0.15 s." });
  }, 10_000);

  test.each([
    ["x", "a byte"],
    ["HASH\n", "an option"],
  ])(
    "that sends %j now and then gets 421 after its time all the same",
    async (text) => {
      await using it = await startReader();
      const drip = setInterval(() => it.send(text), 20);
      const failure = await catchFailure(it.command);
      clearInterval(drip);
      expect(failure).toMatchObject({ code: 421 });
      expect(new Set(it.codes)).toEqual(new Set(text === "x" ? [] : [350]));
    },
    10_000,
  );

  test("that leaves without a command is no failure", async () => {
    await using it = await startReader();
    it.client.close();
    expect(await it.command).toBeUndefined();
  }, 10_000);

  test("that resets the connection is a failure", async () => {
    await using it = await startReader();
    it.client.abort(GONE);
    expect(await catchFailure(it.command)).toMatchObject({ kind: "incomplete" });
  }, 10_000);

  test.each([
    ["-l 300", 500, "The line has no LF at its end."],
    ["\u0016\u0003\u0001", 500, "This server does not speak TLS: leave --tls out."],
  ])(
    "that sends %j and half-closes is told why that is no command",
    async (text, code, message) => {
      await using it = await startReader();
      it.send(text);
      it.client["socket"].shutdown();
      expect(await catchFailure(it.command)).toMatchObject({ code, message });
    },
    10_000,
  );

  test("that sends options and a command is understood, even if they come byte by byte", async () => {
    await using it = await startReader(undefined, 5000);
    for (const letter of "REST 7\r\nHASH\nPASV\nUSER ada\nPASS x\n-g two words 3000\nmore") {
      it.send(letter);
      await new Promise(setImmediate);
    }
    expect(await it.command).toEqual({ kind: "get", name: "two words", dataPort: 3000 });
    const { offset, hash, passive, user } = await it.request;
    expect([offset, hash, passive, user]).toEqual([7, true, true, undefined]);
    expect(it.codes).toEqual([350, 350, 350, 331, 230]);
  }, 10_000);
});

test("other clients get their turn after each option, even if many options come at once", async () => {
  await using it = await startReader(undefined, 5000);
  it.send(`${"HASH\n".repeat(500)}-l 3000\n`);
  let most = 0;
  for (let before = 0; before < 500; before = it.codes.length) {
    await new Promise(setImmediate);
    most = Math.max(most, it.codes.length - before);
  }
  expect(await it.command).toEqual({ kind: "list", dataPort: 3000 });
  expect(most).toBeLessThanOrEqual(2);
}, 10_000);

describe("if a login is required", () => {
  const check = async (_: string, password: string) => password === "right";
  const login = { check, findClearFault: () => undefined };
  const wanted = login as unknown as Login;

  test("a command before it gets 530", async () => {
    await using it = await startReader(wanted);
    it.send("-l 3000\n");
    expect(await catchFailure(it.command)).toMatchObject({ code: 530 });
  }, 10_000);

  test("the right password allows a command, also after a wrong one, and the name is kept for the log", async () => {
    await using it = await startReader(wanted);
    it.send("USER ada\nPASS wrong\nPASS right\n-l 3000\n");
    expect(await it.command).toEqual({ kind: "list", dataPort: 3000 });
    expect(it.codes).toEqual([331, 530, 230]);
    expect((await it.request).user).toBe("ada");
  }, 10_000);

  test("if passwords must not come in the clear, USER gets 530, before the password is sent", async () => {
    const fault = replyFailure(530, "Only over TLS.");
    const refusing = { ...login, findClearFault: () => fault } as unknown as Login;
    await using it = await startReader(refusing);
    it.send("USER ada\n");
    expect(await catchFailure(it.command)).toBe(fault);
    expect(it.codes).toEqual([]);
  }, 10_000);

  test("PASS without USER gets 530, and the third wrong password gets 530 and ends the session", async () => {
    await using first = await startReader(wanted);
    first.send("PASS right\n");
    expect(await catchFailure(first.command)).toMatchObject({ code: 530 });
    await using second = await startReader(wanted);
    second.send("USER ada\nPASS a\nPASS b\nPASS c\nPASS right\n-l 3000\n");
    expect((await catchFailure(second.command)).message).toBe(
      "Wrong name or password, too many times.",
    );
    expect(second.codes).toEqual([331, 530, 530]);
  }, 10_000);
});

test("a client that floods with options gets 421 after its time", async () => {
  const ended = Promise.withResolvers<Failure>();
  using listener = listen({ address: "127.0.0.1", port: 0 }, (p) => {
    const reader = new ControlReader(p, new ReplyWriter(p), undefined, performance.now(), 200);
    void reader.read().then(({ error }) => (p.close(), ended.resolve(error as Failure)));
  });
  // In a process of its own: one that writes and reads in the same loop as the server cannot flood it.
  const script = `const flood = (s) => { while (s.write("HASH\\n".repeat(2000)) === 10000); };
    await Bun.connect({ hostname: "127.0.0.1", port: ${listener.port},
      socket: { open: flood, drain: flood, data() {}, close() { process.exit(0); } } });`;
  await using child = Bun.spawn([process.execPath, "-e", script], { timeout: 8000 });
  expect(await ended.promise).toMatchObject({ code: 421 });
  child.kill();
}, 10_000);
