// A client that speaks PASV line by line, so that a test can do something else at each step.

import type { Connection } from "../net/connection.ts";
import { dial } from "../net/socket.ts";
import { LineSplitter } from "../protocol/line.ts";
import { MAX_LINE, parseReply, type Reply } from "../protocol/protocol.ts";
import { SOON } from "./testing.ts";

/** P of one request. Disposing of it closes P. */
export class PassiveClient implements AsyncDisposable {
  readonly #lines = new LineSplitter(MAX_LINE);

  private constructor(readonly p: Connection) {}

  static async connect(port: number, address = "127.0.0.1"): Promise<PassiveClient> {
    return new PassiveClient(await dial({ address, port }, SOON));
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
