// An event wakes the caller that waits, and a wait ends within its time limit.

import { describe, expect, test } from "bun:test";
import { AsyncEvent } from "./event.ts";

describe("an event", () => {
  test("a notification ends the wait", async () => {
    const event = new AsyncEvent();
    const waiting = event.wait(2000);
    event.notify();
    expect(await waiting).toBe(true);
  }, 3000);

  test("without a notification the wait ends by itself", async () => {
    expect(await new AsyncEvent().wait(10)).toBe(false);
  }, 1000);

  test("a time limit of zero or less ends the wait", async () => {
    expect(await new AsyncEvent().wait(-1000)).toBe(false);
    expect(await new AsyncEvent().wait(0)).toBe(false);
  }, 1000);

  test("a notification that nobody waits for is lost", async () => {
    const event = new AsyncEvent();
    event.notify();
    expect(await event.wait(10)).toBe(false);
  }, 1000);

  test("a second notification has no effect, and the event can be waited for again", async () => {
    const event = new AsyncEvent();
    const first = event.wait(2000);
    event.notify();
    event.notify();
    expect(await first).toBe(true);
    const second = event.wait(2000);
    setTimeout(() => event.notify(), 5);
    expect(await second).toBe(true);
  }, 5000);

  test("a process that was stopped hears what came meanwhile before its time is over", async () => {
    const event = new AsyncEvent();
    const waiting = event.wait(500);
    Bun.sleepSync(1700); // the process does nothing, as after SIGSTOP
    setTimeout(() => event.notify(), 10); // the event loop hears sockets after its timers
    expect(await waiting).toBe(true);
    const silent = event.wait(10);
    Bun.sleepSync(1200);
    expect(await silent).toBe(false);
  }, 10_000);

  test("a wait that has ended leaves no timer, so the process can end", async () => {
    const script = `
      const { AsyncEvent } = await import(${JSON.stringify(`${import.meta.dir}/event.ts`)});
      const event = new AsyncEvent();
      setTimeout(() => event.notify(), 1);
      await event.wait(60_000);`;
    await using child = Bun.spawn([process.execPath, "-e", script], { timeout: 3000 });
    expect(await child.exited).toBe(0);
  }, 5000);
});
