// Listeners and dials have plain addresses, failures that name the port, and time limits.

import { describe, expect, test } from "bun:test";
import type { Connection } from "./connection.ts";
import { Failure } from "../errors.ts";
import { formatEndpoint } from "./address.ts";
import { dial, listen } from "./socket.ts";
import { catchFailure, countDescriptors, SOON, waitUntil } from "../testing/testing.ts";

const LOOPBACK = { address: "127.0.0.1", port: 0 };

/** Connects from `client` to a listener on `server`, and returns what the listener got. */
async function reach(server: string, client: string, from?: string): Promise<Connection> {
  const accepted = Promise.withResolvers<Connection>();
  using listener = listen({ address: server, port: 0 }, accepted.resolve);
  await using near = await dial(
    { address: client, port: listener.port },
    SOON,
    from ? { from } : {},
  );
  const far = await accepted.promise;
  expect(formatEndpoint(far.remote)).toBe(formatEndpoint(near.local));
  expect(formatEndpoint(far.local)).toBe(formatEndpoint(near.remote));
  far.close();
  return far;
}

describe("listen", () => {
  test("port 0 gives a free port, over IPv4 and over IPv6", async () => {
    expect((await reach("127.0.0.1", "127.0.0.1")).remote.address).toBe("127.0.0.1");
    expect((await reach("::1", "::1")).remote.address).toBe("::1");
  }, 10_000);

  test(":: serves both families, and an IPv4 peer has its IPv4 address", async () => {
    const far = await reach("::", "127.0.0.1");
    expect([far.remote.address, far.local.address]).toEqual(["127.0.0.1", "127.0.0.1"]);
    expect((await reach("::", "::1")).remote.address).toBe("::1");
  }, 10_000);

  test("the failure for a used port names it, and says what to do", async () => {
    for (const address of ["127.0.0.1", "::1", "::"]) {
      using first = listen({ address, port: 0 }, () => {});
      const failure = await catchFailure(() => listen({ address, port: first.port }, () => {}));
      expect(failure).toMatchObject({ kind: "local", name: "Failure" });
      expect(failure.message).toBe(
        `Cannot listen on ${formatEndpoint({ address, port: first.port })}: another program listens there: choose another port, or end that program.`,
      );
    }
  }, 10_000);

  test("the failure for an address of another host differs from that for a used port", async () => {
    const failure = await catchFailure(() => listen({ address: "192.0.2.1", port: 0 }, () => {}));
    expect(failure).toMatchObject({ kind: "local" });
    expect(failure.message).toContain("192.0.2.1:0: this host does not have that address");
  }, 10_000);

  test("a port can be used again as soon as its listener has gone", () => {
    const first = listen(LOOPBACK, () => {});
    const { port } = first;
    first[Symbol.dispose]();
    using second = listen({ ...LOOPBACK, port }, () => {});
    expect(second.port).toBe(port);
  }, 10_000);

  test("clients that reset at once leave no descriptor open, and the listener goes on", async () => {
    const before = countDescriptors();
    let accepted = 0;
    using listener = listen(LOOPBACK, (connection) => {
      accepted++;
      void connection.read(SOON).then(
        () => connection.close(),
        () => connection.close(),
      );
    });
    const to = { ...LOOPBACK, port: listener.port };
    for (let count = 0; count < 50; count++) {
      (await dial(to, SOON)).abort(new Failure("other", "Gone."));
    }
    await using last = await dial(to, SOON);
    await waitUntil(() => accepted > 0, "the last client's turn");
    last.close();
    await waitUntil(() => countDescriptors() <= before + 1, "the release of all descriptors");
  }, 10_000);
});

describe("dial", () => {
  test("the failure for a port where nobody listens names it, and is not a timeout", async () => {
    const listener = listen(LOOPBACK, () => {});
    listener[Symbol.dispose]();
    const failure = await catchFailure(dial({ ...LOOPBACK, port: listener.port }, SOON));
    expect(failure).toMatchObject({ kind: "connect", code: 425 });
    expect(failure.message).toContain(`127.0.0.1:${listener.port}: nobody listens there`);
  }, 10_000);

  test("an address that cannot be reached is a failure of kind connect", async () => {
    const failure = await catchFailure(dial({ address: "255.255.255.255", port: 9 }, SOON));
    expect(failure).toMatchObject({ kind: "connect", code: 425 });
  }, 10_000);

  test("the peer sees the address that the dial was made from", async () => {
    const far = await reach("127.0.0.1", "127.0.0.1", "127.0.0.2");
    expect(far.remote.address).toBe("127.0.0.2");
  }, 10_000);
});
