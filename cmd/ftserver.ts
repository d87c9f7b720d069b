// ftserver: serves one directory until SIGINT or SIGTERM.

import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type { ArgsDef } from "citty";
import { Directory } from "../lib/directory.ts";
import { describe } from "../lib/errors.ts";
import { clientsWithin, defaultLimits, type Limits } from "../lib/limits.ts";
import { Login } from "../lib/login.ts";
import { BEST_METHOD } from "../lib/sendfile.ts";
import { Server, type ServerOptions } from "../lib/server.ts";
import { resolve, show } from "../lib/socket.ts";
import { visible } from "../lib/text.ts";
import { UserStore } from "../lib/users.ts";
import type { Arguments, Program } from "./arguments.ts";
import { Log } from "./log.ts";
import { main } from "./main.ts";

/** Descriptors where the system does not tell: what POSIX systems grant at least in practice. */
const FEW_DESCRIPTORS = 256;

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
  ftserver 30021 --users users.txt
  ftserver 30021 --max-clients 100 --log json 2>> ftserver.log`,
};

if (import.meta.main) await main(program, run);

/** Steps 1, 2 and 9: validate, listen, serve until a signal. */
async function run(given: Arguments): Promise<void> {
  const port = given.port("server-port", 1);
  const style =
    given.choice("log", ["pretty", "json"]) ?? (process.stderr.isTTY ? "pretty" : "json");
  const grace = given.number("grace", 0, 86_400, GRACE) * 1000;
  const log = await Log.open(style);
  const login = await openLogin(given.text("users"), log);
  const options: ServerOptions = {
    login,
    address: await listenAddress(given.text("host")),
    port,
    directory: new Directory(given.text("root") ?? ".", given.flag("dot-files")),
    method: given.choice("send", ["sendfile", "copy"]) ?? BEST_METHOD,
    limits: readLimits(given),
    served: (outcome) => log.request(outcome),
  };
  const server = new Server(options);
  const signal = nextSignal();
  outlive(log);
  announce(log, options, server.port);
  const caught = await signal;
  const sentence = `${caught}: stopping. Clients still at work: ${server.clients}; they have ${grace / 1000} s, or until the next signal.`;
  log.note("stopping", sentence, { signal: caught, clients: server.clients });
  void nextSignal().then(() => server.abort());
  await server.stop(grace);
  log.note("stopped", "Stopped.");
  await log.flush();
}

/** The user file is read now, so that a damaged one stops the start, and again whenever it changes. */
async function openLogin(file: string | undefined, log: Log): Promise<Login | undefined> {
  if (file === undefined) return undefined;
  const trouble = (error: unknown) =>
    log.note("users", describe(error), { error: describe(error) }, "error");
  return await Login.open(new UserStore(file), { trouble });
}

/** Both families on `::`, or IPv4 alone where there is no IPv6. */
async function listenAddress(host: string | undefined): Promise<string> {
  if (host !== undefined) return (await resolve(host))[0] ?? host;
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return all.some(({ family }) => family === "IPv6") ? "::" : "0.0.0.0";
}

function readLimits(given: Arguments): Limits {
  const descriptors = descriptorLimit();
  const most = clientsWithin(descriptors);
  const clients = given.number(
    "max-clients",
    1,
    most,
    Math.min(most, defaultLimits(descriptors).clients),
  );
  const limits = defaultLimits(descriptors, Math.floor(clients));
  const ms = (name: string, fallback: number) =>
    given.number(name, 0.1, 86_400, fallback / 1000) * 1000;
  return {
    ...limits,
    clientsPerAddress: given.number("max-per-ip", 1, most, limits.clientsPerAddress),
    command: ms("command-timeout", limits.command),
    dial: ms("dial-timeout", limits.dial),
    stall: ms("stall-timeout", limits.stall),
  };
}

/** How many files this process may open (getrlimit(2), RLIMIT_NOFILE, the soft limit). */
function descriptorLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files +([0-9]+)/m.exec(limits)?.[1] ?? FEW_DESCRIPTORS);
  } catch {
    return FEW_DESCRIPTORS;
  }
}

function announce(
  log: Log,
  { address, directory, limits, method, login }: ServerOptions,
  port: number,
): void {
  const at = show({ address, port });
  const whom =
    address === "::" || address === "0.0.0.0"
      ? "everyone who can reach this host"
      : `clients of ${at}`;
  log.note(
    "listening",
    `Serving ${visible(directory.path)} to ${whom}${login ? " and can log in" : ", without a login"}, on port ${port}; ${limits.clients} clients at once. Ctrl-C stops.`,
    {
      address,
      port,
      root: directory.path,
      clients: limits.clients,
      method,
      login: login !== undefined,
    },
  );
}

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    const caught = (signal: string) => {
      for (const name of signals) process.off(name, caught);
      resolve(signal);
    };
    for (const name of signals) process.on(name, caught);
  });
}

/** An error that nobody expected must not take the other clients down: it is logged, and the server goes on. */
function outlive(log: Log): void {
  const note = (error: unknown) =>
    log.note("error", `Unexpected: ${describe(error)}`, { error: describe(error) }, "error");
  process.on("uncaughtException", note);
  process.on("unhandledRejection", note);
}
