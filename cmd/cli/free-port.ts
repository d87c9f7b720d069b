// A free port for a program that is about to be started.

import { listen } from "../../lib/net/socket.ts";

/** A port that nobody listens on at this moment. */
export function freePort(): number {
  using listener = listen({ address: "127.0.0.1", port: 0 }, (connection) => connection.close());
  return listener.port;
}
