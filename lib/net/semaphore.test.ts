// There are never more slots taken than there are, and each comes back once.

import { expect, test } from "bun:test";
import { Semaphore } from "./semaphore.ts";

test("a slot is there again when it was given back, and not twice", () => {
  const slots = new Semaphore(2);
  const first = slots.take();
  expect(slots.take()).toBeDefined();
  expect(slots.take()).toBeUndefined();
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  expect(slots.take()).toBeDefined();
  expect(slots.take()).toBeUndefined();
}, 1000);
