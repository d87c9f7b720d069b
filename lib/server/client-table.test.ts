// Clients are counted in all and by address, over all processes that share the table.

import { expect, test } from "bun:test";
import { ClientTable, clearRegion, type Slot, clientTableBytes } from "./client-table.ts";

const limits = { clients: 4, clientsPerAddress: 2 };

/** Memory for the table of two processes. */
function sharedMemory(): Int32Array {
  return new Int32Array(clientTableBytes(limits, 2) / Int32Array.BYTES_PER_ELEMENT);
}

test("an address gets its share, all addresses together get the whole, and a client that leaves frees its slot", () => {
  const table = new ClientTable(limits);
  const first = table.enter("192.0.2.1") as Slot;
  expect(table.enter("192.0.2.1")).toBeObject();
  expect(table.enter("192.0.2.1")).toBe("address");
  expect(table.enter("192.0.2.2")).toBeObject();
  expect(table.enter("192.0.2.3")).toBeObject();
  expect(table.enter("192.0.2.4")).toBe("clients");
  first[Symbol.dispose]();
  expect(table.enter("192.0.2.1")).toBeObject();
});

test("all addresses of an IPv6 /64 share one limit, and an IPv4-mapped address has that of IPv4", () => {
  const table = new ClientTable({ clients: 8, clientsPerAddress: 2 });
  const slots = ["2001:db8::1", "2001:db8::2:3:4:5"].map((address) => table.enter(address));
  expect(table.enter("2001:db8:0:0:ffff::1")).toBe("address");
  expect(table.enter("2001:db8:0:1::1")).toBeObject();
  (slots[1] as Slot)[Symbol.dispose]();
  expect(table.enter("2001:db8::7")).toBeObject();
  for (const address of ["192.0.2.1", "::ffff:192.0.2.1"]) table.enter(address);
  expect(table.enter("192.0.2.1")).toBe("address");
});

test("both limits hold over two processes", () => {
  const memory = sharedMemory();
  const [one, other] = [new ClientTable(limits, memory, 0), new ClientTable(limits, memory, 1)];
  expect(one.enter("192.0.2.1")).toBeObject();
  expect(other.enter("192.0.2.1")).toBeObject();
  expect([one.enter("192.0.2.1"), other.enter("192.0.2.1")]).toEqual(["address", "address"]);
  expect(other.enter("192.0.2.2")).toBeObject();
  expect(one.enter("192.0.2.3")).toBeObject();
  expect([one.enter("192.0.2.4"), other.enter("192.0.2.5")]).toEqual(["clients", "clients"]);
});

test("a refusal leaves nothing behind", () => {
  const table = new ClientTable(limits);
  for (let count = 0; count < 10; count++) table.enter("192.0.2.1");
  expect(table.enter("192.0.2.2")).toBeObject();
});

test("the slots of a process that died are free again, and those of another stay taken", () => {
  const memory = sharedMemory();
  const [one, other] = [new ClientTable(limits, memory, 0), new ClientTable(limits, memory, 1)];
  for (const address of ["192.0.2.1", "192.0.2.2"]) one.enter(address);
  for (const address of ["192.0.2.3", "192.0.2.4"]) other.enter(address);
  clearRegion(memory, limits, 0);
  const again = new ClientTable(limits, memory, 0);
  expect(again.enter("192.0.2.5")).toBeObject();
  expect(again.enter("192.0.2.6")).toBeObject();
  expect(again.enter("192.0.2.7")).toBe("clients");
});
