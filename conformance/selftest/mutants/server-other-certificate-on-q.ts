// Shows a certificate on Q that is not the one of P.

import type { Pair } from "../reference/secure.ts";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.23"];

const REQUEST =
  "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout - -days 2 -subj /CN=q";

class Faulty extends ReferenceSession {
  override prove(_pair: Pair, key: string): Promise<void> {
    const { stdout } = Bun.spawnSync(["openssl", ...REQUEST.split(" ")]);
    const [cert = "", secret = ""] = [
      /-+BEGIN CERT[^]+CERTIFICATE-+/,
      /-+BEGIN [^]*?KEY-+[^]+KEY-+/,
    ].map((part) => part.exec(stdout.toString())?.[0]);
    return super.prove({ cert, key: secret }, key);
  }
}

if (import.meta.main) serveWith(Faulty);
