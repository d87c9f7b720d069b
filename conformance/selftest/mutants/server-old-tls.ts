// Accepts TLS 1.2.

import { ReferenceServer, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N4.1"];

class Faulty extends ReferenceServer {
  override readonly tlsOptions = { minVersion: "TLSv1.2" } as const;
}

if (import.meta.main) startServer({ ReferenceServer: Faulty });
