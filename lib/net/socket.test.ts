// Listeners and dials have plain addresses, failures that name the port, and time limits.

import { dlopen } from "bun:ffi";
import { describe, expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import type { Connection } from "./connection.ts";
import { Failure } from "../errors.ts";
import { formatEndpoint, isLinkLocal } from "./address.ts";
import { dial, listen } from "./socket.ts";
import {
  catchFailure,
  connectPair,
  countDescriptors,
  SOON,
  waitUntil,
} from "../testing/testing.ts";

const SOL_SOCKET = 1;
const SO_KEEPALIVE = 9;
const IPPROTO_TCP = 6;
const TCP_KEEPIDLE = 4;
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

describe("the ends of a connection", () => {
  test.each([
    ["127.0.0.1", "0.0.0.0", "127.0.0.1"],
    ["::1", "0:0:0:0:0:0:0:1", "::1"],
    ["127.0.0.1", "::ffff:127.0.0.1", "127.0.0.1"],
    ["::", "::ffff:7f00:1", "127.0.0.1"],
    ["::", "::", "::1"],
  ])(
    "of a listener on %s that is dialled as %s are both %s",
    async (server, client, address) => {
      const far = await reach(server, client);
      expect([far.local.address, far.remote.address]).toEqual([address, address]);
    },
    10_000,
  );

  const [linkLocal] = Object.entries(networkInterfaces()).flatMap(([name, entries]) =>
    (entries ?? [])
      .filter(({ address }) => isLinkLocal(address))
      .map(({ address }) => ({ name, address })),
  );

  test.skipIf(!linkLocal)(
    "have a zone if they are link-local, so that each can dial the other (needs such an address)",
    async () => {
      const { name = "", address = "" } = linkLocal ?? {};
      const zoned = `${address}%${name}`;
      for (const server of ["::", zoned]) {
        const far = await reach(server, `${address.toUpperCase()}%${name}`);
        expect([far.local.address, far.remote.address]).toEqual([zoned, zoned]);
      }
      expect((await reach("::", zoned, zoned)).remote.address).toBe(zoned);
    },
    10_000,
  );

  test("of a silent connection are probed once it is asked for", async () => {
    await using pair = await connectPair();
    const { getsockopt } = dlopen("libc.so.6", {
      getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
    }).symbols;
    const read = (level: number, option: number) => {
      const value = new Int32Array(1);
      getsockopt(pair.near.fd, level, option, value, Uint32Array.of(4));
      return value[0];
    };
    const options = () => [read(SOL_SOCKET, SO_KEEPALIVE), read(IPPROTO_TCP, TCP_KEEPIDLE)];
    expect(options()[0]).toBe(0);
    pair.near.keepAlive();
    expect(options()).toEqual([1, 5]);
  }, 10_000);
});

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

  test("an address that is none is named with what to check", async () => {
    const failure = await catchFailure(dial({ address: "999.1.1.1", port: 9 }, SOON));
    expect(failure.message).toEndWith(
      "999.1.1.1:9: this is neither an IP address nor the name of a host: check its spelling.",
    );
  }, 10_000);

  test("the peer sees the address that the dial was made from", async () => {
    const far = await reach("127.0.0.1", "127.0.0.1", "127.0.0.2");
    expect(far.remote.address).toBe("127.0.0.2");
  }, 10_000);
});
