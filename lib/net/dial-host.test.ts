// A host is looked up and dialled within one time limit, and an address that does not answer costs little.

import { afterEach, describe, expect, mock, spyOn, test } from "bun:test";
import { Failure } from "../errors.ts";
import { BlackHole } from "../testing/black-hole.ts";
import { catchFailure, SOON, waitUntil } from "../testing/testing.ts";
import { dialHost, interleaveFamilies } from "./dial-host.ts";
import { resolveHost } from "./resolver.ts";
import { abandonedDials, listen } from "./socket.ts";

afterEach(() => mock.restore());

const never = new Promise<readonly string[]>(() => {});

/** Makes the system's resolver answer with these addresses of IPv4 and of IPv6. */
function answerLookups(v4: Promise<readonly string[]>, v6: Promise<readonly string[]>): void {
  spyOn(Bun.dns, "lookup").mockImplementation(async (_host, options) => {
    const found = await (options?.family === 6 ? v6 : v4);
    return found.map((address) => ({ address, family: 4 as const, ttl: 1 }));
  });
}

const none = () => Promise.reject(new Error("not found"));
const answerV4 = (...addresses: string[]) => answerLookups(Promise.resolve(addresses), none());

describe("the addresses of a host", () => {
  test("an IP literal is its own address, with or without brackets", async () => {
    expect(await resolveHost("127.0.0.1")).toEqual(["127.0.0.1"]);
    expect(await resolveHost("::1")).toEqual(["::1"]);
    expect(await resolveHost("[::1]")).toEqual(["::1"]);
  }, 10_000);

  test("localhost is this host, and no address comes twice", async () => {
    const addresses = await resolveHost("localhost");
    expect(addresses.length).toBeGreaterThan(0);
    for (const address of addresses) expect(["127.0.0.1", "::1"]).toContain(address);
    expect(new Set(addresses).size).toBe(addresses.length);
  }, 10_000);

  test("the failure for an unknown host names it", async () => {
    const failure = await catchFailure(resolveHost("no-such-host.invalid"));
    expect(failure).toMatchObject({ kind: "connect" });
    expect(failure.message).toContain('"no-such-host.invalid"');
  }, 10_000);

  test("of both families are taken in turn, in their order", () => {
    expect(interleaveFamilies(["::1", "::2", "::3", "1.1.1.1", "2.2.2.2"])).toEqual([
      "::1",
      "1.1.1.1",
      "::2",
      "2.2.2.2",
      "::3",
    ]);
    expect(interleaveFamilies(["1.1.1.1", "2.2.2.2", "::1"])).toEqual([
      "1.1.1.1",
      "::1",
      "2.2.2.2",
    ]);
    expect(interleaveFamilies([])).toEqual([]);
  }, 10_000);

  test("in any spelling are the same address", async () => {
    expect(await resolveHost("0:0:0:0:0:0:0:1")).toEqual(["::1"]);
    expect(await resolveHost("[::FFFF:127.0.0.1]")).toEqual(["127.0.0.1"]);
  }, 10_000);
});

describe("a look-up without an answer", () => {
  test("ends after its own time limit if there is no connection to open", async () => {
    answerLookups(never, never);
    expect(await catchFailure(resolveHost("files.example", 30))).toMatchObject({ kind: "connect" });
  }, 10_000);

  test("ends after the time limit, and the message names that", async () => {
    answerLookups(never, never);
    const failure = await catchFailure(dialHost("files.example", 9, 50));
    expect(failure).toMatchObject({ kind: "timeout" });
    expect(failure.message).toContain('"files.example" was not found within 0.05 s');
  }, 10_000);

  test("ends at once with the signal's reason", async () => {
    answerLookups(never, never);
    const abort = new AbortController();
    const reason = new Failure("other", "Interrupted.");
    const dialling = catchFailure(dialHost("files.example", 9, SOON * 10, abort.signal));
    abort.abort(reason);
    expect(await dialling).toBe(reason);
    expect(await catchFailure(dialHost("files.example", 9, SOON * 10, abort.signal))).toBe(reason);
  }, 10_000);
});

describe.skipIf(process.platform !== "linux")("a host of which one address does not answer", () => {
  test("is reached at the next one, long before the time limit", async () => {
    using hole = new BlackHole();
    await hole.fill();
    using _listener = listen({ address: "127.0.0.2", port: hole.port }, (connection) =>
      connection.close(),
    );
    answerV4(hole.address, "127.0.0.2");
    await using connection = await dialHost("files.example", hole.port, SOON * 10);
    expect(connection.remote.address).toBe("127.0.0.2");
    hole[Symbol.dispose]();
    await waitUntil(() => abandonedDials() === 0, "the end of the other attempt", 6000);
  }, 15_000);

  test("is not reached within the limit if no address answers: the message speaks of the whole limit", async () => {
    using hole = new BlackHole();
    await hole.fill();
    answerV4(hole.address, hole.address);
    const failure = await catchFailure(dialHost("files.example", hole.port, 400));
    expect(failure).toMatchObject({ kind: "timeout" });
    expect(failure.message).toBe(`No answer from 127.0.0.1:${hole.port} within 0.4 s.`);
    hole[Symbol.dispose]();
    await waitUntil(() => abandonedDials() === 0, "the refusal of the attempts", 6000);
  }, 15_000);
});

test("a name server that answers for one family only holds nothing up", async () => {
  using listener = listen({ address: "127.0.0.1", port: 0 }, (connection) => connection.close());
  const good = Promise.resolve(["127.0.0.1"]);
  for (const families of [
    [good, never],
    [never, good],
  ] as const) {
    answerLookups(families[0], families[1]);
    await using connection = await dialHost("files.example", listener.port, SOON * 10);
    expect(connection.remote.address).toBe("127.0.0.1");
  }
}, 10_000);

test("addresses that are found late are tried, too", async () => {
  using listener = listen({ address: "127.0.0.1", port: 0 }, (connection) => connection.close());
  const late = Bun.sleep(200).then(() => ["127.0.0.1"]);
  answerLookups(Promise.resolve(["127.0.0.2"]), late);
  await using connection = await dialHost("files.example", listener.port, SOON);
  expect(connection.remote.address).toBe("127.0.0.1");
}, 10_000);

test("an address that refuses is followed by the next one at once, and the last failure counts", async () => {
  using listener = listen({ address: "127.0.0.1", port: 0 }, (connection) => connection.close());
  answerV4("127.0.0.3", "127.0.0.2", "127.0.0.1");
  await using connection = await dialHost("files.example", listener.port, SOON);
  expect(connection.remote.address).toBe("127.0.0.1");
  answerV4("127.0.0.3", "127.0.0.2");
  const failure = await catchFailure(dialHost("files.example", listener.port, SOON));
  expect(failure).toMatchObject({ kind: "connect" });
  expect(failure.message).toContain("127.0.0.2");
}, 10_000);
