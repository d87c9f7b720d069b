// A event wakes who waits, and nobody waits longer than said.

import { describe, expect, test } from "bun:test";
import { AsyncEvent } from "./event.ts";

describe("an event", () => {
  test("a ring wakes the waiter", async () => {
    const event = new AsyncEvent();
    const waiting = event.wait(2000);
    event.notify();
    expect(await waiting).toBe(true);
  }, 3000);

  test("where nobody rings, the wait ends by itself", async () => {
    expect(await new AsyncEvent().wait(10)).toBe(false);
  }, 1000);

  test("a time that has run out already ends the wait, and does not make it endless", async () => {
    expect(await new AsyncEvent().wait(-1000)).toBe(false);
    expect(await new AsyncEvent().wait(0)).toBe(false);
  }, 1000);

  test("a ring that nobody waits for is not remembered", async () => {
    const event = new AsyncEvent();
    event.notify();
    expect(await event.wait(10)).toBe(false);
  }, 1000);

  test("a second ring does no harm, and the event can be waited for again", async () => {
    const event = new AsyncEvent();
    const first = event.wait(2000);
    event.notify();
    event.notify();
    expect(await first).toBe(true);
    const second = event.wait(2000);
    setTimeout(() => event.notify(), 5);
    expect(await second).toBe(true);
  }, 5000);

  test("a wait that was answered keeps no timer: the process can end", async () => {
    const script = `
      const { AsyncEvent } = await import(${JSON.stringify(`${import.meta.dir}/event.ts`)});
      const event = new AsyncEvent();
      setTimeout(() => event.notify(), 1);
      await event.wait(60_000);`;
    await using child = Bun.spawn([process.execPath, "-e", script], { timeout: 3000 });
    expect(await child.exited).toBe(0);
  }, 5000);
});
