// Uses another certificate on Q than on P.

import type { Socket } from "node:net";
import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.23", "N7.33"];

const ARGUMENTS =
  "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout - -days 2 -subj /CN=q";

class Faulty extends ServerData {
  override startTls(socket: Socket): Promise<Socket> {
    const output = Bun.spawnSync(["openssl", ...ARGUMENTS.split(" ")]).stdout.toString();
    const cert = /-+BEGIN CERT[^]+CERTIFICATE-+/.exec(output)?.[0] ?? "";
    const key = /-+BEGIN [^]*?KEY-+[^]+KEY-+/.exec(output)?.[0] ?? "";
    return super.startTls(socket, { cert, key });
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
