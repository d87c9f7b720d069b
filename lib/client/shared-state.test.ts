// A host is looked up for the first session, and again after a failure.

import { expect, spyOn, test } from "bun:test";
import { listen } from "../net/socket.ts";
import { catchFailure, SOON } from "../testing/testing.ts";
import { SharedState } from "./shared-state.ts";

test("a name is looked up once, until nobody answers at its address", async () => {
  using lookups = spyOn(Bun.dns, "lookup");
  using state = new SharedState();
  using first = listen({ address: "127.0.0.1", port: 0 }, (connection) => connection.close());
  const dial = async (port: number) => (await state.dial("localhost", port, SOON)).close();
  await dial(first.port);
  const { length } = lookups.mock.calls;
  expect(length).toBeGreaterThan(0);
  await dial(first.port);
  await dial(first.port);
  expect(lookups.mock.calls).toHaveLength(length);
  const { port } = first;
  first[Symbol.dispose]();
  expect(await catchFailure(dial(port))).toMatchObject({ kind: "connect" });
  using second = listen({ address: "127.0.0.1", port }, (connection) => connection.close());
  await dial(second.port);
  expect(lookups.mock.calls).toHaveLength(2 * length);
}, 10_000);
