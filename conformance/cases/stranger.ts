// Somebody who connects to the data port of a client before the server does.

import { HOST } from "../harness/context.ts";
import { Connection } from "../net/connection.ts";
import type { DialectServer } from "../peer/server.ts";
import { POLL } from "../spec/timeouts.ts";

/** Opens a connection to the data port from this address, and from this port if one is given; nothing if nobody listens there in time. */
export async function intrude(
  { context, values }: DialectServer,
  from: string,
  fromPort?: number,
): Promise<Connection | undefined> {
  const port = Number(values["dport"]);
  for (const end = performance.now() + context.timeouts.reply; performance.now() < end;) {
    const made = await context.dial("Q", { host: HOST, port, from, ...(fromPort && { fromPort }) });
    if (made instanceof Connection) return context.own(made);
    await Bun.sleep(POLL);
  }
  return undefined;
}
