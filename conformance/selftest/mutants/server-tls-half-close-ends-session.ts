// Ends a session over TLS when the client ends its direction.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.14"];

class Faulty extends ReferenceServer {
  override readonly tlsOptions = { allowHalfOpen: false };
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
