// ftserver: serves one directory until SIGINT or SIGTERM.

import type { ArgsDef } from "citty";
import { Server, type ServerOptions } from "../lib/server/server.ts";
import type { Arguments, Program } from "./cli/arguments.ts";
import { formatStartup, formatStop } from "./ftserver/startup-messages.ts";
import { Log } from "./ftserver/log.ts";
import { main } from "./cli/main.ts";
import { readServerOptions } from "./ftserver/server-options.ts";
import { nextSignal, outlive } from "./ftserver/signals.ts";
import { onTerminal, STDERR } from "./cli/terminal.ts";
import { removeClientTable, workerClientTable, Workers } from "./ftserver/workers.ts";

/** More processes than this help on no machine that this is for. */
const MOST_WORKERS = 64;

/** How long running transfers may take to end after a signal, in seconds: a second signal cuts it short. */
const GRACE = 10;

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
    description: "Serve only who can log in: the file that ftpasswd keeps (default: everyone)",
  },
  "tls-cert": {
    type: "string",
    valueHint: "FILE",
    description: "Encrypt both connections: the certificate, and its issuers', in PEM form",
  },
  "tls-key": {
    type: "string",
    valueHint: "FILE",
    description: "The certificate's private key in PEM form, which nobody else may read",
  },
  "dot-files": { type: "boolean", description: "Serve files whose name begins with a dot, too" },
  "max-clients": {
    type: "string",
    valueHint: "N",
    description: "Clients at once (default: what descriptors allow, 2000 at most)",
  },
  "max-per-ip": {
    type: "string",
    valueHint: "N",
    description: "Clients at once from one address (default: three quarters of all)",
  },
  "command-timeout": {
    type: "string",
    valueHint: "SECONDS",
    description: "Time to give a command (default: 60)",
  },
  "dial-timeout": {
    type: "string",
    valueHint: "SECONDS",
    description: "Time to take the data connection (default: 10)",
  },
  "stall-timeout": {
    type: "string",
    valueHint: "SECONDS",
    description: "Time without reading anything (default: 120)",
  },
  grace: {
    type: "string",
    valueHint: "SECONDS",
    description: `Time for running transfers after a signal (default: ${GRACE})`,
  },
  workers: {
    type: "string",
    valueHint: "N",
    description: "Serve from N processes on one port; limits hold over all of them (default: 1)",
  },
  send: {
    type: "string",
    valueHint: "sendfile|copy",
    description: "How files are sent (default: sendfile where there is one)",
  },
  log: {
    type: "string",
    valueHint: "pretty|json",
    description: "How the log looks (default: pretty on a terminal, else json)",
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

if (import.meta.main) await main(program, run);

/** Steps 1, 2 and 9: validate, listen, serve until a signal. */
async function run(given: Arguments): Promise<void> {
  const style = given.choice("log", ["pretty", "json"]) ?? (onTerminal(STDERR) ? "pretty" : "json");
  const log = await Log.open(style);
  const options = await readServerOptions(given, log);
  const grace = given.number("grace", 0, 86_400, GRACE) * 1000;
  const workers = given.whole("workers", 1, MOST_WORKERS, 1);
  outlive(log);
  const clientTable = workerClientTable(options.limits);
  if (clientTable)
    await serveAsWorker(new Server({ ...options, clientTable, sharePort: true }), grace);
  else if (workers > 1) await serveByWorkers(workers, options, grace, log);
  else await serveAlone(options, grace, log);
  await log.flush();
}

async function serveAlone(options: ServerOptions, grace: number, log: Log): Promise<void> {
  const server = new Server(options);
  const signal = nextSignal();
  formatStartup(log, options);
  formatStop(log, await signal, grace, { clients: server.clients });
  await stopServer(server, grace);
  log.note("stopped", "Stopped.");
}

async function serveByWorkers(
  count: number,
  options: ServerOptions,
  grace: number,
  log: Log,
): Promise<void> {
  using workers = new Workers(count, options, options.limits, log);
  const signal = nextSignal();
  await workers.ready();
  formatStartup(log, options, { workers: count });
  const first = await signal;
  formatStop(log, first, grace, { workers: count });
  workers.signal(first);
  void nextSignal().then((second) => workers.signal(second));
  await workers.ended();
  log.note("stopped", "Stopped.");
}

/** A worker says nothing of its own but what it serves; it ends by its parent's signal, or with its parent. */
async function serveAsWorker(server: Server, grace: number): Promise<void> {
  const orphaned = new Promise((resolve) => process.once("disconnect", resolve)).then(
    removeClientTable,
  );
  const signal = nextSignal();
  process.send?.("listening");
  await Promise.race([signal, orphaned]);
  await stopServer(server, grace);
}

async function stopServer(server: Server, grace: number): Promise<void> {
  void nextSignal().then(() => server.abort());
  await server.stop(grace);
}
