// What a client says before and with its command: options granted, logins counted, and an end to all patience.

import { describe, expect, test } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { Failure } from "../errors.ts";
import { ControlReader } from "./control-reader.ts";
import type { Login } from "../auth/login.ts";
import type { Command } from "../protocol/protocol.ts";
import { listen } from "../net/socket.ts";
import { catchFailure, type ConnectionPair, connectPair } from "../testing/testing.ts";

const TIME = 150;
const GONE = new Failure("other", "Gone.");

/** A hearing of the far end of a connection, whose near end is the client's. */
class Scene implements AsyncDisposable {
  readonly codes: number[] = [];
  readonly hearing: ControlReader;
  readonly command: Promise<Command | undefined>;

  constructor(
    private readonly ends: ConnectionPair,
    login: Login | undefined,
    time: number,
  ) {
    const answer = async (code: number) => void this.codes.push(code);
    this.hearing = new ControlReader(ends.far, login, performance.now(), time, answer);
    this.command = this.hearing.command();
    this.command.catch(() => {});
  }

  get client(): Connection {
    return this.ends.near;
  }

  say(text: string): void {
    this.client.push(Buffer.from(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ends[Symbol.asyncDispose]();
  }
}

async function scene(login?: Login, time = TIME): Promise<Scene> {
  return new Scene(await connectPair(), login, time);
}

describe("a client", () => {
  test("that says nothing is told 421 after its time", async () => {
    await using it = await scene();
    const failure = await catchFailure(it.command);
    expect(failure).toMatchObject({ code: 421, message: "No command came within 0.15 s." });
  }, 10_000);

  test.each([
    ["x", "a byte"],
    ["HASH\n", "an option"],
  ])(
    "that says %j now and then is told 421 by the wall clock all the same",
    async (text) => {
      await using it = await scene();
      const drip = setInterval(() => it.say(text), 20);
      const failure = await catchFailure(it.command);
      clearInterval(drip);
      expect(failure).toMatchObject({ code: 421 });
      expect(new Set(it.codes)).toEqual(new Set(text === "x" ? [] : [350]));
    },
    10_000,
  );

  test("that leaves without a word is no failure", async () => {
    await using it = await scene();
    it.client.close();
    expect(await it.command).toBeUndefined();
  }, 10_000);

  test("that resets is", async () => {
    await using it = await scene();
    it.client.abort(GONE);
    expect(await catchFailure(it.command)).toMatchObject({ kind: "incomplete" });
  }, 10_000);

  test.each([
    ["-l 300", 500, "The line was not ended by LF."],
    ["\u0016\u0003\u0001", 500, "This server does not speak TLS: leave --tls out."],
  ])(
    "that says %j and half-closes is told why that is no command",
    async (text, code, message) => {
      await using it = await scene();
      it.say(text);
      it.client["socket"].shutdown();
      expect(await catchFailure(it.command)).toMatchObject({ code, message });
    },
    10_000,
  );

  test("that gives options and a command is heard whole, however it was cut", async () => {
    await using it = await scene(undefined, 5000);
    for (const letter of "REST 7\r\nHASH\nUSER ada\nPASS x\n-g two words 3000\nmore") {
      it.say(letter);
      await new Promise(setImmediate);
    }
    expect(await it.command).toEqual({ kind: "get", name: "two words", dataPort: 3000 });
    expect([it.hearing.offset, it.hearing.hash, it.hearing.claimed]).toEqual([7, true, undefined]);
    expect(it.codes).toEqual([350, 350, 331, 230]);
  }, 10_000);
});

test("others have their turn after each option, however many came at once", async () => {
  await using it = await scene(undefined, 5000);
  it.say(`${"HASH\n".repeat(500)}-l 3000\n`);
  let most = 0;
  for (let before = 0; before < 500; before = it.codes.length) {
    await new Promise(setImmediate);
    most = Math.max(most, it.codes.length - before);
  }
  expect(await it.command).toEqual({ kind: "list", dataPort: 3000 });
  expect(most).toBeLessThanOrEqual(2);
}, 10_000);

describe("where a login is wanted", () => {
  const login = { check: async (_: string, password: string) => password === "right" };
  const wanted = login as unknown as Login;

  test("a command before it is answered 530", async () => {
    await using it = await scene(wanted);
    it.say("-l 3000\n");
    expect(await catchFailure(it.command)).toMatchObject({ code: 530 });
  }, 10_000);

  test("the right password opens the way, after a wrong one too, and the name is kept for the log", async () => {
    await using it = await scene(wanted);
    it.say("USER ada\nPASS wrong\nPASS right\n-l 3000\n");
    expect(await it.command).toEqual({ kind: "list", dataPort: 3000 });
    expect(it.codes).toEqual([331, 530, 230]);
    expect(it.hearing.claimed).toBe("ada");
  }, 10_000);

  test("PASS without USER is answered 530, and so is the third wrong password, with the end", async () => {
    await using first = await scene(wanted);
    first.say("PASS right\n");
    expect(await catchFailure(first.command)).toMatchObject({ code: 530 });
    await using second = await scene(wanted);
    second.say("USER ada\nPASS a\nPASS b\nPASS c\nPASS right\n-l 3000\n");
    expect((await catchFailure(second.command)).message).toBe(
      "Wrong name or password, once too often.",
    );
    expect(second.codes).toEqual([331, 530, 530]);
  }, 10_000);
});

test("a client that floods with options gets 421 by the wall clock", async () => {
  const ended = Promise.withResolvers<Failure>();
  using listener = listen({ address: "127.0.0.1", port: 0 }, (p) => {
    const answer = (code: number) => p.write(`${code} Yes.\n`, 60_000);
    const hearing = new ControlReader(p, undefined, performance.now(), 200, answer);
    void catchFailure(hearing.command()).then((failure) => (p.close(), ended.resolve(failure)));
  });
  // In a process of its own: one that writes and reads in the same loop as the server cannot flood it.
  const script = `const flood = (s) => { while (s.write("HASH\\n".repeat(2000)) === 10000); };
    await Bun.connect({ hostname: "127.0.0.1", port: ${listener.port},
      socket: { open: flood, drain: flood, data() {}, close() { process.exit(0); } } });`;
  await using child = Bun.spawn([process.execPath, "-e", script], { timeout: 8000 });
  expect(await ended.promise).toMatchObject({ code: 421 });
  child.kill();
}, 10_000);
