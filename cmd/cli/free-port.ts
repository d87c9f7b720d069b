// Finds a free port for a program that is about to start.

import { listen } from "../../lib/net/socket.ts";

/** Returns a port on which no program listens at this moment. */
export function findFreePort(): number {
  using listener = listen({ address: "127.0.0.1", port: 0 }, (connection) => connection.close());
  return listener.port;
}
