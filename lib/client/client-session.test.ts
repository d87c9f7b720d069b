// One session of the client, with servers that follow the protocol and servers that do not.

import { describe, expect, test } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { Failure } from "../errors.ts";
import { ClientSession } from "./client-session.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { dial, listen } from "../net/socket.ts";
import { catchFailure, countDescriptors, runScript, SOON, waitUntil } from "../testing/testing.ts";

/** Opens a session with a server that runs `script`, and passes it to `work`. */
async function runSession<T>(
  script: (p: Connection) => Promise<void>,
  work: (session: ClientSession) => Promise<T>,
  options: Partial<ConnectOptions> = {},
): Promise<T> {
  using server = runScript(script);
  const usual = { host: "127.0.0.1", port: server.port, dataPort: 0, timeout: 300, stall: 300 };
  using session = await ClientSession.open({ ...usual, ...options });
  return await work(session);
}

const readLine = async (p: Connection) => Buffer.from((await p.read(SOON)) ?? []).toString();
const sendList = (session: ClientSession) =>
  session.sendCommand({ kind: "list", dataPort: session.dataPort });

/** Sends `line` after the first bytes of the client, and waits for its close. */
const sendReply = (line: string | Uint8Array) => async (p: Connection) => {
  await p.read(SOON);
  await p.write(line, SOON);
  await p.finish(SOON);
};

describe("a session", () => {
  test("that cannot be opened names the address and port", async () => {
    const closed = runScript(async () => {});
    closed[Symbol.dispose]();
    const failure = await catchFailure(runSession(async () => {}, sendList, { port: closed.port }));
    expect(failure).toMatchObject({ kind: "connect" });
    expect(failure.message).toContain(`127.0.0.1:${closed.port}`);
  }, 10_000);

  test("whose data port is in use fails before anything is sent", async () => {
    using other = listen({ address: "127.0.0.1", port: 0 }, () => {});
    let received = "nothing";
    const script = async (p: Connection) => void (received = await readLine(p));
    const failure = await catchFailure(runSession(script, sendList, { dataPort: other.port }));
    expect(failure).toMatchObject({ kind: "local" });
    await waitUntil(() => received !== "nothing", "the close of P");
    expect(received).toBe("");
  }, 10_000);

  test("listens on the given data port before it sends the command", async () => {
    const free = runScript(async () => {});
    free[Symbol.dispose]();
    const script = async (p: Connection) => {
      expect(await readLine(p)).toBe(`-l ${free.port}\n`);
      await using q = await dial({ address: "127.0.0.1", port: free.port }, SOON);
      await p.write(`150 bytes=3 port=${q.local.port} version=v1 x\n`, SOON);
      await p.finish(SOON);
    };
    const options = { dataPort: free.port };
    expect(await runSession(script, sendList, options)).toMatchObject({ bytes: 3, version: "v1" });
  }, 10_000);

  test("sends an option only after the reply to the previous one", async () => {
    const lines: string[] = [];
    const script = async (p: Connection) => {
      for (let line; (line = await readLine(p)) !== "";) {
        lines.push(line);
        await Bun.sleep(5);
        await p.write("350 Yes.\n", SOON);
      }
    };
    await runSession(script, async (session) => {
      await session.sendOption({ kind: "rest", offset: 5 });
      await session.sendOption({ kind: "hash" });
    });
    expect(lines).toEqual(["REST 5\n", "HASH\n"]);
  }, 10_000);

  test("reads a reply that comes byte by byte", async () => {
    const script = async (p: Connection) => {
      await readLine(p);
      for (const byte of Buffer.from("550 File not found: ä\r\n")) {
        await p.write(Uint8Array.of(byte), SOON);
        await new Promise(setImmediate);
      }
    };
    expect((await catchFailure(runSession(script, sendList))).message).toContain(
      "File not found: ä",
    );
  }, 10_000);

  const REFUSALS: [string, string, string][] = [
    ["550 File not found: x\n", "refused", "File not found: x"],
    ["421 Too busy.\n", "refused", "Too busy."],
    ["530 Log in first.\n", "login", "Log in first."],
    ["226 bytes=0 Done.\n", "refused", "Done."],
    ["550 a\u001b[2J\u202eb\n", "refused", "a\\x1b[2J\\u{202e}b"],
  ];
  test.each(REFUSALS)(
    "in which the server replies %j ends in a failure of kind %s",
    async (...row) => {
      const [line, kind, text] = row;
      const failure = await catchFailure(runSession(sendReply(line), sendList));
      expect(failure.kind).toBe(kind as Failure["kind"]);
      expect(failure.message).toContain(text);
      expect(failure.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    },
    10_000,
  );

  const GARBAGE: [string, string | Uint8Array][] = [
    ["a line without a code", "hello\n"],
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
    "in which the server replies with %s ends in a failure of kind protocol",
    async (...row) => {
      const failure = await catchFailure(runSession(sendReply(row[1]), sendList));
      expect(failure).toMatchObject({ kind: "protocol" });
      expect(failure.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    },
    10_000,
  );

  test("ends after its timeout if the server sends nothing, or no whole line", async () => {
    const sendForever = async (p: Connection) => {
      while (!p.hasEnded) {
        p.push(Buffer.from("x"));
        await Bun.sleep(10);
      }
    };
    for (const script of [async (p: Connection) => void (await p.finish(SOON)), sendForever]) {
      const isSilent = script !== sendForever;
      const failure = await catchFailure(runSession(script, sendList, { timeout: 60 }));
      expect(failure.kind).toBe(isSilent ? "incomplete" : "timeout");
    }
    const wait = async (p: Connection) => void (await readLine(p), await readLine(p));
    expect(await catchFailure(runSession(wait, sendList, { timeout: 60 }))).toMatchObject({
      kind: "timeout",
    });
  }, 10_000);

  test("ends after its timeout if the server announces Q and does not dial", async () => {
    const announce = async (p: Connection) => {
      await readLine(p);
      await p.write("150 bytes=3 port=3000 x\n", SOON);
      await readLine(p);
    };
    const failure = await catchFailure(runSession(announce, sendList, { timeout: 60 }));
    expect(failure).toMatchObject({ kind: "timeout" });
    expect(failure.message).toEndWith("127.0.0.1:3000, but it did not arrive within 0.1 s.");
  }, 10_000);

  // Longer than the test may take, so that only what comes on P can end the wait for Q.
  const LONG = { timeout: 60_000 };

  test("ends with the server's words if an error follows 150 at once, or later", async () => {
    const atOnce = sendReply("150 bytes=3 port=3000 x\n426 The disk has failed.\n");
    const later = async (p: Connection) => {
      await readLine(p);
      await p.write("150 bytes=3 port=3000 x\n", SOON);
      await Bun.sleep(20);
      await p.write("426 The disk has failed.\n", SOON);
      await readLine(p);
    };
    for (const script of [atOnce, later]) {
      const failure = await catchFailure(runSession(script, sendList, LONG));
      expect([failure.kind, failure.message]).toEqual(["incomplete", "The disk has failed."]);
    }
  }, 5000);

  test("ends with the server's words if Q was reset before it could be accepted", async () => {
    const script = async (p: Connection) => {
      const port = Number((await readLine(p)).split(" ")[1]);
      const q = await dial({ address: "127.0.0.1", port }, SOON);
      p.push(Buffer.from(`150 bytes=3 port=${q.local.port} x\n`));
      q.abort(new Failure("other", "Gone."));
      p.push(Buffer.from("426 The disk has failed.\n"));
      await readLine(p);
    };
    const work = async (session: ClientSession) => {
      const { bytes } = await sendList(session);
      return session.receivePayload(bytes, { write: () => {} });
    };
    const failure = await catchFailure(runSession(script, work, LONG));
    expect(failure).toMatchObject({ kind: "incomplete" });
    expect(failure.message).toEndWith("The disk has failed.");
  }, 5000);

  test("ends at once if P ends or breaks while Q is awaited", async () => {
    const closed = sendReply("150 bytes=3 port=3000 x\n");
    const broken = async (p: Connection) => {
      await readLine(p);
      await p.write("150 bytes=3 port=3000 x\n", SOON);
      await Bun.sleep(20);
      p.abort(new Failure("other", "Gone."));
    };
    for (const script of [closed, broken]) {
      expect(await catchFailure(runSession(script, sendList, LONG))).toMatchObject({
        kind: "incomplete",
      });
    }
  }, 5000);

  test("still waits for Q if 226 comes before it", async () => {
    const script = async (p: Connection) => {
      const port = Number((await readLine(p)).split(" ")[1]);
      const to = { address: "127.0.0.1", port };
      const reserved = listen({ address: "127.0.0.1", port: 0 }, () => {});
      reserved[Symbol.dispose]();
      await p.write(`150 bytes=3 port=${reserved.port} x\n226 bytes=3 x\n`, SOON);
      await Bun.sleep(20);
      const from = { localAddress: "127.0.0.1", localPort: reserved.port };
      const q = await Bun.connect({ hostname: to.address, port, ...from, socket: { data() {} } });
      q.write("abc");
      q.end();
      await readLine(p);
    };
    const work = async (session: ClientSession) => {
      const { bytes } = await sendList(session);
      return session.receivePayload(bytes, { write: () => {} });
    };
    expect(await runSession(script, work, { timeout: SOON })).toMatchObject({ code: 226 });
  }, 10_000);

  test("speaks of the whole limit if no reply comes, or no whole one", async () => {
    const drip = async (p: Connection) => {
      while (!p.hasEnded) {
        p.push(Buffer.from("x"));
        await Bun.sleep(10);
      }
    };
    const failure = await catchFailure(runSession(drip, sendList, { timeout: 200 }));
    expect(failure.message).toBe("The server sent no reply within 0.2 s.");
  }, 10_000);

  test("tells that all bytes arrived if only the confirmation is missing", async () => {
    const script = async (p: Connection) => {
      const port = Number((await readLine(p)).split(" ")[1]);
      await using q = await dial({ address: "127.0.0.1", port }, SOON);
      await p.write(`150 bytes=3 port=${q.local.port} x\n`, SOON);
      await q.write("abc", SOON);
      await q.finish(SOON);
      p.abort(new Failure("other", "Gone."));
    };
    const work = async (session: ClientSession) => {
      const { bytes } = await sendList(session);
      return session.receivePayload(bytes, { write: () => {} });
    };
    const failure = await catchFailure(runSession(script, work));
    expect(failure).toMatchObject({ kind: "incomplete" });
    expect(failure.message).toStartWith(
      "All 3 announced bytes arrived, but the server did not confirm",
    );
  }, 10_000);

  test("is incomplete, and not refused, if the server resets P", async () => {
    const script = async (p: Connection) => {
      await readLine(p);
      p.abort(new Failure("other", "Gone."));
    };
    expect(await catchFailure(runSession(script, sendList))).toMatchObject({ kind: "incomplete" });
  }, 10_000);

  test("closes P and the data port, whatever happens", async () => {
    const before = countDescriptors();
    for (const line of ["550 No.\n", "hello\n", "150 bytes=3 port=3000 x\n", ""]) {
      await catchFailure(runSession(sendReply(line), sendList, { timeout: 30 }));
    }
    await waitUntil(() => countDescriptors() <= before, "the release of all descriptors");
  }, 10_000);
});

describe("an aborted session", () => {
  const reason = new Failure("other", "Interrupted.");

  test("throws the reason before it connects", async () => {
    const signal = AbortSignal.abort(reason);
    expect(await catchFailure(runSession(async () => {}, sendList, { signal }))).toBe(reason);
  }, 10_000);

  test("throws the reason at once while it waits for a reply", async () => {
    const abort = new AbortController();
    const script = async (p: Connection) => {
      await readLine(p);
      abort.abort(reason);
      await p.finish(SOON);
    };
    const options = { timeout: SOON, signal: abort.signal };
    expect(await catchFailure(runSession(script, sendList, options))).toBe(reason);
  }, 10_000);

  test("throws the reason at once in the middle of a file, and resets Q", async () => {
    const abort = new AbortController();
    const q = Promise.withResolvers<Connection>();
    const script = async (p: Connection) => {
      const port = Number((await readLine(p)).split(" ")[1]);
      const dialled = await dial({ address: "127.0.0.1", port }, SOON);
      q.resolve(dialled);
      await p.write(`150 bytes=10 port=${dialled.local.port} x\n`, SOON);
      await dialled.write("01234", SOON);
      await p.finish(SOON);
    };
    const work = async (session: ClientSession) => {
      const { bytes } = await sendList(session);
      await session.receivePayload(bytes, { write: () => abort.abort(reason) });
    };
    const options = { timeout: SOON, signal: abort.signal };
    expect(await catchFailure(runSession(script, work, options))).toBe(reason);
    expect(await catchFailure((await q.promise).read(SOON))).toMatchObject({ kind: "incomplete" });
  }, 10_000);
});

test("an aborted session throws the reason at once while it waits for Q", async () => {
  const abort = new AbortController();
  const reason = new Failure("other", "Interrupted.");
  using server = runScript(async (p) => {
    await p.read(SOON);
    await p.write("150 bytes=3 port=3000 x\n", SOON);
    abort.abort(reason);
    await p.read(SOON);
  });
  // Longer than the test may take, so that only the abort can end the session.
  const times = { timeout: 60_000, stall: 60_000 };
  const options = {
    host: "127.0.0.1",
    port: server.port,
    dataPort: 0,
    ...times,
    signal: abort.signal,
  };
  using session = await ClientSession.open(options);
  const announcement = sendList(session);
  expect(await catchFailure(announcement)).toBe(reason);
}, 5000);
