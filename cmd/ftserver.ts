// ftserver: serves one directory until SIGINT or SIGTERM.

import type { ArgsDef } from "citty";
import { defaultLimits } from "../lib/server/limits.ts";
import type { Program } from "./cli/arguments.ts";
import { main } from "./cli/main.ts";
import { runServer, USUAL_GRACE } from "./ftserver/run-server.ts";

/** The default times are the same for any number of descriptors. */
const { command, dial, stall } = defaultLimits(0);

const args = {
  "server-port": { type: "positional", description: "Port to listen on, 1 to 65535" },
  root: {
    type: "string",
    valueHint: "DIR",
    description: "Directory to serve (default: the current one)",
  },
  host: {
    type: "string",
    valueHint: "ADDR",
    description: "IP address to listen on (default: all, IPv6 and IPv4)",
  },
  users: {
    type: "string",
    valueHint: "FILE",
    description:
      "Serve only users who log in: the file that ftpasswd writes (default: serve everyone)",
  },
  "tls-cert": {
    type: "string",
    valueHint: "FILE",
    description:
      "Encrypt both connections: a PEM file with the certificate and those of its issuers",
  },
  "tls-key": {
    type: "string",
    valueHint: "FILE",
    description: "A PEM file with the certificate's private key, which only you may read",
  },
  "dot-files": { type: "boolean", description: "Also serve files whose name begins with a dot" },
  "max-clients": {
    type: "string",
    valueHint: "N",
    description: "Clients at once (default: depends on the number of descriptors)",
  },
  "max-per-ip": {
    type: "string",
    valueHint: "N",
    description: "Clients at once from one address (default: three quarters of --max-clients)",
  },
  "command-timeout": {
    type: "string",
    valueHint: "SECONDS",
    description: `Drop a client that sends no command for so long (default: ${command / 1000})`,
  },
  "dial-timeout": {
    type: "string",
    valueHint: "SECONDS",
    description: `Drop a client that does not accept the data connection for so long (default: ${dial / 1000})`,
  },
  "stall-timeout": {
    type: "string",
    valueHint: "SECONDS",
    description: `Drop a client that receives nothing for so long (default: ${stall / 1000})`,
  },
  grace: {
    type: "string",
    valueHint: "SECONDS",
    description: `Time for running transfers to end after a signal (default: ${USUAL_GRACE})`,
  },
  workers: {
    type: "string",
    valueHint: "N",
    description: "Serve from N processes on one port, which share the limits (default: 1)",
  },
  send: {
    type: "string",
    valueHint: "sendfile|copy",
    description: "How to send files (default: sendfile if the system has it)",
  },
  log: {
    type: "string",
    valueHint: "pretty|json",
    description: "Format of the log (default: pretty on a terminal, else json)",
  },
  version: { type: "boolean", description: "Print the version" },
  help: { type: "boolean", alias: "h", description: "Print this help" },
} as const satisfies ArgsDef;

export const program: Program = {
  name: "ftserver",
  description: "Serve the files of one directory to ftclients",
  args,
  example: `  ftserver 30021
  ftserver 30021 --root /srv/files --host 192.0.2.7
  ftserver 30021 --root /srv/files --users users.txt
  ftserver 30021 --root /srv/files --users users.txt --tls-cert cert.pem --tls-key key.pem
  ftserver 30021 --max-clients 100 --log json 2>> ftserver.log`,
};

if (import.meta.main) await main(program, runServer);
