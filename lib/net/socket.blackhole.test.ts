// A port that never answers: the dial ends in time, and counts until the kernel gives it up.

import { describe, expect, test } from "bun:test";
import { Directory } from "../server/directory.ts";
import { Failure } from "../errors.ts";
import { ClientSession } from "../client/client-session.ts";
import { Server } from "../server/server.ts";
import { abandonedDials, dial } from "./socket.ts";
import { BlackHole } from "../testing/black-hole.ts";
import {
  sendRequest,
  catchFailure,
  replyCodes,
  countDescriptors,
  Scratch,
  SOON,
  waitUntil,
} from "../testing/testing.ts";

const linux = process.platform === "linux";

describe.skipIf(!linux)("a dial that gets no answer", () => {
  test("ends in time, counts, and no longer counts when it has been refused", async () => {
    const before = countDescriptors();
    using hole = new BlackHole();
    await hole.fill();
    await waitUntil(() => abandonedDials() === 1, "the count of the hanging dial");
    const failure = await catchFailure(dial(hole, 20));
    expect(failure).toMatchObject({ kind: "timeout", code: 425 });
    expect(failure.message).toBe(`No answer from 127.0.0.1:${hole.port} within 0.02 s.`);
    expect(abandonedDials()).toBe(2);
    hole[Symbol.dispose]();
    await waitUntil(() => abandonedDials() === 0, "the refusal of both dials", 6000);
    await waitUntil(() => countDescriptors() <= before, "the release of all descriptors");
  }, 10_000);

  test("ends at once when it is aborted, with the reason, and counts once", async () => {
    using hole = new BlackHole();
    await hole.fill();
    const reason = new Failure("other", "Interrupted.");
    const abort = new AbortController();
    setTimeout(() => abort.abort(reason), 10);
    const target = { host: hole.address, port: hole.port, dataPort: 0, timeout: 60, stall: 60 };
    expect(await catchFailure(ClientSession.open({ ...target, signal: abort.signal }))).toBe(
      reason,
    );
    await Bun.sleep(80); // the time of the dial runs out as well
    expect(abandonedDials()).toBe(2);
    hole[Symbol.dispose]();
    await waitUntil(() => abandonedDials() === 0, "the refusal of both dials", 6000);
  }, 10_000);

  test("gives the client 425, and takes a client's slot while it hangs", async () => {
    using scratch = new Scratch();
    using hole = new BlackHole();
    await hole.fill();
    const limits = {
      clients: 3,
      clientsPerAddress: 3,
      transfers: 9,
      command: 900,
      dial: 20,
      stall: 900,
      linger: 50,
      minRate: 500,
      rateWindow: 60_000,
    };
    const plain = {
      address: "127.0.0.1",
      port: 0,
      method: "copy",
      onSessionEnd: () => {},
    } as const;
    await using server = new Server({ ...plain, limits, directory: new Directory(scratch.path) });
    const codes: number[] = [];
    for (let round = 0; round < 3; round++) {
      codes.push(...replyCodes(await sendRequest(server.port, () => `-l ${hole.port}\n`)));
      await waitUntil(() => server.clients === 0, "the end of the session");
    }
    expect(codes).toEqual([425, 425, 421]);
    hole[Symbol.dispose]();
    await waitUntil(() => abandonedDials() === 0, "the refusal of all dials", 6000);
    expect(replyCodes(await sendRequest(server.port, (port) => `-l ${port}\n`))).toEqual([
      150, 226,
    ]);
  }, 10_000);

  test("counts for the host that it goes to, not for all hosts", async () => {
    using scratch = new Scratch();
    using hole = new BlackHole();
    await hole.fill();
    const times = {
      command: 900,
      dial: 20,
      stall: 900,
      linger: 50,
      minRate: 500,
      rateWindow: 60_000,
    };
    const limits = { clients: 9, clientsPerAddress: 2, transfers: 9, ...times };
    const plain = {
      address: "127.0.0.1",
      port: 0,
      method: "copy",
      onSessionEnd: () => {},
    } as const;
    await using server = new Server({ ...plain, limits, directory: new Directory(scratch.path) });
    const to = { address: "127.0.0.1", port: server.port };
    expect(replyCodes(await sendRequest(server.port, () => `-l ${hole.port}\n`))).toEqual([425]);
    await waitUntil(() => server.clients === 0, "the end of the session");
    expect(replyCodes(await sendRequest(server.port, () => "-x\n"))).toEqual([421]);
    await using other = await dial(to, SOON, { from: "127.0.0.2" });
    await other.write("-x\n", SOON);
    expect(String(await other.read(SOON))).toStartWith("500 ");
    hole[Symbol.dispose]();
    await waitUntil(() => abandonedDials() === 0, "the refusal of all dials", 6000);
  }, 10_000);

  test("is closed at once if the answer comes too late", async () => {
    const before = countDescriptors();
    using hole = new BlackHole();
    await hole.fill();
    expect(abandonedDials()).toBe(1);
    const hanging = countDescriptors();
    const accepted = hole.accept();
    await waitUntil(() => abandonedDials() === 0, "the late answer", 6000);
    await waitUntil(
      () => countDescriptors() <= hanging + accepted - 1,
      "the close of the late connection",
    );
    hole[Symbol.dispose]();
    await waitUntil(() => countDescriptors() <= before, "the release of all descriptors", SOON);
  }, 10_000);
});
