import { expect, test } from "bun:test";
import {
  catchFailure,
  connectPair,
  countDescriptors,
  readAll,
  SOON,
  waitUntil,
} from "../testing/testing.ts";
import { describeTls, tlsPair } from "../testing/tls-testing.ts";
import { acceptTls } from "./tls-server.ts";

const TIMEOUT = 300;

describeTls("a TLS server", (authority, good) => {
  test.each(["-l 3000\n", "U", "\x80\x2e\x01"])(
    "can still answer in the clear to a client without TLS: %j",
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

  test("can still answer in the clear to a client that says nothing in time", async () => {
    await using ends = await connectPair();
    const failure = await catchFailure(acceptTls(ends.far, good.pair, TIMEOUT));
    expect([failure.code, failure.message]).toEqual([
      421,
      "No TLS handshake within 0.3 s. This server speaks TLS: use --tls.",
    ]);
    await ends.far.write("421 so\n", SOON);
  }, 10_000);

  test.each([1, 5, 100])(
    "waits no longer than its timeout for a handshake that stops after %i bytes",
    async (count) => {
      await using ends = await connectPair();
      const hello = Buffer.concat([Buffer.from("160301020001000", "hex"), Buffer.alloc(200)]);
      await ends.near.write(hello.subarray(0, count), SOON);
      const failure = await catchFailure(acceptTls(ends.far, good.pair, TIMEOUT));
      expect([failure.code, failure.message]).toEqual([421, "No TLS handshake within 0.3 s."]);
      expect(ends.far.hasEnded).toBe(true);
    },
    10_000,
  );

  test("breaks the connection if the handshake is malformed", async () => {
    await using ends = await connectPair();
    await ends.near.write(Buffer.from([22, 3, 1, 0, 4, 9, 9, 9, 9]), SOON);
    const failure = await catchFailure(acceptTls(ends.far, good.pair, SOON));
    expect(failure.message).toContain("No TLS with this client: ");
    expect(ends.far.hasEnded).toBe(true);
  }, 10_000);

  test("serves a client that half-closes after its request", async () => {
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

  test("closes its descriptor, whatever the client does", async () => {
    const before = countDescriptors();
    for (const start of ["", "-l 1\n", "\x16", "\x16\x03\x01\x00\x02hi"]) {
      const ends = await connectPair();
      const end = acceptTls(ends.far, good.pair, 50).catch(() => {});
      if (start !== "") await ends.near.write(start, SOON).catch(() => {});
      await end;
      ends.near.close();
      ends.far.close();
    }
    await waitUntil(() => countDescriptors() <= before, "the close of all sockets");
  }, 10_000);
});
