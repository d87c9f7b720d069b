// Every way to end a connection delivers what was written, and leaves nothing open.

import { describe, expect, test } from "bun:test";
import { Failure } from "../errors.ts";
import {
  catchFailure,
  countDescriptors,
  connectPair,
  readAll,
  SOON,
  waitUntil,
} from "../testing/testing.ts";

const random = (length: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(length)));
const REASON = new Failure("other", "Because.");

describe("the end", () => {
  test("finish loses nothing although the peer is still sending", async () => {
    await using ends = await connectPair();
    const bytes = random(4 * 1024 * 1024);
    const noise = setInterval(() => ends.far.hasEnded || ends.far.push(Buffer.alloc(1000)), 1);
    const reading = readAll(ends.far);
    await ends.near.write(bytes, SOON);
    const finishing = ends.near.finish(SOON);
    const received = await reading;
    clearInterval(noise);
    ends.far.close();
    await finishing;
    expect(received.equals(bytes)).toBe(true);
  }, 10_000);

  test("finish loses nothing although there are unread bytes of the peer", async () => {
    await using ends = await connectPair();
    await ends.far.write(random(300_000), SOON);
    const bytes = random(500_000);
    const reading = readAll(ends.far);
    await ends.near.write(bytes, SOON);
    const finishing = ends.near.finish(SOON);
    expect((await reading).equals(bytes)).toBe(true);
    ends.far.close();
    await finishing;
  }, 10_000);

  test("finish drops a MiB of a peer that floods, and then closes", async () => {
    await using ends = await connectPair();
    const flooding = catchFailure(ends.far.write(Buffer.alloc(64 * 1024 * 1024), SOON));
    await ends.near.finish(SOON);
    expect(await flooding).toMatchObject({ code: 426 });
  }, 10_000);

  test("finish waits only for its time limit if the peer never closes", async () => {
    await using ends = await connectPair();
    await ends.near.finish(30);
    expect(ends.near.hasEnded).toBe(true);
    expect(await ends.far.read(SOON)).toBeUndefined();
  }, 10_000);

  test("finish, close and abort can be called again and after one another", async () => {
    await using ends = await connectPair();
    ends.near.close();
    await ends.near.finish(SOON);
    ends.near.abort(REASON);
    ends.near.close();
    ends.far.abort(REASON);
    ends.far.close();
    await ends.far.finish(SOON);
  }, 10_000);

  test("our own close ends a read that waits", async () => {
    await using ends = await connectPair();
    const reading = ends.near.read(SOON);
    ends.near.close();
    expect(await reading).toBeUndefined();
  }, 10_000);

  test("every end leaves no descriptor open", async () => {
    const before = countDescriptors();
    for (const end of ["close", "abort", "finish"] as const) {
      const { near, far } = await connectPair();
      if (end === "close") near.close();
      else if (end === "abort") near.abort(REASON);
      else await near.finish(10);
      await catchFailure(far.read(SOON).then(() => Promise.reject(REASON)));
      far.close();
    }
    await waitUntil(() => countDescriptors() <= before, "the release of all descriptors");
  }, 10_000);
});
