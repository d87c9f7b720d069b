import { expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import type { Failure } from "../errors.ts";
import type { Connection } from "../net/connection.ts";
import { dial, listen, type Listener } from "../net/socket.ts";
import { catchFailure, connectPair, runScript, SOON } from "../testing/testing.ts";
import type { KeyPair } from "./identity.ts";
import { connectTls } from "./tls-client.ts";
import { acceptTls } from "./tls-server.ts";
import { describeTls } from "../testing/tls-testing.ts";
import { computeFingerprint, type Trust } from "./trust.ts";

const TIMEOUT = 300;

/** A server that only accepts TLS; `handshakes` settle as each of them does. */
function tlsServer(keys: KeyPair, ms = SOON): Listener & { readonly handshakes: Promise<void>[] } {
  const handshakes: Promise<void>[] = [];
  const accept = (p: Connection) => {
    const handshake = acceptTls(p, keys, ms);
    handshake.catch(() => {});
    handshakes.push(handshake);
  };
  return { ...listen({ address: "127.0.0.1", port: 0 }, accept), handshakes };
}

async function connect(port: number, trust: Trust, ms = SOON): Promise<string> {
  const p = await dial({ address: "127.0.0.1", port }, SOON);
  return connectTls(p, trust, ms).finally(() => p.close());
}

describeTls("a TLS client", (authority, good) => {
  test.each(["localhost", "LOCALHOST", "127.0.0.1", "::1"])(
    "trusts a certificate of the right issuer for %s",
    async (name) => {
      using server = tlsServer(good.pair);
      const fingerprint = await connect(server.port, authority.trust(name));
      expect(fingerprint).toBe(computeFingerprint(new X509Certificate(good.pair.cert)));
      await server.handshakes[0];
    },
    10_000,
  );

  test.each(["elsewhere.example", "127.0.0.2", "::2", "ocalhost"])(
    "refuses a certificate that is not for %p",
    async (name) => {
      using server = tlsServer(good.pair);
      const failure = await catchFailure(connect(server.port, authority.trust(name)));
      expect(failure.kind).toBe("connect");
      expect(failure.message).toContain(`and not for "${name}".`);
      expect(failure.message).toContain("DNS:localhost");
    },
    10_000,
  );

  test.each([
    ["TLSv1.3", "a fingerprint"],
    ["TLSv1.2", "a failure"],
  ] as const)(
    "meets a server of at most %s: %s",
    async (maxVersion, outcome) => {
      const server = createServer({ ...good.pair, minVersion: "TLSv1.2", maxVersion });
      await once(server.listen(0, "127.0.0.1"), "listening");
      const { port } = server.address() as AddressInfo;
      const result = await connect(port, authority.trust()).catch((failure: Failure) => failure);
      server.close();
      if (outcome === "a failure") expect(result).toMatchObject({ kind: "connect" });
      else expect(result).toBe(computeFingerprint(new X509Certificate(good.pair.cert)));
    },
    10_000,
  );

  test("refuses a certificate with a name only in its subject", async () => {
    const bare = authority.selfSigned("bare", "");
    using server = tlsServer(bare.pair);
    const failure = await catchFailure(
      connect(server.port, { name: "localhost", ca: bare.pair.cert }),
    );
    expect(failure.message).toContain("no subjectAltName");
  }, 10_000);

  test("refuses an unknown issuer, and names the fingerprint, --ca and --pin", async () => {
    using server = tlsServer(good.pair);
    const failure = await catchFailure(connect(server.port, { name: "localhost" }));
    expect(failure.kind).toBe("connect");
    expect(failure.message).toMatch(
      /this host does not know the issuer.* --ca .*--pin sha256:[0-9a-f]{64}$/,
    );
  }, 10_000);

  test("refuses a self-signed certificate", async () => {
    using server = tlsServer(authority.selfSigned("self").pair);
    const failure = await catchFailure(connect(server.port, authority.trust()));
    expect(failure.message).toContain("this host does not know the issuer");
  }, 10_000);

  test("refuses an expired certificate, even of the right issuer", async () => {
    using server = tlsServer(authority.issue(undefined, -1).pair);
    const failure = await catchFailure(connect(server.port, authority.trust()));
    expect(failure.message).toContain("has expired");
  }, 10_000);

  test("trusts only the pinned certificate, whatever its issuer, name and dates", async () => {
    const old = authority.issue("DNS:elsewhere.example", -1);
    using server = tlsServer(old.pair);
    const refused = await catchFailure(connect(server.port, { name: "localhost" }));
    const pin = computeFingerprint(new X509Certificate(old.pair.cert));
    expect(await connect(server.port, { name: "localhost", pin })).toBe(pin);
    const failure = await catchFailure(
      connect(server.port, { name: "localhost", pin: "0".repeat(64) }),
    );
    expect(failure.message).toContain(`its certificate is sha256:${pin}, not the pinned one`);
    expect(refused).not.toBe(failure);
  }, 10_000);

  test("that refuses a certificate has not sent a byte of data", async () => {
    const { near, far } = await connectPair();
    const accepted = acceptTls(far, good.pair, SOON);
    await catchFailure(connectTls(near, { name: "localhost" }, SOON));
    await accepted.then(
      async () => expect(await far.read(SOON).catch(() => undefined)).toBeUndefined(),
      () => {},
    );
    expect((await catchFailure(near.write("PASS secret\n", SOON))).kind).toBe("connect");
  }, 10_000);

  test("waits for the handshake no longer than its timeout", async () => {
    using silent = listen({ address: "127.0.0.1", port: 0 }, () => {});
    const started = performance.now();
    const failure = await catchFailure(connect(silent.port, authority.trust(), TIMEOUT));
    expect(failure.kind).toBe("timeout");
    expect(failure.message).toBe("No TLS handshake within 0.3 s. Does the server speak TLS?");
    expect(performance.now() - started).toBeLessThan(TIMEOUT + SOON);
  }, 10_000);

  test.each(["500 This server does not speak TLS.\n", "220 ready\r\nmore", "\x15 almost"])(
    "shows what a server without TLS answers: %j",
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

  test("accepts no bytes from before the handshake", async () => {
    const { near, far } = await connectPair();
    await far.write("226 bytes=0 Done.\n", SOON);
    await Bun.sleep(20);
    const failure = await catchFailure(connectTls(near, authority.trust(), SOON));
    expect(failure.message).toContain('It said: "226 bytes=0 Done."');
    far.close();
  }, 10_000);

  test("says that the server closed the connection during the handshake", async () => {
    using server = runScript(async (p) => void (await p.read(SOON)));
    const failure = await catchFailure(connect(server.port, authority.trust()));
    expect(failure.message).toContain("the server broke off the TLS handshake");
  }, 10_000);
});
