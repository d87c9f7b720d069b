// What the tests of lib/ share: temporary directories, expected failures, pairs of connections, and requests to a server.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "../net/connection.ts";
import type { Failure } from "../errors.ts";
import { parseReply, type Reply } from "../protocol/protocol.ts";
import { dial, listen, type Listener } from "../net/socket.ts";

/** A time limit for what should happen at once, in ms. It is far below the time limit of a test, since that one skips `using`. */
export const SOON = 3000;

/** How many rounds a long test has: `whole` if `FT_SOAK` is `full`, else `little`. */
export function soak(little: number, whole: number): number {
  return process.env["FT_SOAK"] === "full" ? whole : little;
}

/** A temporary directory; disposing of it removes it. */
export class Scratch implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "ftkit-test-"));

  at(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file, and returns its path. */
  file(name: string, content: string | Uint8Array = ""): string {
    writeFileSync(this.at(name), content);
    return this.at(name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Returns what `work` throws; throws if it does not. */
export async function catchFailure(work: (() => unknown) | Promise<unknown>): Promise<Failure> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    return error as Failure;
  }
  throw new Error("nothing was thrown");
}

/** Waits until `condition` holds, or throws. */
export async function waitUntil(condition: () => boolean, what: string, ms = SOON): Promise<void> {
  for (const end = performance.now() + ms; !condition();) {
    if (performance.now() > end) throw new Error(`${what} did not happen within ${ms} ms`);
    await Bun.sleep(2);
  }
}

/** How many descriptors of this process are open. */
export function countDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Both ends of one TCP connection over loopback. */
export interface ConnectionPair extends AsyncDisposable {
  readonly near: Connection;
  readonly far: Connection;
}

export async function connectPair(address = "127.0.0.1"): Promise<ConnectionPair> {
  const accepted = Promise.withResolvers<Connection>();
  using listener = listen({ address, port: 0 }, accepted.resolve);
  const near = await dial({ address, port: listener.port }, SOON);
  const far = await accepted.promise;
  const close = async () => [near, far].forEach((end) => end.close());
  return { near, far, [Symbol.asyncDispose]: close };
}

/** Listens on 127.0.0.1, runs `script` for each connection, and closes it afterwards. Ignores what the script throws. */
export function runScript(script: (p: Connection) => Promise<void>): Listener {
  const run = (p: Connection) =>
    void script(p)
      .catch(() => {})
      .finally(() => p.close());
  return listen({ address: "127.0.0.1", port: 0 }, run);
}

/** All bytes until the peer's FIN. */
export async function readAll(connection: Connection, stall = SOON): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  await connection.receive((piece) => void pieces.push(piece), stall);
  return Buffer.concat(pieces);
}

/** The replies of a server on P, and the bytes on Q; both `q` and `qPort` are undefined if there was no Q. */
export interface Transcript {
  readonly replies: readonly Reply[];
  readonly q: Buffer | undefined;
  readonly qPort: number | undefined;
}

/** Sends the request that `make` returns for a data port, and reads until P and Q have ended. */
export async function sendRequest(
  port: number,
  make: (dataPort: number) => string,
): Promise<Transcript> {
  let q: Promise<Buffer> | undefined;
  let qPort: number | undefined;
  using data = listen({ address: "127.0.0.1", port: 0 }, (connection) => {
    qPort = connection.remote.port;
    q = readAll(connection).finally(() => connection.close());
  });
  await using p = await dial({ address: "127.0.0.1", port }, SOON);
  await p.write(make(data.port), SOON);
  const lines = (await readAll(p)).toString().split("\n").slice(0, -1);
  return { replies: lines.map((line) => parseReply(Buffer.from(line))), q: await q, qPort };
}

/** The codes of the replies, in order. */
export function replyCodes({ replies }: Transcript): number[] {
  return replies.map(({ code }) => code);
}
