// There are never more slots taken than there are, and each comes back once.

import { expect, test } from "bun:test";
import { Semaphore } from "./semaphore.ts";

test("a slot is there again when it was given back, and not twice", () => {
  const slots = new Semaphore(2);
  const first = slots.acquire();
  expect(slots.acquire()).toBeDefined();
  expect(slots.acquire()).toBeUndefined();
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  expect(slots.acquire()).toBeDefined();
  expect(slots.acquire()).toBeUndefined();
}, 1000);
