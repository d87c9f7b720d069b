import { afterAll, describe, expect, test } from "bun:test";
import { catchFailure, connectPair, SOON } from "../testing/testing.ts";
import { acceptTls, connectTls } from "./tls.ts";
import { expectKey, newKey, sendKey } from "./tls-key.ts";
import { Authority, NO_OPENSSL, tlsPair } from "../testing/tls-testing.ts";

const skipped = NO_OPENSSL ? ` (skipped: needs ${NO_OPENSSL})` : "";
const WAIT = 300;
const WRONG = "0".repeat(32);

test("keys are 32 hexadecimal digits, and never the same", () => {
  const keys = Array.from({ length: 100 }, newKey);
  expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
  expect(new Set(keys).size).toBe(100);
});

describe.skipIf(Boolean(NO_OPENSSL))(`Q over TLS${skipped}`, () => {
  const authority = NO_OPENSSL ? (undefined as never) : new Authority();
  const good = NO_OPENSSL ? (undefined as never) : authority.issue();
  afterAll(() => authority[Symbol.dispose]());

  /** Q with the server on the end that dialled, and what the server finds of the key. */
  const q = async () => {
    const ends = await tlsPair(good.pair, authority.trust(), true);
    return { server: ends.near, client: ends.far, ends };
  };

  test("is the client's where the right key comes, in whatever pieces", async () => {
    const { server, client, ends } = await q();
    await using _ = ends;
    const key = newKey();
    const proved = expectKey(server, key, SOON);
    await client.write(key.slice(0, 7), SOON);
    await Bun.sleep(5);
    await client.write(key.slice(7), SOON);
    await proved;
    await server.write("contents", SOON);
    expect(Buffer.from((await client.read(SOON)) ?? []).toString()).toBe("contents");
  }, 10_000);

  test.each([WRONG, WRONG.slice(1), `${WRONG}0`])(
    "is nobody's where another key comes: %s",
    async (wrong) => {
      const { server, client, ends } = await q();
      await using _ = ends;
      const failure = catchFailure(expectKey(server, newKey(), WAIT));
      await client.write(wrong, SOON);
      if (wrong.length < 32) client["socket"].shutdown();
      expect((await failure).code).toBe(425);
      expect((await failure).message).toStartWith("Nobody proved on Q to be the client: ");
    },
    10_000,
  );

  test("is nobody's where the right key has more behind it", async () => {
    const { server, client, ends } = await q();
    await using _ = ends;
    const key = newKey();
    await client.write(`${key}x`, SOON);
    expect((await catchFailure(expectKey(server, key, WAIT))).message).toContain(
      "The key was wrong.",
    );
  }, 10_000);

  test("is nobody's where no key comes in time", async () => {
    const { server, ends } = await q();
    await using _ = ends;
    const started = performance.now();
    const failure = await catchFailure(expectKey(server, newKey(), WAIT));
    expect([failure.code, performance.now() - started < SOON]).toEqual([425, true]);
    expect(failure.message).toContain("Nothing came for");
  }, 10_000);

  test("takes no key from a server that names none", async () => {
    const { client, ends } = await q();
    await using _ = ends;
    expect((await catchFailure(sendKey(client, "", SOON))).kind).toBe("protocol");
  }, 10_000);

  test("is refused by the client where its certificate is not the one of P", async () => {
    const p = await tlsPairFingerprint(good.pair);
    const other = authority.issue();
    const ends = await connectPair();
    await using _ = ends;
    const served = acceptTls(ends.near, other.pair, SOON).catch(() => {});
    const failure = await catchFailure(connectTls(ends.far, { name: "localhost", pin: p }, SOON));
    await served;
    expect(failure.kind).toBe("connect");
    expect(failure.message).toContain(`not the one that is pinned`);
  }, 10_000);

  async function tlsPairFingerprint(keys: typeof good.pair): Promise<string> {
    const ends = await connectPair();
    await using _ = ends;
    const [seen] = await Promise.all([
      connectTls(ends.near, authority.trust(), SOON),
      acceptTls(ends.far, keys, SOON),
    ]);
    return seen;
  }
});
