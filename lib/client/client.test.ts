// The client lists and fetches from a real server: whole, resumed, and with the hash compared.

import { describe, expect, test } from "bun:test";
import { appendFileSync, writeFileSync } from "node:fs";
import { fetchFile, fetchNames, type FileSink } from "./client.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { Directory } from "../server/directory.ts";
import { Server } from "../server/server.ts";
import { catchFailure, Scratch, SOON, waitUntil } from "../testing/testing.ts";

const LIMITS = {
  clients: 9,
  clientsPerAddress: 9,
  transfers: 9,
  command: 900,
  dial: 900,
  stall: 900,
  linger: 900,
};
const KIB = 1024;
const BYTES = Buffer.from(crypto.getRandomValues(new Uint8Array(64 * KIB)))
  .toString("latin1")
  .repeat(3);
const SIZE = BYTES.length;

/** A receiver in memory that remembers for which version its bytes are. */
class Memory implements FileSink {
  restarts = 0;

  constructor(
    public content = "",
    public version = "",
  ) {}

  get offset(): number {
    return this.content.length;
  }

  begin(version: string): boolean {
    if (this.content !== "" && version !== this.version) {
      this.restart();
      return false;
    }
    this.version = version;
    return true;
  }

  restart(): void {
    this.restarts++;
    this.content = "";
  }

  write(bytes: Uint8Array): void {
    this.content += Buffer.from(bytes).toString("latin1");
  }

  async hash(): Promise<string> {
    return Bun.CryptoHasher.hash("sha256", Buffer.from(this.content, "latin1"), "hex");
  }
}

/** A server of the file `a`, and a client's target for it. */
function start(address = "127.0.0.1") {
  const scratch = new Scratch();
  scratch.file("a", Buffer.from(BYTES, "latin1"));
  const server = new Server({
    ...{ directory: new Directory(scratch.path), address, port: 0, limits: LIMITS },
    ...{ method: "sendfile", served: () => {} },
  });
  const host = address === "::" ? "127.0.0.1" : address;
  const target: ConnectOptions = {
    host,
    port: server.port,
    dataPort: 0,
    timeout: SOON,
    stall: SOON,
  };
  const dispose = async () => {
    await server[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  };
  return { scratch, server, target, [Symbol.asyncDispose]: dispose };
}

/** Where `a` is cut by an earlier transfer; the version is that of the server's file. */
async function part(target: ConnectOptions, length: number): Promise<Memory> {
  const whole = new Memory();
  await fetchFile(target, "a", whole);
  return new Memory(BYTES.slice(0, length), whole.version);
}

describe("list", () => {
  test("gives the names, over IPv4 and over IPv6", async () => {
    for (const address of ["127.0.0.1", "::1", "::"]) {
      await using it = start(address);
      it.scratch.file(" b c ");
      expect(await fetchNames(it.target)).toEqual([" b c ", "a"]);
    }
  }, 10_000);

  test("of an empty directory gives none", async () => {
    await using it = start();
    await Bun.file(it.scratch.at("a")).delete();
    expect(await fetchNames(it.target)).toEqual([]);
  }, 10_000);

  test("of more names than one piece holds gives all", async () => {
    await using it = start();
    const names = Array.from({ length: 600 }, (_, index) => `n${index}`.padEnd(250, "x"));
    for (const name of names) it.scratch.file(name);
    expect((await fetchNames(it.target)).join() === ["a", ...names.toSorted()].join()).toBe(true);
  }, 10_000);
});

describe("get", () => {
  test("gives the file byte for byte, and tells how far it is", async () => {
    await using it = start();
    const memory = new Memory();
    const seen: [number, number][] = [];
    const progress = (bytes: number, total: number) => void seen.push([bytes, total]);
    const receipt = await fetchFile(it.target, "a", memory, { progress });
    expect(receipt).toEqual({ bytes: SIZE, received: SIZE, sha256: undefined });
    expect(memory.content === BYTES).toBe(true);
    expect(seen.at(-1)).toEqual([SIZE, SIZE]);
  }, 10_000);

  test("of an empty file gives nothing, and that is whole", async () => {
    await using it = start();
    it.scratch.file("empty");
    expect(await fetchFile(it.target, "empty", new Memory())).toMatchObject({
      bytes: 0,
      received: 0,
    });
  }, 10_000);

  test("of a name that is not there is refused, in the server's words", async () => {
    await using it = start();
    const failure = await catchFailure(fetchFile(it.target, "b", new Memory()));
    expect(failure).toMatchObject({ kind: "refused" });
    expect(failure.message).toContain("File not found: b");
  }, 10_000);

  test("of a name that no line can carry is refused before anything is sent", async () => {
    await using it = start();
    const failure = await catchFailure(fetchFile(it.target, "a 3000\n-l", new Memory()));
    expect(failure).toMatchObject({ kind: "usage" });
  }, 10_000);

  test("compares the hash where it is asked for", async () => {
    await using it = start();
    const memory = new Memory();
    const { sha256 } = await fetchFile(it.target, "a", memory, { hash: true });
    expect(sha256).toBe(await memory.hash());
  }, 10_000);

  test("on one fixed data port works many times in a row", async () => {
    await using it = start();
    using free = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const dataPort = free.port;
    free.stop(true);
    for (let round = 0; round < 50; round++) {
      const { received } = await fetchFile({ ...it.target, dataPort }, "a", new Memory());
      expect(received).toBe(SIZE);
    }
  }, 10_000);

  test("by many clients at once gives each the whole file", async () => {
    await using it = start();
    const all = Array.from({ length: 8 }, async () => {
      const memory = new Memory();
      await fetchFile(it.target, "a", memory);
      return memory.content === BYTES;
    });
    expect(await Promise.all(all)).toEqual(all.map(() => true));
    await waitUntil(() => it.server.clients === 0, "the end of all sessions");
  }, 10_000);
});

describe("a resumed get", () => {
  test.each([1, 64 * KIB, SIZE - 1, SIZE])(
    "from byte %i fetches only the rest",
    async (offset) => {
      await using it = start();
      const memory = await part(it.target, offset);
      const receipt = await fetchFile(it.target, "a", memory, { hash: true });
      expect(receipt).toMatchObject({ bytes: SIZE, received: SIZE - offset });
      expect(memory.content === BYTES).toBe(true);
      expect(memory.restarts).toBe(0);
    },
    10_000,
  );

  test("of a file that has changed meanwhile starts again", async () => {
    await using it = start();
    const memory = await part(it.target, 1000);
    writeFileSync(it.scratch.at("a"), "x".repeat(2000));
    const receipt = await fetchFile(it.target, "a", memory);
    expect(receipt).toMatchObject({ bytes: 2000, received: 2000 });
    expect([memory.content, memory.restarts]).toEqual(["x".repeat(2000), 1]);
  }, 10_000);

  test("of a file that has become longer starts again", async () => {
    await using it = start();
    const memory = await part(it.target, SIZE);
    appendFileSync(it.scratch.at("a"), "more");
    await fetchFile(it.target, "a", memory);
    expect(memory.content === `${BYTES}more`).toBe(true);
  }, 10_000);

  test("of a file that has become shorter than what is there starts again", async () => {
    await using it = start();
    const memory = await part(it.target, 1000);
    writeFileSync(it.scratch.at("a"), "short");
    await fetchFile(it.target, "a", memory);
    expect([memory.content, memory.restarts]).toEqual(["short", 1]);
  }, 10_000);

  test("of a file that has gone is refused, and what is there stays", async () => {
    await using it = start();
    const memory = await part(it.target, 1000);
    await Bun.file(it.scratch.at("a")).delete();
    expect(await catchFailure(fetchFile(it.target, "a", memory))).toMatchObject({
      kind: "refused",
    });
    expect(memory.offset).toBe(1000);
  }, 10_000);

  test("whose bytes were damaged is found out by the hash, and forgets them", async () => {
    await using it = start();
    const memory = await part(it.target, 1000);
    memory.content = `${memory.content.slice(0, 999)}?`;
    const failure = await catchFailure(fetchFile(it.target, "a", memory, { hash: true }));
    expect(failure).toMatchObject({ kind: "incomplete" });
    expect(failure.message).toContain("The file is damaged");
    expect(memory.content).toBe("");
  }, 10_000);
});
