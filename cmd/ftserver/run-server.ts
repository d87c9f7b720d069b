// What ftserver does, steps 1, 2 and 9 of the assignment: checks its arguments, listens, and serves until a signal.

import { EXIT, Failure } from "../../lib/errors.ts";
import { Server, type ServerOptions } from "../../lib/server/server.ts";
import { type Arguments, usageFailure } from "../cli/arguments.ts";
import { onTerminal, STDERR } from "../cli/terminal.ts";
import { onEndSignal } from "../cli/signals.ts";
import { Log } from "./log.ts";
import { readServerOptions } from "./server-options.ts";
import { logUnexpectedErrors, watchSignals } from "./signals.ts";
import { createReload } from "./reload.ts";
import { notifyManager, takeInheritedSocket } from "./service-manager.ts";
import { logStart, logStop, warnAboutRoot } from "./startup-messages.ts";
import type { WorkerMessage } from "./worker.ts";
import { Workers } from "./workers.ts";
import { openClientTable } from "./shared-tables.ts";

/** More processes than this do not help on any machine that ftserver is for. */
const MOST_WORKERS = 64;

/** How long running transfers may take to end after a signal, in seconds. A second signal ends them at once. */
export const USUAL_GRACE = 10;

/** Returns the exit status. */
export async function runServer(args: Arguments): Promise<number> {
  const style = args.choice("log", ["pretty", "json"]) ?? (onTerminal(STDERR) ? "pretty" : "json");
  const log = await Log.open(style);
  const options = await readServerOptions(args, log);
  const grace = args.number("grace", 0, 86_400, USUAL_GRACE) * 1000;
  const count = args.integer("workers", 1, MOST_WORKERS, 1);
  logUnexpectedErrors(log);
  const descriptor = takeInheritedSocket();
  if (descriptor !== undefined && count > 1)
    throw usageFailure("--workers cannot be used with the socket of a service manager.");
  if (options.port === 0 && count > 1)
    throw usageFailure(
      "--workers needs a SERVER_PORT from 1 to 65535: each worker would get another free port.",
    );
  const clientTable = openClientTable(options.limits);
  let failure: Failure | void = undefined;
  if (clientTable) {
    const server = new Server({ ...options, clientTable, sharePort: true });
    await serveAsWorker(server, grace, createReload(args, options, server, log));
  } else if (count > 1) failure = await serveWithWorkers(count, options, grace, log);
  else {
    const server = new Server({ ...options, descriptor });
    await serveAlone(
      server,
      { ...options, port: server.port },
      grace,
      log,
      createReload(args, options, server, log),
    );
  }
  await log.flush();
  return failure?.exit ?? EXIT.ok;
}

async function serveAlone(
  server: Server,
  options: ServerOptions,
  grace: number,
  log: Log,
  reload: () => void,
): Promise<void> {
  const signals = watchSignals(reload);
  announceStart(log, options);
  logStop(log, await signals.first, grace, { clients: server.clients });
  notifyManager("STOPPING=1", log);
  void signals.second.then(() => server.abort());
  await server.stop(grace);
  log.note("stopped", "Stopped.");
}

/** Returns why nobody is served any more, if it was not a signal that ended the workers. */
async function serveWithWorkers(
  count: number,
  options: ServerOptions,
  grace: number,
  log: Log,
): Promise<Failure | void> {
  using workers = new Workers(count, options, options.limits, log);
  const signals = watchSignals(() => workers.reload());
  const end = Promise.race([signals.first, workers.waitForFailure()]);
  const isReady = await Promise.race([workers.waitUntilReady().then(() => true), end]);
  if (isReady === true) announceStart(log, options, { workers: count });
  const reason = await end;
  if (reason instanceof Failure)
    log.note("failed", reason.message, { error: reason.message }, "error");
  else logStop(log, reason, grace, { workers: count });
  notifyManager("STOPPING=1", log);
  workers.end(reason instanceof Failure ? "kill" : "stop");
  void signals.second.then(() => workers.end("abort"));
  await workers.waitForEnd(grace);
  log.note("stopped", "Stopped.");
  return reason instanceof Failure ? reason : undefined;
}

/** A worker logs only the requests that it serves. It ends if its parent says so or has ended, or by a signal; only the parent breaks off. */
async function serveAsWorker(server: Server, grace: number, reload: () => void): Promise<void> {
  const { promise: end, resolve } = Promise.withResolvers<void>();
  using _signals = onEndSignal(() => resolve(), reload);
  process.once("disconnect", resolve);
  process.on("message", (message: WorkerMessage) => {
    if (message === "reload") return reload();
    if (message === "abort") server.abort();
    resolve();
  });
  if (process.connected) process.send?.("listening");
  else resolve(); // the parent ended while this process started
  await end;
  await server.stop(grace);
}

/** Tells the people who read the log, and the service manager if one waits for it. */
function announceStart(log: Log, options: ServerOptions, fields?: object): void {
  logStart(log, options, fields);
  warnAboutRoot(log);
  notifyManager("READY=1", log);
}
