// Writes the replies of one session on P, and keeps the last one for the log.

import type { Connection } from "../net/connection.ts";
import { formatReply, type ReplyFields } from "../protocol/protocol.ts";

export class ReplyWriter {
  /** The last reply, whether it arrived or not; the code is 0 if there was none. */
  last = { code: 0, text: "" };

  constructor(private readonly p: Connection) {}

  /** Waits at most `ms` for a client that does not read. Throws what broke P. */
  async write(code: number, text: string, ms: number, fields: ReplyFields = {}): Promise<void> {
    this.last = { code, text };
    await this.p.write(formatReply(code, text, fields), ms);
  }
}
