// What ftserver says of itself: what it serves to whom when it starts, and what it waits for when it is to stop.

import type { ServerOptions } from "../../lib/server/server.ts";
import { sanitizeForDisplay } from "../../lib/text.ts";
import type { Log } from "./log.ts";

/** The banner. `facts` are for programs that read the log. */
export function formatStartup(
  log: Log,
  { address, port, directory, limits, method, login, tls }: ServerOptions,
  facts: object = {},
): void {
  const encrypted = tls
    ? ` Over TLS alone; clients may use --pin sha256:${tls.identity.fingerprint}.`
    : "";
  log.note(
    "listening",
    `Serving ${sanitizeForDisplay(directory.path)} to ${whom(address)}, ${login ? "after" : "without"} a login, on port ${port}; ${limits.clients} clients at once.${encrypted} Ctrl-C stops.`,
    {
      address,
      port,
      root: directory.path,
      clients: limits.clients,
      method,
      login: login !== undefined,
      ...(tls ? { pin: `sha256:${tls.identity.fingerprint}` } : {}),
      ...facts,
    },
  );
}

function whom(address: string): string {
  if (address === "::" || address === "0.0.0.0") return "everyone who can reach this host";
  if (address === "::1" || address.startsWith("127.")) return "this host alone";
  return `everyone who can reach ${address}`;
}

/** After the first signal. */
export function formatStop(
  log: Log,
  signal: string,
  grace: number,
  facts: Record<string, number>,
): void {
  const left = Object.entries(facts).map(([what, count]) => `${what} still at work: ${count}`);
  const sentence = `${signal}: stopping, ${left}; at most ${grace / 1000} s, or until the next signal.`;
  log.note("stopping", sentence, { signal, ...facts });
}
