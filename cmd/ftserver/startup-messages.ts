// What ftserver logs about itself: what it serves to whom when it starts, and how long it waits when it stops.

import { networkInterfaces } from "node:os";
import { isLinkLocal, isLoopback } from "../../lib/net/address.ts";
import type { ServerOptions } from "../../lib/server/server.ts";
import { sanitizeForDisplay } from "../../lib/text.ts";
import type { Log } from "./log.ts";

/** How many addresses the message for people shows. The line for programs has all of them. */
const MOST_SHOWN = 3;

/** `fields` are added to the line for programs. */
export function logStart(log: Log, options: ServerOptions, fields: object = {}): void {
  const { address, port, directory, limits, method, login, tls } = options;
  const { path } = directory;
  const { clients } = limits;
  const addresses = findReachableAddresses(address);
  const pin = tls ? { pin: `sha256:${tls.identity.fingerprint}` } : {};
  const client = ["-l", login && "--user NAME", pin.pin && `--tls --pin ${pin.pin}`];
  log.note(
    "listening",
    `Serving ${sanitizeForDisplay(path)} to ${describeAudience(address)}, ${login ? "after" : "without"} a login, on port ${port}; at most ${clients} clients at once.${tls ? " Over TLS only." : ""} ${formatInvitation(addresses, port, client.filter(Boolean).join(" "))}Press Ctrl-C to stop.`,
    { address, port, addresses, root: path, clients, method, login: !!login, ...pin, ...fields },
  );
  warnOfClearPasswords(log, options);
}

/** The addresses by which clients reach a server that listens on `address`: IPv4 first, because people type it more easily. */
function findReachableAddresses(address: string): string[] {
  if (address !== "::" && address !== "0.0.0.0") return [address];
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const external = all.filter((one) => !one.internal && !isLinkLocal(one.address));
  const four = external.filter(({ family }) => family === "IPv4");
  const six = address === "::" ? external.filter(({ family }) => family === "IPv6") : [];
  return [...four, ...six].map((one) => one.address);
}

/** What to type where the client runs. */
function formatInvitation([first, ...others]: string[], port: number, options: string): string {
  if (first === undefined) return "";
  const where = isLoopback(first) ? "On this host" : "On another host";
  const shown = others.slice(0, MOST_SHOWN - 1).join(" or ");
  const rest = shown && ` (this host is also ${shown})`;
  return `${where} type: ftclient ${first} ${port} ${options}${rest}. `;
}

/** Warns if passwords of other hosts come in the clear. `--require-tls` is the answer of an operator who cannot offer TLS. */
function warnOfClearPasswords(log: Log, { address, login, tls }: ServerOptions): void {
  if (!login || tls || isLoopback(address)) return;
  const sentence = login.isLocalOnly
    ? "Other hosts cannot log in, because this server has no TLS: give --tls-cert and --tls-key."
    : "Passwords from other hosts travel in the clear, and everyone on the way can read them: give --tls-cert and --tls-key, or refuse them with --require-tls.";
  log.note("clear-passwords", sentence, { refused: login.isLocalOnly }, "warn");
}

/** A fault of this program would give away everything that root can do. It cannot give up those rights itself: Bun's threads keep theirs. */
export function warnAboutRoot(log: Log): void {
  if (process.getuid?.() !== 0) return;
  const sentence =
    "This ftserver runs as root, and keeps all rights of root: whoever finds a fault in it can do everything on this machine. Run it as another user, who can only read the directory; for a port below 1024 that user needs CAP_NET_BIND_SERVICE. cmd/ftserver/ftserver.service is an example for systemd.";
  log.note("root", sentence, { warning: sentence }, "warn");
}

function describeAudience(address: string): string {
  if (address === "::" || address === "0.0.0.0") return "everyone who can reach this host";
  if (address === "::1" || address.startsWith("127.")) return "this host only";
  return `everyone who can reach ${address}`;
}

/** `busy` counts what is still at work when the first signal arrives. `grace` is in ms. */
export function logStop(
  log: Log,
  signal: string,
  grace: number,
  busy: Record<string, number>,
): void {
  const counts = Object.entries(busy).map(([what, count]) => `${what} still at work: ${count}`);
  const sentence = `${signal}: stopping within ${grace / 1000} s; ${counts}. A second signal stops at once.`;
  log.note("stopping", sentence, { signal, ...busy });
}
