// No more slots are given than there are, and each can be given back once.

import { expect, test } from "bun:test";
import { Semaphore } from "./semaphore.ts";

test("a slot that was given back can be taken again, but only once", () => {
  const semaphore = new Semaphore(2);
  const first = semaphore.acquire();
  expect(semaphore.acquire()).toBeDefined();
  expect(semaphore.acquire()).toBeUndefined();
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  expect(semaphore.acquire()).toBeDefined();
  expect(semaphore.acquire()).toBeUndefined();
}, 1000);
