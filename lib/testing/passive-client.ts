// A server of one file, and a client that speaks PASV line by line, so that a test can do something else at each step.

import { expect } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { dial } from "../net/socket.ts";
import { LineSplitter } from "../protocol/line.ts";
import { MAX_LINE, parseReply, type Reply } from "../protocol/protocol.ts";
import { Directory } from "../server/directory.ts";
import { defaultLimits } from "../server/limits.ts";
import { Server, type ServerOptions } from "../server/server.ts";
import { readAll, Scratch, SOON } from "./testing.ts";

/** What the file of the server holds. */
export const CONTENT = "some text\n";

/** P of one request. Disposing of it closes P. */
export class PassiveClient implements AsyncDisposable {
  readonly #lines = new LineSplitter(MAX_LINE);

  private constructor(readonly p: Connection) {}

  /** Connects to this host, from the address `from` if it is given. */
  static async connect(port: number, from?: string): Promise<PassiveClient> {
    const source = from === undefined ? {} : { from };
    return new PassiveClient(await dial({ address: "127.0.0.1", port }, SOON, source));
  }

  /** The next reply; undefined at the end of P. */
  async reply(): Promise<Reply | undefined> {
    for (;;) {
      const line = this.#lines.next();
      if (line) return parseReply(line);
      const bytes = await this.p.read(SOON);
      if (!bytes) return undefined;
      this.#lines.push(bytes);
    }
  }

  /** Sends PASV and the lines, and reads the replies up to `229`. */
  async request(lines: string): Promise<{ port: number; key: string }> {
    await this.p.write(`PASV\n${lines}\n`, SOON);
    for (let reply; (reply = await this.reply());) {
      if (reply.code >= 400) throw new Error(`${reply.code} ${reply.text}`);
      if (reply.code !== 229) continue;
      return { port: Number(reply.fields.get("port")), key: reply.fields.get("key") ?? "" };
    }
    throw new Error("P ended");
  }

  /** Dials a passive port and sends `text`. */
  async open(port: number, text: string, from?: string): Promise<Connection> {
    const { address } = this.p.remote;
    const q = await dial({ address, port }, SOON, from === undefined ? {} : { from });
    if (text !== "") await q.write(text, SOON);
    return q;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.p.close();
  }
}

/** A server of one file, `a`, and what it has answered last. */
export class PassiveServer implements AsyncDisposable {
  readonly scratch = new Scratch();
  readonly codes: number[] = [];
  readonly server: Server;

  constructor(options: Partial<ServerOptions> = {}, dialTime = SOON) {
    this.scratch.file("a", CONTENT);
    this.server = new Server({
      ...{ address: "127.0.0.1", port: 0, method: "copy" },
      directory: new Directory(this.scratch.path),
      limits: { ...defaultLimits(1024), dial: dialTime, linger: 500 },
      onSessionEnd: ({ code }) => this.codes.push(code),
      ...options,
    });
  }

  connect(from?: string): Promise<PassiveClient> {
    return PassiveClient.connect(this.server.port, from);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    this.scratch[Symbol.dispose]();
  }
}

/** Reads the file on Q, and what P says about it. */
export async function expectFile(
  client: PassiveClient,
  q: Connection,
  content = CONTENT,
): Promise<void> {
  expect((await readAll(q)).toString()).toBe(content);
  q.close();
  const announcement = await client.reply();
  expect([announcement?.code, announcement?.fields.get("bytes")]).toEqual([
    150,
    `${content.length}`,
  ]);
  expect((await client.reply())?.code).toBe(226);
  expect(await client.reply()).toBeUndefined();
}

/** True if the server has closed the connection without a byte. */
export async function isClosed(connection: Connection): Promise<boolean> {
  const bytes = await connection.read(SOON).catch(() => undefined);
  return bytes === undefined;
}
