// Reads the certificate and the users again, if a signal says that they have changed.

import { formatError } from "../../lib/errors.ts";
import type { Server, ServerOptions } from "../../lib/server/server.ts";
import type { Arguments } from "../cli/arguments.ts";
import type { Log } from "./log.ts";
import { readTls } from "./server-options.ts";

/** Returns what to do at the signal. If a file cannot be used, the log says so, and the server goes on with the old certificate. */
export function createReload(
  args: Arguments,
  { login }: ServerOptions,
  server: Server,
  log: Log,
): () => Promise<void> {
  return async () => {
    try {
      const tls = await readTls(args);
      login?.checkUsers();
      server.replaceTls(tls);
      const pin = tls && { pin: `sha256:${tls.identity.fingerprint}` };
      const change = pin ? ` New clients may use --pin ${pin.pin}.` : "";
      log.note("reloaded", `The certificate and the users were read again.${change}`, pin);
    } catch (error) {
      const sentence = `The certificate is not changed: ${formatError(error)}`;
      log.note("reload-failed", sentence, { error: formatError(error) }, "error");
    }
  };
}
