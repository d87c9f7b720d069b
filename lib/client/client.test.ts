// The client lists and fetches from a real server: whole files, resumed files, and with a check of the hash.

import { describe, expect, test } from "bun:test";
import { appendFileSync, writeFileSync } from "node:fs";
import { fetchFile, fetchListing, type FileSink, parseListing } from "./client.ts";
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
  minRate: 500,
  rateWindow: 60_000,
};
const KIB = 1024;
const BYTES = Buffer.from(crypto.getRandomValues(new Uint8Array(64 * KIB)))
  .toString("latin1")
  .repeat(3);
const SIZE = BYTES.length;

/** A sink in memory that knows the version of its bytes. */
class MemorySink implements FileSink {
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

/** A server with the file `a`, and the options to connect to it. */
function start(address = "127.0.0.1") {
  const scratch = new Scratch();
  scratch.file("a", Buffer.from(BYTES, "latin1"));
  const server = new Server({
    ...{ directory: new Directory(scratch.path), address, port: 0, limits: LIMITS },
    ...{ method: "sendfile", onSessionEnd: () => {} },
  });
  const host = address === "::" ? "127.0.0.1" : address;
  const options: ConnectOptions = {
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
  return { scratch, server, options, [Symbol.asyncDispose]: dispose };
}

async function fetchNames(options: ConnectOptions): Promise<string[]> {
  return parseListing(await fetchListing(options));
}

/** The first `length` bytes of `a`, as an earlier transfer leaves them. */
async function createPart(options: ConnectOptions, length: number): Promise<MemorySink> {
  const whole = new MemorySink();
  await fetchFile(options, "a", whole);
  return new MemorySink(BYTES.slice(0, length), whole.version);
}

describe("fetchListing", () => {
  test("returns the names, over IPv4 and over IPv6", async () => {
    for (const address of ["127.0.0.1", "::1", "::"]) {
      await using it = start(address);
      it.scratch.file(" b c ");
      expect(await fetchNames(it.options)).toEqual([" b c ", "a"]);
    }
  }, 10_000);

  test("returns no name for an empty directory", async () => {
    await using it = start();
    await Bun.file(it.scratch.at("a")).delete();
    expect(await fetchNames(it.options)).toEqual([]);
  }, 10_000);

  test("returns all names of a long listing", async () => {
    await using it = start();
    const names = Array.from({ length: 600 }, (_, index) => `n${index}`.padEnd(250, "x"));
    for (const name of names) it.scratch.file(name);
    expect((await fetchNames(it.options)).join() === ["a", ...names.toSorted()].join()).toBe(true);
  }, 10_000);
});

describe("fetchFile", () => {
  test("fetches every byte, and reports progress", async () => {
    await using it = start();
    const memory = new MemorySink();
    const reports: [number, number][] = [];
    const progress = (bytes: number, total: number) => void reports.push([bytes, total]);
    const result = await fetchFile(it.options, "a", memory, { progress });
    expect(result).toMatchObject({ bytes: SIZE, received: SIZE, sha256: undefined });
    expect(memory.content === BYTES).toBe(true);
    expect(reports.at(-1)).toEqual([SIZE, SIZE]);
  }, 10_000);

  test("fetches an empty file", async () => {
    await using it = start();
    it.scratch.file("empty");
    expect(await fetchFile(it.options, "empty", new MemorySink())).toMatchObject({
      bytes: 0,
      received: 0,
    });
  }, 10_000);

  test("fails with the server's words if there is no such file", async () => {
    await using it = start();
    const failure = await catchFailure(fetchFile(it.options, "b", new MemorySink()));
    expect(failure).toMatchObject({ kind: "refused" });
    expect(failure.message).toContain("File not found: b");
  }, 10_000);

  test("fails before it sends anything if a request line cannot hold the name", async () => {
    await using it = start();
    const failure = await catchFailure(fetchFile(it.options, "a 3000\n-l", new MemorySink()));
    expect(failure).toMatchObject({ kind: "usage" });
  }, 10_000);

  test("compares the hash if asked to", async () => {
    await using it = start();
    const memory = new MemorySink();
    const { sha256 } = await fetchFile(it.options, "a", memory, { hash: true });
    expect(sha256).toBe(await memory.hash());
  }, 10_000);

  test("works many times in a row on one fixed data port", async () => {
    await using it = start();
    using free = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const dataPort = free.port;
    free.stop(true);
    for (let round = 0; round < 50; round++) {
      const { received } = await fetchFile({ ...it.options, dataPort }, "a", new MemorySink());
      expect(received).toBe(SIZE);
    }
  }, 10_000);

  test("fetches the whole file for many clients at once", async () => {
    await using it = start();
    const all = Array.from({ length: 8 }, async () => {
      const memory = new MemorySink();
      await fetchFile(it.options, "a", memory);
      return memory.content === BYTES;
    });
    expect(await Promise.all(all)).toEqual(all.map(() => true));
    await waitUntil(() => it.server.clients === 0, "the end of all sessions");
  }, 10_000);
});

describe("a resumed fetchFile", () => {
  test.each([1, 64 * KIB, SIZE - 1, SIZE])(
    "at byte %i fetches only the rest",
    async (offset) => {
      await using it = start();
      const memory = await createPart(it.options, offset);
      const result = await fetchFile(it.options, "a", memory, { hash: true });
      expect(result).toMatchObject({ bytes: SIZE, received: SIZE - offset });
      expect(memory.content === BYTES).toBe(true);
      expect(memory.restarts).toBe(0);
    },
    10_000,
  );

  test("starts again if the file has changed", async () => {
    await using it = start();
    const memory = await createPart(it.options, 1000);
    writeFileSync(it.scratch.at("a"), "x".repeat(2000));
    const result = await fetchFile(it.options, "a", memory);
    expect(result).toMatchObject({ bytes: 2000, received: 2000 });
    expect([memory.content, memory.restarts]).toEqual(["x".repeat(2000), 1]);
  }, 10_000);

  test("starts again if the file has become longer", async () => {
    await using it = start();
    const memory = await createPart(it.options, SIZE);
    appendFileSync(it.scratch.at("a"), "more");
    await fetchFile(it.options, "a", memory);
    expect(memory.content === `${BYTES}more`).toBe(true);
  }, 10_000);

  test("starts again if the file has become shorter than the part", async () => {
    await using it = start();
    const memory = await createPart(it.options, 1000);
    writeFileSync(it.scratch.at("a"), "short");
    await fetchFile(it.options, "a", memory);
    expect([memory.content, memory.restarts]).toEqual(["short", 1]);
  }, 10_000);

  test("fails if the file is gone, and keeps the part", async () => {
    await using it = start();
    const memory = await createPart(it.options, 1000);
    await Bun.file(it.scratch.at("a")).delete();
    expect(await catchFailure(fetchFile(it.options, "a", memory))).toMatchObject({
      kind: "refused",
    });
    expect(memory.offset).toBe(1000);
  }, 10_000);

  test("finds damaged bytes by the hash, and drops them", async () => {
    await using it = start();
    const memory = await createPart(it.options, 1000);
    memory.content = `${memory.content.slice(0, 999)}?`;
    const failure = await catchFailure(fetchFile(it.options, "a", memory, { hash: true }));
    expect(failure).toMatchObject({ kind: "incomplete" });
    expect(failure.message).toContain("The file is damaged");
    expect(memory.content).toBe("");
  }, 10_000);
});
