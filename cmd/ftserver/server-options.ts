// What the arguments of ftserver come to: the address, the directory, the limits, and who may log in.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { basename, dirname } from "node:path";
import { Directory } from "../../lib/server/directory.ts";
import { describe } from "../../lib/errors.ts";
import { maxWaitingClients, defaultLimits, type ServerLimits } from "../../lib/server/limits.ts";
import { Login } from "../../lib/auth/login.ts";
import { BEST_METHOD, type SendMethod } from "../../lib/server/sendfile.ts";
import type { ServerOptions } from "../../lib/server/server.ts";
import { resolveHost } from "../../lib/net/address.ts";
import type { TlsServer } from "../../lib/tls/tls-server.ts";
import { UserStore } from "../../lib/auth/users.ts";
import { type Arguments, usage } from "../cli/arguments.ts";
import type { Log } from "./log.ts";
import { workerLoginThrottle } from "./workers.ts";

/** Descriptors where the system does not tell: what POSIX systems grant at least in practice. */
const FEW_DESCRIPTORS = 256;

/** Step 1: validates every argument. Throws a `Failure` of kind `usage` that names the one that is wrong. */
export async function readServerOptions(given: Arguments, log: Log): Promise<ServerOptions> {
  const port = given.port("server-port", 1);
  const dotFiles = given.flag("dot-files");
  const directory = new Directory(given.text("root") ?? currentDirectory(), dotFiles);
  assertNotServed(given, "users", directory.path, dotFiles);
  assertNotServed(given, "tls-key", directory.path, dotFiles);
  const tls = await readTls(given.text("tls-cert"), given.text("tls-key"));
  return {
    ...{ tls, port, directory },
    method: readMethod(given, tls !== undefined),
    limits: readLimits(given),
    login: await openLogin(given.text("users"), log),
    address: await listenAddress(given.text("host")),
    onSessionEnd: (result) => log.request(result),
  };
}

/** What knows of TLS is loaded only where it is used. */
async function readTls(cert?: string, key?: string): Promise<TlsServer | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw usage(
      "--tls-cert and --tls-key go together: a certificate is of no use without its key.",
    );
  const { TlsServer } = await import("../../lib/tls/tls-server.ts");
  return TlsServer.read(cert, key);
}

/** Where it was removed, Bun would take the directory of its own program for it. */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    throw usage("The current directory was removed: say with --root which one to serve.");
  }
}

/** A secret in the served directory would be served with it: to everyone, or to every user. */
function assertNotServed(given: Arguments, name: string, root: string, dotFiles: boolean): void {
  const file = given.text(name);
  if (file === undefined || !existsSync(file)) return; // whoever reads it will say so
  const path = realpathSync(file);
  if (dirname(path) !== root || (basename(path).startsWith(".") && !dotFiles)) return;
  throw usage(
    `--${name} ${JSON.stringify(file)} lies in the served directory, where clients could fetch it: serve another one with --root, or keep the file elsewhere.`,
  );
}

/** The kernel cannot encrypt, and so cannot send a file by itself over TLS. */
function readMethod(given: Arguments, tls: boolean): SendMethod {
  const method = given.choice("send", ["sendfile", "copy"]);
  if (!tls) return method ?? BEST_METHOD;
  if (method === "sendfile") throw usage("--send sendfile and TLS exclude each other.");
  return "copy";
}

/** The user file is read now, so that a damaged one stops the start, and again whenever it changes. */
async function openLogin(file: string | undefined, log: Log): Promise<Login | undefined> {
  if (file === undefined) return undefined;
  const onStoreError = (error: unknown) =>
    log.note("users", describe(error), { error: describe(error) }, "error");
  return await Login.open(new UserStore(file), { onStoreError }, workerLoginThrottle());
}

/** Both families on `::`, or IPv4 alone where there is no IPv6. */
async function listenAddress(host: string | undefined): Promise<string> {
  if (host !== undefined) return (await resolveHost(host))[0] ?? host;
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return all.some(({ family }) => family === "IPv6") ? "::" : "0.0.0.0";
}

function readLimits(given: Arguments): ServerLimits {
  const descriptors = descriptorLimit();
  const most = maxWaitingClients(descriptors);
  const usual = defaultLimits(descriptors).clients;
  const limits = defaultLimits(descriptors, given.whole("max-clients", 1, most, usual));
  const ms = (name: string, fallback: number) =>
    given.number(name, 0.1, 86_400, fallback / 1000) * 1000;
  return {
    ...limits,
    clientsPerAddress: given.whole("max-per-ip", 1, most, limits.clientsPerAddress),
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
