// A position in the bytes of a connection: what was read, and what was skipped.

import type { CaseContext } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import type { Connection } from "../net/connection.ts";
import type { Match } from "../dialect/decode.ts";

export class Cursor {
  /** The number of bytes that were read. */
  position = 0;
  /** Bytes that were skipped, since no step explains them. */
  readonly skipped: string[] = [];

  constructor(readonly connection: Connection) {}

  /** The text that is not read yet, a character for each byte. */
  get unreadText(): string {
    return this.connection.bytes.toString("latin1", this.position);
  }

  /** Waits until no further segment follows: the end of a text may still be on its way. */
  async waitUntilStill(context: CaseContext): Promise<void> {
    const { connection } = this;
    let length = -1;
    const hasNews = (): boolean => connection.length > length || connection.hasEnded;
    while (connection.length > length && !connection.hasEnded) {
      length = connection.length;
      await context.happensWithin(hasNews, context.timeouts.quiet / 5);
    }
  }

  /** Moves behind a match in the unread text, and remembers what stood before it. */
  advance({ start, end }: Pick<Match, "start" | "end">): void {
    const skipped = this.unreadText.slice(0, start);
    if (skipped !== "") this.skipped.push(`${show(skipped)} on ${this.connection.name}`);
    this.position += end;
  }
}
