// ftserver: serves one directory until a signal.

import { defaultLimits } from "../lib/server/limits.ts";
import type { Program } from "./cli/arguments.ts";
import { main } from "./cli/main.ts";
import { flag, positional, STANDARD_OPTIONS, value } from "./cli/options.ts";
import { runServer, USUAL_GRACE } from "./ftserver/run-server.ts";

/** The default times are the same for any number of descriptors. */
const { command, dial, stall } = defaultLimits(0);

const args = {
  "server-port": positional("Port to listen on, 1 to 65535, or 0 for a free one"),
  dir: positional("Directory to serve (default: the current one)", false),
  root: value("DIR", "The same as an option"),
  host: value("ADDR", "IP address to listen on (default: all, IPv6 and IPv4)"),
  users: value(
    "FILE",
    "Serve only users who log in: the file that ftpasswd writes (default: serve everyone)",
  ),
  "tls-cert": value(
    "FILE",
    "Encrypt both connections: a PEM file with the certificate and those of its issuers; SIGHUP without a terminal reads it again",
  ),
  "tls-key": value(
    "FILE",
    "A PEM file with the certificate's private key, which only you may read",
  ),
  "passive-ports": value(
    "A-B",
    "Ports for data connections that clients open, 1024 to 65535 (default: any free one)",
  ),
  "require-tls": flag("Refuse logins of other hosts that are not over TLS"),
  "dot-files": flag("Also serve files whose name begins with a dot"),
  "max-clients": value("N", "Clients at once (default: depends on the number of descriptors)"),
  "max-per-ip": value(
    "N",
    "Clients at once from one address or IPv6 /64 (default: three quarters of --max-clients)",
  ),
  "command-timeout": value(
    "SECONDS",
    `Drop a client that sends no command for so long (default: ${command / 1000})`,
  ),
  "dial-timeout": value(
    "SECONDS",
    `Drop a client that does not accept or open the data connection for so long (default: ${dial / 1000})`,
  ),
  "stall-timeout": value(
    "SECONDS",
    `Drop a client that receives nothing for so long (default: ${stall / 1000})`,
  ),
  grace: value(
    "SECONDS",
    `Time for running transfers to end after a signal (default: ${USUAL_GRACE})`,
  ),
  workers: value("N", "Serve from N processes on one port, which share the limits (default: 1)"),
  send: value("sendfile|copy", "How to send files (default: sendfile if the system has it)"),
  log: value("pretty|json", "Format of the log (default: pretty on a terminal, else json)"),
  ...STANDARD_OPTIONS,
};

export const program: Program = {
  name: "ftserver",
  description: "Serve the files of one directory to ftclients",
  args,
  example: `  ftserver 30021
  ftserver 30021 /srv/files --host 192.0.2.7
  ftserver 30021 /srv/files --users users.txt
  ftserver 30021 /srv/files --users users.txt \\
      --tls-cert cert.pem --tls-key key.pem
  ftserver 30021 --max-clients 100 --log json 2>> ftserver.log`,
};

export const start = (): Promise<void> => main(program, runServer);

if (import.meta.main) void start();
