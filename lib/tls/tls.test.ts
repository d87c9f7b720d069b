import { afterAll, describe, expect, test } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { dial, listen, type Listener } from "../net/socket.ts";
import {
  catchFailure,
  countDescriptors,
  connectPair,
  readAll,
  runScript,
  SOON,
  waitUntil,
} from "../testing/testing.ts";
import { acceptTls, connectTls, type KeyPair } from "./tls.ts";
import { Authority, NO_OPENSSL, tlsPair } from "../testing/tls-testing.ts";
import type { Trust } from "./tls-trust.ts";
import { computeFingerprint } from "./tls-trust.ts";

const skipped = NO_OPENSSL ? ` (skipped: needs ${NO_OPENSSL})` : "";
const HANDSHAKE = 300;

/** Accepts over TLS, and keeps what came of it. */
function tlsServer(keys: KeyPair, ms = SOON): Listener & { readonly ends: Promise<void>[] } {
  const ends: Promise<void>[] = [];
  const accept = (p: Connection) => {
    const end = acceptTls(p, keys, ms);
    end.catch(() => {});
    ends.push(end);
  };
  return { ...listen({ address: "127.0.0.1", port: 0 }, accept), ends };
}

async function connect(port: number, trust: Trust, ms = SOON): Promise<string> {
  const p = await dial({ address: "127.0.0.1", port }, SOON);
  return connectTls(p, trust, ms).finally(() => p.close());
}

describe.skipIf(Boolean(NO_OPENSSL))(`a TLS client${skipped}`, () => {
  const authority = NO_OPENSSL ? (undefined as never) : new Authority();
  const good = NO_OPENSSL ? (undefined as never) : authority.issue();
  afterAll(() => authority[Symbol.dispose]());

  test.each(["localhost", "LOCALHOST", "127.0.0.1", "::1"])(
    "believes a certificate of the right issuer for %s",
    async (name) => {
      using server = tlsServer(good.pair);
      const seen = await connect(server.port, authority.trust(name));
      const { X509Certificate } = await import("node:crypto");
      expect(seen).toBe(computeFingerprint(new X509Certificate(good.pair.cert)));
      await server.ends[0];
    },
    10_000,
  );

  test.each(["elsewhere.example", "127.0.0.2", "::2", "ocalhost"])(
    "refuses a certificate that is not for it: %p",
    async (name) => {
      using server = tlsServer(good.pair);
      const failure = await catchFailure(connect(server.port, authority.trust(name)));
      expect(failure.kind).toBe("connect");
      expect(failure.message).toContain(`and not for "${name}".`);
      expect(failure.message).toContain("DNS:localhost");
    },
    10_000,
  );

  test("refuses one whose name stands only in the subject", async () => {
    const bare = authority.selfSigned("bare", "");
    using server = tlsServer(bare.pair);
    const failure = await catchFailure(
      connect(server.port, { name: "localhost", ca: bare.pair.cert }),
    );
    expect(failure.message).toContain("no subjectAltName");
  }, 10_000);

  test("refuses an unknown issuer, and shows the fingerprint and both ways out", async () => {
    using server = tlsServer(good.pair);
    const failure = await catchFailure(connect(server.port, { name: "localhost" }));
    expect(failure.kind).toBe("connect");
    expect(failure.message).toMatch(
      /nobody whom this host trusts.* --ca .*--pin sha256:[0-9a-f]{64}$/,
    );
  }, 10_000);

  test("refuses one that has signed itself", async () => {
    using server = tlsServer(authority.selfSigned("self").pair);
    const failure = await catchFailure(connect(server.port, authority.trust()));
    expect(failure.message).toContain("nobody whom this host trusts");
  }, 10_000);

  test("refuses one that has expired, also where the issuer is right", async () => {
    using server = tlsServer(authority.issue(undefined, -1).pair);
    const failure = await catchFailure(connect(server.port, authority.trust()));
    expect(failure.message).toContain("has expired");
  }, 10_000);

  test("believes the pinned certificate whatever its issuer, name and dates, and no other", async () => {
    const old = authority.issue("DNS:elsewhere.example", -1);
    using server = tlsServer(old.pair);
    const refused = await catchFailure(connect(server.port, { name: "localhost" }));
    const { X509Certificate } = await import("node:crypto");
    const pin = computeFingerprint(new X509Certificate(old.pair.cert));
    expect(await connect(server.port, { name: "localhost", pin })).toBe(pin);
    const failure = await catchFailure(
      connect(server.port, { name: "localhost", pin: "0".repeat(64) }),
    );
    expect(failure.message).toContain(`its certificate is sha256:${pin}, not the one`);
    expect(refused).not.toBe(failure);
  }, 10_000);

  test("that refuses has not sent a byte of data", async () => {
    const { near, far } = await connectPair();
    const accepted = acceptTls(far, good.pair, SOON);
    await catchFailure(connectTls(near, { name: "localhost" }, SOON));
    await accepted.then(
      async () => expect(await far.read(SOON).catch(() => undefined)).toBeUndefined(),
      () => {},
    );
    expect((await catchFailure(near.write("PASS secret\n", SOON))).kind).toBe("connect");
  }, 10_000);

  test("waits for the handshake no longer than it says", async () => {
    using silent = listen({ address: "127.0.0.1", port: 0 }, () => {});
    const started = performance.now();
    const failure = await catchFailure(connect(silent.port, authority.trust(), HANDSHAKE));
    expect(failure.kind).toBe("timeout");
    expect(failure.message).toBe("No TLS handshake within 0.3 s. Does the server speak TLS?");
    expect(performance.now() - started).toBeLessThan(HANDSHAKE + SOON);
  }, 10_000);

  test.each(["500 This server does not speak TLS.\n", "220 ready\r\nmore", "\x15 almost"])(
    "says what a server without TLS has answered: %j",
    async (line) => {
      using server = runScript(async (p) => {
        await p.read(SOON);
        await p.write(line, SOON);
        await p.finish(SOON);
      });
      const failure = await catchFailure(connect(server.port, authority.trust()));
      expect(failure.kind).toBe("connect");
      if (line.startsWith("\x15")) expect(failure.message).toContain("no TLS handshake");
      else expect(failure.message).toContain(`It said: "${line.split(/\r?\n/)[0]}"`);
    },
    10_000,
  );

  test("believes nothing that came before the handshake", async () => {
    const { near, far } = await connectPair();
    await far.write("226 bytes=0 Done.\n", SOON);
    await Bun.sleep(20);
    const failure = await catchFailure(connectTls(near, authority.trust(), SOON));
    expect(failure.message).toContain('It said: "226 bytes=0 Done."');
    far.close();
  }, 10_000);

  test("says that a server has gone away in the middle", async () => {
    using server = runScript(async (p) => void (await p.read(SOON)));
    const failure = await catchFailure(connect(server.port, authority.trust()));
    expect(failure.message).toContain("the server broke off the TLS handshake");
  }, 10_000);
});

describe.skipIf(Boolean(NO_OPENSSL))(`a TLS server${skipped}`, () => {
  const authority = NO_OPENSSL ? (undefined as never) : new Authority();
  const good = NO_OPENSSL ? (undefined as never) : authority.issue();
  afterAll(() => authority[Symbol.dispose]());

  test.each(["-l 3000\n", "U", "\x80\x2e\x01"])(
    "leaves the connection of a client without TLS in the clear, to answer on it: %j",
    async (line) => {
      await using ends = await connectPair();
      const accepted = catchFailure(acceptTls(ends.far, good.pair, SOON));
      await ends.near.write(line, SOON);
      const failure = await accepted;
      expect([failure.code, failure.message]).toEqual([421, "This server speaks TLS: use --tls."]);
      await ends.far.write("421 so\n", SOON);
      const text = readAll(ends.near).finally(() => ends.near.close());
      await ends.far.finish(SOON);
      expect((await text).toString()).toBe("421 so\n");
    },
    10_000,
  );

  test("says so to a client that says nothing, when its time is over", async () => {
    await using ends = await connectPair();
    const failure = await catchFailure(acceptTls(ends.far, good.pair, HANDSHAKE));
    expect([failure.code, failure.message]).toEqual([
      421,
      "No TLS handshake within 0.3 s. This server speaks TLS: use --tls.",
    ]);
    await ends.far.write("421 so\n", SOON);
  }, 10_000);

  test.each([1, 5, 100])(
    "waits no longer for a handshake that stops after %i bytes",
    async (count) => {
      await using ends = await connectPair();
      const hello = Buffer.concat([Buffer.from("160301020001000", "hex"), Buffer.alloc(200)]);
      await ends.near.write(hello.subarray(0, count), SOON);
      const failure = await catchFailure(acceptTls(ends.far, good.pair, HANDSHAKE));
      expect([failure.code, failure.message]).toEqual([421, "No TLS handshake within 0.3 s."]);
      expect(ends.far.over).toBe(true);
    },
    10_000,
  );

  test("breaks a connection on which what follows is no handshake", async () => {
    await using ends = await connectPair();
    await ends.near.write(Buffer.from([22, 3, 1, 0, 4, 9, 9, 9, 9]), SOON);
    const failure = await catchFailure(acceptTls(ends.far, good.pair, SOON));
    expect(failure.message).toContain("No TLS with this client: ");
    expect(ends.far.over).toBe(true);
  }, 10_000);

  test("takes a handshake in any pieces, and a client that has half-closed still gets all", async () => {
    const ends = await tlsPair(good.pair, authority.trust());
    await using _ = ends;
    await ends.near.write("-l 3000\n", SOON);
    ends.near["socket"].shutdown();
    expect((await readAll(ends.far)).toString()).toBe("-l 3000\n");
    await ends.far.write("150 x\n", SOON);
    const text = readAll(ends.near).finally(() => ends.near.close());
    await ends.far.finish(SOON);
    expect((await text).toString()).toBe("150 x\n");
  }, 10_000);

  test("leaves no descriptor behind, whatever the client did", async () => {
    const before = countDescriptors();
    for (const start of ["", "-l 1\n", "\x16", "\x16\x03\x01\x00\x02hi"]) {
      const ends = await connectPair();
      const end = acceptTls(ends.far, good.pair, 50).catch(() => {});
      if (start !== "") await ends.near.write(start, SOON).catch(() => {});
      await end;
      ends.near.close();
      ends.far.close();
    }
    await waitUntil(() => countDescriptors() <= before, "the end of all sockets");
  }, 10_000);
});
