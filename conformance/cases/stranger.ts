// Somebody who connects to the data port of a client before the server does.

import { HOST } from "../harness/context.ts";
import { Connection } from "../net/connection.ts";
import { dial } from "../net/sockets.ts";
import type { DialectServer } from "../peer/server.ts";
import { POLL, REPLY_LIMIT } from "../spec/timeouts.ts";

/** Opens a connection to the data port from this address; nothing if nobody listens there in time. */
export async function intrude(
  { context, values }: DialectServer,
  from: string,
): Promise<Connection | undefined> {
  const port = Number(values["dport"]);
  for (const end = performance.now() + REPLY_LIMIT; performance.now() < end;) {
    const made = await dial(context.timeline, "Q", { host: HOST, port, from });
    if (made instanceof Connection) return context.own(made);
    await Bun.sleep(POLL);
  }
  return undefined;
}
