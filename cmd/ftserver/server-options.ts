// Reads and checks the arguments of ftserver before it listens: address, directory, limits, TLS and login.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { basename, dirname } from "node:path";
import { Directory } from "../../lib/server/directory.ts";
import { formatError } from "../../lib/errors.ts";
import { maxWaitingClients, defaultLimits, type ServerLimits } from "../../lib/server/limits.ts";
import { Login } from "../../lib/auth/login.ts";
import { BEST_METHOD, type SendMethod } from "../../lib/server/sendfile.ts";
import type { ServerOptions } from "../../lib/server/server.ts";
import {
  HIGHEST_PORT,
  LOWEST_DATA_PORT,
  parsePort,
  type PortRange,
} from "../../lib/protocol/port.ts";
import { resolveHost } from "../../lib/net/resolver.ts";
import type { TlsServer } from "../../lib/tls/tls-server.ts";
import { UserStore } from "../../lib/auth/users.ts";
import { type Arguments, quoteShort, usageFailure } from "../cli/arguments.ts";
import type { Log } from "./log.ts";
import { findInheritedRoot, openLoginThrottle } from "./shared-tables.ts";

/** The assumed number of descriptors if the system does not tell: POSIX systems allow at least so many in practice. */
const FEW_DESCRIPTORS = 256;

/** Step 1 of the assignment. Throws a `Failure` of kind `usage` that names the wrong argument. */
export async function readServerOptions(args: Arguments, log: Log): Promise<ServerOptions> {
  const port = args.port("server-port", 0);
  const dotFiles = args.flag("dot-files");
  const directory = new Directory(
    findInheritedRoot() ?? readRoot(args) ?? getCurrentDirectory(),
    dotFiles,
  );
  assertNotServed(args, "users", directory.path, dotFiles);
  assertNotServed(args, "tls-key", directory.path, dotFiles);
  const tls = await readTls(args);
  return {
    ...{ tls, port, directory },
    method: readMethod(args, tls !== undefined),
    limits: readLimits(args),
    passivePorts: readPassivePorts(args),
    login: await openLogin(args, log, tls !== undefined),
    address: await findListenAddress(args.text("host")),
    onSessionEnd: (result) => log.request(result),
  };
}

/** The code for TLS is loaded only if it is used. */
export async function readTls(args: Arguments): Promise<TlsServer | undefined> {
  const [cert, key] = [args.text("tls-cert"), args.text("tls-key")];
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw usageFailure("--tls-cert and --tls-key need each other: give both.");
  const { TlsServer } = await import("../../lib/tls/tls-server.ts");
  return TlsServer.read(cert, key);
}

/** The directory may be an argument or an option. */
function readRoot(args: Arguments): string | undefined {
  const [root, dir] = [args.text("root"), args.text("dir")];
  if (root === undefined || dir === undefined) return root ?? dir;
  throw usageFailure("The directory is given twice: leave out DIR or --root.");
}

/** If the current directory was removed, Bun would use the directory of its own program instead. */
function getCurrentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    throw usageFailure(
      "The current directory was removed: give the directory to serve with --root.",
    );
  }
}

/** Refuses a secret file in the served directory: clients could fetch it. */
function assertNotServed(args: Arguments, name: string, root: string, dotFiles: boolean): void {
  const file = args.text(name);
  if (file === undefined || !existsSync(file)) return; // the code that reads the file reports it
  const path = realpathSync(file);
  if (dirname(path) !== root || (basename(path).startsWith(".") && !dotFiles)) return;
  throw usageFailure(
    `--${name} ${JSON.stringify(file)} is in the served directory, where clients could fetch it: move the file, or serve another directory with --root.`,
  );
}

/** Over TLS this process must read and encrypt the file, so the kernel cannot send it by itself. */
function readMethod(args: Arguments, tls: boolean): SendMethod {
  const method = args.choice("send", ["sendfile", "copy"]);
  if (!tls) return method ?? BEST_METHOD;
  if (method === "sendfile") throw usageFailure("--send sendfile cannot be used with TLS.");
  return "copy";
}

/** Reads the user file now, so that a damaged one stops the start, and again whenever it changes. */
async function openLogin(args: Arguments, log: Log, tls: boolean): Promise<Login | undefined> {
  const file = args.text("users");
  const requireTls = args.flag("require-tls");
  if (file === undefined && requireTls && !tls)
    throw usageFailure("--require-tls needs --users, or --tls-cert and --tls-key.");
  if (file === undefined) return undefined;
  const onStoreError = (error: unknown) =>
    log.note("users", formatError(error), { error: formatError(error) }, "error");
  const hooks = { onStoreError, isLocalOnly: requireTls && !tls };
  return await Login.open(new UserStore(file), hooks, openLoginThrottle());
}

/** Returns the address to listen on. By default it is `::`, for IPv6 and IPv4, or `0.0.0.0` if the system has no IPv6. */
async function findListenAddress(host: string | undefined): Promise<string> {
  if (host !== undefined) return (await resolveHost(host))[0] ?? host;
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return all.some(({ family }) => family === "IPv6") ? "::" : "0.0.0.0";
}

function readPassivePorts(args: Arguments): PortRange | undefined {
  const text = args.text("passive-ports");
  if (text === undefined) return undefined;
  const [, ...ends] = /^([^-]+)-([^-]+)$/.exec(text) ?? [];
  const [first, last] = ends.map((end) => parsePort(end, LOWEST_DATA_PORT));
  const isRange = first && last && "port" in first && "port" in last && first.port <= last.port;
  if (isRange) return { first: first.port, last: last.port };
  throw usageFailure(
    `--passive-ports takes two ports from ${LOWEST_DATA_PORT} to ${HIGHEST_PORT}, the lower one first, such as 40000-40100, not ${quoteShort(text)}.`,
  );
}

function readLimits(args: Arguments): ServerLimits {
  const descriptors = readDescriptorLimit();
  const most = maxWaitingClients(descriptors);
  const usual = defaultLimits(descriptors).clients;
  const limits = defaultLimits(descriptors, args.integer("max-clients", 1, most, usual));
  const ms = (name: string, fallback: number) =>
    args.number(name, 0.1, 86_400, fallback / 1000) * 1000;
  return {
    ...limits,
    clientsPerAddress: args.integer("max-per-ip", 1, most, limits.clientsPerAddress),
    command: ms("command-timeout", limits.command),
    dial: ms("dial-timeout", limits.dial),
    stall: ms("stall-timeout", limits.stall),
  };
}

/** Returns how many files this process may open (getrlimit(2), RLIMIT_NOFILE, the soft limit). */
function readDescriptorLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files +([0-9]+)/m.exec(limits)?.[1] ?? FEW_DESCRIPTORS);
  } catch {
    return FEW_DESCRIPTORS;
  }
}
