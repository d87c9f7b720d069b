// The census: places are counted in all and by address, over every process that shares the table.

import { expect, test } from "bun:test";
import { ClientTable, clearRegion, type Slot, tableBytes } from "./client-table.ts";

const places = { clients: 4, clientsPerAddress: 2 };

/** The table of two processes, in memory of this one. */
function shared(): Int32Array {
  return new Int32Array(tableBytes(places, 2) / Int32Array.BYTES_PER_ELEMENT);
}

test("an address gets its share, all get the whole, and who leaves makes room", () => {
  const census = new ClientTable(places);
  const first = census.enter("192.0.2.1") as Slot;
  expect(census.enter("192.0.2.1")).toBeObject();
  expect(census.enter("192.0.2.1")).toBe("address");
  expect(census.enter("192.0.2.2")).toBeObject();
  expect(census.enter("192.0.2.3")).toBeObject();
  expect(census.enter("192.0.2.4")).toBe("clients");
  first[Symbol.dispose]();
  expect(census.enter("192.0.2.1")).toBeObject();
});

test("both limits hold over two processes", () => {
  const table = shared();
  const [one, other] = [new ClientTable(places, table, 0), new ClientTable(places, table, 1)];
  expect(one.enter("192.0.2.1")).toBeObject();
  expect(other.enter("192.0.2.1")).toBeObject();
  expect([one.enter("192.0.2.1"), other.enter("192.0.2.1")]).toEqual(["address", "address"]);
  expect(other.enter("192.0.2.2")).toBeObject();
  expect(one.enter("192.0.2.3")).toBeObject();
  expect([one.enter("192.0.2.4"), other.enter("192.0.2.5")]).toEqual(["clients", "clients"]);
});

test("a refusal leaves nothing behind", () => {
  const census = new ClientTable(places);
  for (let count = 0; count < 10; count++) census.enter("192.0.2.1");
  expect(census.enter("192.0.2.2")).toBeObject();
});

test("the places of a process that died are free again, those of another stay taken", () => {
  const table = shared();
  const [one, other] = [new ClientTable(places, table, 0), new ClientTable(places, table, 1)];
  for (const address of ["192.0.2.1", "192.0.2.2"]) one.enter(address);
  for (const address of ["192.0.2.3", "192.0.2.4"]) other.enter(address);
  clearRegion(table, places, 0);
  const again = new ClientTable(places, table, 0);
  expect(again.enter("192.0.2.5")).toBeObject();
  expect(again.enter("192.0.2.6")).toBeObject();
  expect(again.enter("192.0.2.7")).toBe("clients");
});
