import { expect, test } from "bun:test";
import { catchFailure, connectPair, SOON } from "../testing/testing.ts";
import { connectTls } from "./tls-client.ts";
import { acceptTls } from "./tls-server.ts";
import { expectKey, newKey, sendKey } from "./transfer-key.ts";
import { describeTls, tlsPair } from "../testing/tls-testing.ts";

const TIMEOUT = 300;
const WRONG = "0".repeat(32);

test("keys are 32 hexadecimal digits, and all different", () => {
  const keys = Array.from({ length: 100 }, newKey);
  expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
  expect(new Set(keys).size).toBe(100);
});

describeTls("the key on Q over TLS", (authority, good) => {
  /** Q over TLS: the server is the end that dialled. */
  const openQ = async () => {
    const ends = await tlsPair(good.pair, authority.trust(), true);
    return { server: ends.near, client: ends.far, ends };
  };

  test("is accepted if it is right, in whatever pieces it comes", async () => {
    const { server, client, ends } = await openQ();
    await using _ = ends;
    const key = newKey();
    const accepted = expectKey(server, key, SOON);
    await client.write(key.slice(0, 7), SOON);
    await Bun.sleep(5);
    await client.write(key.slice(7), SOON);
    await accepted;
    await server.write("contents", SOON);
    expect(Buffer.from((await client.read(SOON)) ?? []).toString()).toBe("contents");
  }, 10_000);

  test.each([WRONG, WRONG.slice(1), `${WRONG}0`])(
    "is refused if it is wrong: %s",
    async (wrong) => {
      const { server, client, ends } = await openQ();
      await using _ = ends;
      const failure = catchFailure(expectKey(server, newKey(), TIMEOUT));
      await client.write(wrong, SOON);
      if (wrong.length < 32) client["socket"].shutdown();
      expect((await failure).code).toBe(425);
      expect((await failure).message).toStartWith(
        "The peer on Q did not prove that it is the client: ",
      );
    },
    10_000,
  );

  test("is refused if more bytes follow it", async () => {
    const { server, client, ends } = await openQ();
    await using _ = ends;
    const key = newKey();
    await client.write(`${key}x`, SOON);
    expect((await catchFailure(expectKey(server, key, TIMEOUT))).message).toContain(
      "The key was wrong.",
    );
  }, 10_000);

  test("is refused if it does not come in time", async () => {
    const { server, ends } = await openQ();
    await using _ = ends;
    const started = performance.now();
    const failure = await catchFailure(expectKey(server, newKey(), TIMEOUT));
    expect([failure.code, performance.now() - started < SOON]).toEqual([425, true]);
    expect(failure.message).toContain("Nothing came for");
  }, 10_000);

  test("must be in the server's 150", async () => {
    const { client, ends } = await openQ();
    await using _ = ends;
    expect((await catchFailure(sendKey(client, "", SOON))).kind).toBe("protocol");
  }, 10_000);

  test("is not sent if Q has another certificate than P", async () => {
    const pin = await connectAndGetFingerprint(good.pair);
    const other = authority.issue();
    const ends = await connectPair();
    await using _ = ends;
    const handshake = acceptTls(ends.near, other.pair, SOON).catch(() => {});
    const failure = await catchFailure(connectTls(ends.far, { name: "localhost", pin }, SOON));
    await handshake;
    expect(failure.kind).toBe("connect");
    expect(failure.message).toContain("not the pinned one");
  }, 10_000);

  async function connectAndGetFingerprint(keys: typeof good.pair): Promise<string> {
    const ends = await connectPair();
    await using _ = ends;
    const [fingerprint] = await Promise.all([
      connectTls(ends.near, authority.trust(), SOON),
      acceptTls(ends.far, keys, SOON),
    ]);
    return fingerprint;
  }
});
