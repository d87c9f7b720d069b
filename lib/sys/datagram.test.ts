// A datagram reaches a socket with a path or with an abstract name, and a missing socket is told.

import { expect, test } from "bun:test";
import { canReceiveDatagrams, DatagramReceiver } from "../testing/datagram-receiver.ts";
import { Scratch } from "../testing/testing.ts";
import { sendDatagram } from "./datagram.ts";

test.skipIf(!canReceiveDatagrams)(
  "a datagram reaches a socket with a path, and one with an abstract name",
  () => {
    using scratch = new Scratch();
    const path = scratch.at("socket");
    const name = `ftkit-test-${crypto.randomUUID()}`;
    for (const [bound, sent] of [
      [path, path],
      [`\0${name}`, `@${name}`],
    ] as const) {
      using receiver = new DatagramReceiver(bound);
      expect(receiver.receive()).toBeUndefined();
      expect(sendDatagram(sent, "READY=1")).toBe(true);
      expect(receiver.receive()).toBe("READY=1");
    }
  },
  1000,
);

test("a socket that does not exist, and a path that is too long, are told", () => {
  using scratch = new Scratch();
  expect(sendDatagram(scratch.at("none"), "READY=1")).toBe(false);
  expect(sendDatagram(`/${"x".repeat(200)}`, "READY=1")).toBe(false);
}, 1000);
