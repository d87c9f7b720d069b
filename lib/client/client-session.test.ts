// One conversation of the client with servers that keep the rules, and with some that do not.

import { describe, expect, test } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { Failure } from "../errors.ts";
import { ClientSession } from "./client-session.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { dial, listen } from "../net/socket.ts";
import { catchFailure, countDescriptors, runScript, SOON, waitUntil } from "../testing/testing.ts";

/** Opens an exchange with a server that runs `script`, and hands it to `work`. */
async function converse<T>(
  script: (p: Connection) => Promise<void>,
  work: (exchange: ClientSession) => Promise<T>,
  target: Partial<ConnectOptions> = {},
): Promise<T> {
  using server = runScript(script);
  const plain = { host: "127.0.0.1", port: server.port, dataPort: 0, timeout: 300, stall: 300 };
  using exchange = await ClientSession.open({ ...plain, ...target });
  return await work(exchange);
}

const hear = async (p: Connection) => Buffer.from((await p.read(SOON)) ?? []).toString();
const list = (exchange: ClientSession) =>
  exchange.sendCommand((dataPort) => ({ kind: "list", dataPort }));

/** Answers with `line` to whatever comes, and waits for the client's close. */
const answer = (line: string | Uint8Array) => async (p: Connection) => {
  await p.read(SOON);
  await p.write(line, SOON);
  await p.finish(SOON);
};

describe("an exchange", () => {
  test("that cannot be opened says where to", async () => {
    const closed = runScript(async () => {});
    closed[Symbol.dispose]();
    const failure = await catchFailure(converse(async () => {}, list, { port: closed.port }));
    expect(failure).toMatchObject({ kind: "connect" });
    expect(failure.message).toContain(`127.0.0.1:${closed.port}`);
  }, 10_000);

  test("whose data port is in use says so before anything is sent", async () => {
    using other = listen({ address: "127.0.0.1", port: 0 }, () => {});
    let heard = "nothing";
    const script = async (p: Connection) => void (heard = await hear(p));
    const failure = await catchFailure(converse(script, list, { dataPort: other.port }));
    expect(failure).toMatchObject({ kind: "local" });
    await waitUntil(() => heard !== "nothing", "the close of P");
    expect(heard).toBe("");
  }, 10_000);

  test("listens for Q before it sends the command, on the port that was asked for", async () => {
    const free = runScript(async () => {});
    free[Symbol.dispose]();
    const script = async (p: Connection) => {
      expect(await hear(p)).toBe(`-l ${free.port}\n`);
      await using q = await dial({ address: "127.0.0.1", port: free.port }, SOON);
      await p.write(`150 bytes=3 port=${q.local.port} version=v1 x\n`, SOON);
      await p.finish(SOON);
    };
    const target = { dataPort: free.port };
    expect(await converse(script, list, target)).toEqual({ bytes: 3, version: "v1" });
  }, 10_000);

  test("sends an option only after the reply to the one before", async () => {
    const heard: string[] = [];
    const script = async (p: Connection) => {
      for (let line; (line = await hear(p)) !== "";) {
        heard.push(line);
        await Bun.sleep(5);
        await p.write("350 Yes.\n", SOON);
      }
    };
    await converse(script, async (exchange) => {
      await exchange.sendOption({ kind: "rest", offset: 5 });
      await exchange.sendOption({ kind: "hash" });
    });
    expect(heard).toEqual(["REST 5\n", "HASH\n"]);
  }, 10_000);

  test("takes a reply that comes byte by byte", async () => {
    const script = async (p: Connection) => {
      await hear(p);
      for (const byte of Buffer.from("550 File not found: ä\r\n")) {
        await p.write(Uint8Array.of(byte), SOON);
        await new Promise(setImmediate);
      }
    };
    expect((await catchFailure(converse(script, list))).message).toContain("File not found: ä");
  }, 10_000);

  const REFUSALS: [string, string, string][] = [
    ["550 File not found: x\n", "refused", "File not found: x"],
    ["421 Too busy.\n", "refused", "Too busy."],
    ["530 Log in first.\n", "login", "Log in first."],
    ["226 bytes=0 Done.\n", "refused", "Done."],
    ["550 a\u001b[2J\u202eb\n", "refused", "a\\x1b[2J\\u{202e}b"],
  ];
  test.each(REFUSALS)(
    "that is answered with %j ends in a failure of kind %s",
    async (...row) => {
      const [line, kind, text] = row;
      const failure = await catchFailure(converse(answer(line), list));
      expect(failure.kind).toBe(kind as Failure["kind"]);
      expect(failure.message).toContain(text);
      expect(failure.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    },
    10_000,
  );

  const GARBAGE: [string, string | Uint8Array][] = [
    ["no reply", "hello\n"],
    ["an empty line", "\n"],
    ["HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["binary", Uint8Array.of(0, 0xff, 0x1b, 0x5b, 0x0a)],
    ["150 without a port", "150 bytes=3 x\n"],
    ["150 without a length", "150 port=3000 x\n"],
    ["150 with a negative length", "150 bytes=-1 port=3000 x\n"],
    ["150 with a length beyond all files", "150 bytes=99999999999999999999 port=3000 x\n"],
    ["an endless line", "x".repeat(5000)],
  ];
  test.each(GARBAGE)(
    "that is answered with %s ends in a failure of kind protocol",
    async (...row) => {
      const failure = await catchFailure(converse(answer(row[1]), list));
      expect(failure).toMatchObject({ kind: "protocol" });
      expect(failure.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    },
    10_000,
  );

  test("with a server that says nothing ends after the timeout, also where it drips", async () => {
    const drip = async (p: Connection) => {
      while (!p.over) {
        p.push(Buffer.from("x"));
        await Bun.sleep(10);
      }
    };
    for (const script of [async (p: Connection) => void (await p.finish(SOON)), drip]) {
      const silent = script !== drip;
      const failure = await catchFailure(converse(script, list, { timeout: 60 }));
      expect(failure.kind).toBe(silent ? "incomplete" : "timeout");
    }
    const wait = async (p: Connection) => void (await hear(p), await hear(p));
    expect(await catchFailure(converse(wait, list, { timeout: 60 }))).toMatchObject({
      kind: "timeout",
    });
  }, 10_000);

  test("with a server that announces a Q and never dials ends after the timeout", async () => {
    const failure = await catchFailure(
      converse(answer("150 bytes=3 port=3000 x\n"), list, { timeout: 60 }),
    );
    expect(failure).toMatchObject({ kind: "timeout" });
  }, 10_000);

  test("with a server that resets P is broken, and no refusal", async () => {
    const script = async (p: Connection) => {
      await hear(p);
      p.abort(new Failure("other", "Gone."));
    };
    expect(await catchFailure(converse(script, list))).toMatchObject({ kind: "incomplete" });
  }, 10_000);

  test("closes P and the data port, whatever has happened", async () => {
    const before = countDescriptors();
    for (const line of ["550 No.\n", "hello\n", "150 bytes=3 port=3000 x\n", ""]) {
      await catchFailure(converse(answer(line), list, { timeout: 30 }));
    }
    await waitUntil(() => countDescriptors() <= before, "the release of all descriptors");
  }, 10_000);
});

describe("an abort", () => {
  const reason = new Failure("other", "Interrupted.");

  test("before the connect ends it with its reason", async () => {
    const signal = AbortSignal.abort(reason);
    expect(await catchFailure(converse(async () => {}, list, { signal }))).toBe(reason);
  }, 10_000);

  test("while a reply is waited for ends it at once with its reason", async () => {
    const abort = new AbortController();
    const script = async (p: Connection) => {
      await hear(p);
      abort.abort(reason);
      await p.finish(SOON);
    };
    const target = { timeout: SOON, signal: abort.signal };
    expect(await catchFailure(converse(script, list, target))).toBe(reason);
  }, 10_000);

  test("in the middle of the file ends it at once with its reason, and Q is reset", async () => {
    const abort = new AbortController();
    const q = Promise.withResolvers<Connection>();
    const script = async (p: Connection) => {
      const port = Number((await hear(p)).split(" ")[1]);
      const dialled = await dial({ address: "127.0.0.1", port }, SOON);
      q.resolve(dialled);
      await p.write(`150 bytes=10 port=${dialled.local.port} x\n`, SOON);
      await dialled.write("01234", SOON);
      await p.finish(SOON);
    };
    const work = async (exchange: ClientSession) => {
      const { bytes } = await list(exchange);
      await exchange.receivePayload(bytes, { write: () => abort.abort(reason) });
    };
    const target = { timeout: SOON, signal: abort.signal };
    expect(await catchFailure(converse(script, work, target))).toBe(reason);
    expect(await catchFailure((await q.promise).read(SOON))).toMatchObject({ kind: "incomplete" });
  }, 10_000);
});

test("an abort while Q is waited for ends it at once", async () => {
  const abort = new AbortController();
  const reason = new Failure("other", "Interrupted.");
  using server = runScript(async (p) => {
    await p.read(SOON);
    await p.write("150 bytes=3 port=3000 x\n", SOON);
    abort.abort(reason);
    await p.read(SOON);
  });
  // Longer than the test may take: only the abort can end it.
  const times = { timeout: 60_000, stall: 60_000 };
  const target = {
    host: "127.0.0.1",
    port: server.port,
    dataPort: 0,
    ...times,
    signal: abort.signal,
  };
  using exchange = await ClientSession.open(target);
  const waiting = exchange.sendCommand((dataPort) => ({ kind: "list", dataPort }));
  expect(await catchFailure(waiting)).toBe(reason);
}, 5000);
