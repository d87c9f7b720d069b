// Data ports that are kept: one caller at a time, nobody in between, and nothing stays open.

import { expect, test } from "bun:test";
import { dial } from "../net/socket.ts";
import { countDescriptors, SOON, waitUntil } from "../testing/testing.ts";
import { ListenerPool } from "./listener-pool.ts";

const AT = { address: "127.0.0.1", port: 0 };

test("a listener serves one caller after the other, and a connection in between is closed", async () => {
  using pool = new ListenerPool();
  const counts = [0, 0, 0];
  const open = (index: number) =>
    pool.listen(AT, (connection) => {
      counts[index] = (counts[index] ?? 0) + 1;
      connection.close();
    });
  const first = open(0);
  const { port } = first;
  const connect = async () => {
    await using connection = await dial({ address: "127.0.0.1", port }, SOON);
    expect(await connection.read(SOON)).toBeUndefined();
  };
  await connect();
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await connect();
  using second = open(1);
  using third = open(2);
  expect(second.port).toBe(port);
  expect(third.port).not.toBe(port);
  await connect();
  expect(counts).toEqual([1, 1, 0]);
}, 10_000);

test("all listeners are closed with the pool, or when they are given back later", async () => {
  const before = countDescriptors();
  const pool = new ListenerPool();
  const [one, other] = [pool.listen(AT, () => {}), pool.listen(AT, () => {})];
  expect(countDescriptors()).toBeGreaterThanOrEqual(before + 2);
  one[Symbol.dispose]();
  pool[Symbol.dispose]();
  other[Symbol.dispose]();
  await waitUntil(() => countDescriptors() <= before, "the end of the listeners");
}, 10_000);
