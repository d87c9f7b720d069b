// A scripted server that lets its client open Q, and what the tests of such a client need.

import type { FileSink } from "../client/client.ts";
import type { ConnectOptions } from "../client/connect-options.ts";
import type { DataMode } from "../client/data-mode.ts";
import type { Connection } from "../net/connection.ts";
import { listen } from "../net/socket.ts";
import { SOON } from "./testing.ts";

export const HOST = "127.0.0.1";
export const CONTENT = "some text\n";

/** A port on which nobody listens. */
export function findClosedPort(): number {
  using listener = listen({ address: HOST, port: 0 }, () => {});
  return listener.port;
}

export const options = (port: number, mode: DataMode, more: Partial<ConnectOptions> = {}) => ({
  ...{ host: HOST, port, dataPort: 0, timeout: SOON, stall: SOON, mode },
  ...more,
});

export const readLine = async (p: Connection) => Buffer.from((await p.read(SOON)) ?? []).toString();

/** A server that speaks PASV, but for what `answers` says instead: for each word of a request a reply, or undefined for none. */
export async function servePassively(
  p: Connection,
  answers: Record<string, string> = {},
): Promise<void> {
  let isPassive = false;
  for (let line; (line = await readLine(p)) !== "";) {
    const [word = ""] = line.trim().split(" ");
    const answer = answers[word];
    if (answer !== undefined) {
      await p.write(answer, SOON);
      return p.finish(SOON);
    }
    if (word === "PASV") {
      isPassive = true;
      await p.write("350 Yes.\n", SOON);
    } else if (!isPassive) return p.finish(SOON);
    else return sendOnQ(p);
  }
}

async function sendOnQ(p: Connection): Promise<void> {
  const accepted = Promise.withResolvers<Connection>();
  using listener = listen({ address: HOST, port: 0 }, accepted.resolve);
  const key = "0123456789abcdef".repeat(2);
  await p.write(`229 port=${listener.port} key=${key} Come.\n`, SOON);
  await using q = await accepted.promise;
  const got = Buffer.from((await q.read(SOON)) ?? []).toString();
  if (got !== key) return;
  await p.write(`150 bytes=${CONTENT.length} port=${listener.port} version=v1 Here.\n`, SOON);
  await q.write(CONTENT, SOON);
  await q.finish(SOON);
  await p.write(`226 bytes=${CONTENT.length} Sent.\n`, SOON);
  await p.finish(SOON);
}

export class MemorySink implements FileSink {
  readonly pieces: Uint8Array[] = [];
  constructor(public offset = 0) {}
  begin = (): boolean => true;
  restart = (): void => void (this.offset = 0);
  write = (bytes: Uint8Array): void => void this.pieces.push(bytes);
  hash = (): undefined => undefined;
  get text(): string {
    return Buffer.concat(this.pieces).toString();
  }
}
