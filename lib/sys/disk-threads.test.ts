// Calls that wait for a disk are bounded in number and in time, and leave threads for everything else.

import { spawnSync } from "node:child_process";
import { describe, expect, test } from "bun:test";
import { DiskThreads } from "./disk-threads.ts";
import { catchFailure, Scratch, SOON } from "../testing/testing.ts";

/** A call that ends when the test says so. */
function pending() {
  const result = Promise.withResolvers<string>();
  return { call: () => result.promise, end: result.resolve, fail: result.reject };
}

describe("calls on the threads of a disk", () => {
  test("wait in a row if all places are taken, and go on in their order", async () => {
    const threads = new DiskThreads(1);
    const first = pending();
    const order: string[] = [];
    const calls = ["a", "b", "c"].map((name) => async () => void order.push(name));
    const results = [first.call, ...calls].map((call) => threads.run<unknown>(call, SOON));
    await Bun.sleep(0);
    expect([order, threads.running]).toEqual([[], 1]);
    first.end("done");
    expect(await results[0]).toBe("done");
    await Promise.all(results);
    expect([order, threads.running]).toEqual([["a", "b", "c"], 0]);
  }, 5000);

  test("give back their place after an error", async () => {
    const threads = new DiskThreads(1);
    const failure = new Error("EIO");
    expect(await catchFailure(threads.run(() => Promise.reject(failure), SOON))).toBe(
      failure as never,
    );
    expect(await threads.run(async () => "next", SOON)).toBe("next");
  }, 5000);

  test("fail with 450 after their time, and keep their place until they really end", async () => {
    const threads = new DiskThreads(1);
    const dead = pending();
    const released: string[] = [];
    const running = threads.run(dead.call, 20, (late) => void released.push(late));
    expect(await catchFailure(running)).toMatchObject({ code: 450 });
    expect(await catchFailure(threads.run(async () => {}, 20))).toMatchObject({
      code: 450,
      message: "The disk did not answer within 0.02 s: try again later.",
    });
    expect(threads.running).toBe(1);
    dead.end("a descriptor");
    await Bun.sleep(0);
    expect([released, threads.running]).toEqual([["a descriptor"], 0]);
    expect(await threads.run(async () => "next", SOON)).toBe("next");
  }, 5000);

  test("that fail after their time are nobody's error", async () => {
    const threads = new DiskThreads(1);
    const dead = pending();
    expect(await catchFailure(threads.run(dead.call, 10))).toMatchObject({ code: 450 });
    dead.fail("EIO");
    await Bun.sleep(0);
    expect(threads.running).toBe(0);
  }, 5000);
});

/** Reads on all places from pipes that nobody writes to, then hashes a password and reads a directory. */
const SCRIPT = `
  const { openSync } = require("node:fs");
  const { readdir } = require("node:fs/promises");
  const all = await import(${JSON.stringify(`${import.meta.dir}/disk-threads.ts`)});
  const fd = openSync(process.argv[1], "r+");
  const bytes = new Uint8Array(new SharedArrayBuffer(1));
  for (const threads of [all.readThreads, all.callThreads])
    for (let count = 0; count < 20; count++)
      threads.run((thread) => thread.call("readSync", fd, bytes, 0, 1, null), 9000).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  await readdir("/");
  console.log(await Bun.password.verify("a", await Bun.password.hash("a")));
  process.exit(0);`;

test.skipIf(process.platform !== "linux")(
  "dead disks take all their places, and other work goes on",
  async () => {
    using scratch = new Scratch();
    spawnSync("mkfifo", [scratch.at("pipe")]);
    await using child = Bun.spawn([process.execPath, "-e", SCRIPT, scratch.at("pipe")], {
      timeout: 8000,
    });
    expect(await child.stdout.text()).toBe("true\n");
  },
  10_000,
);
