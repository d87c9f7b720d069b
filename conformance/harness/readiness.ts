// Finds out whether a server listens on its port, and says what it does instead.

import { Connection } from "../net/connection.ts";
import { findListenAddress, HAS_PROC } from "../net/procfs.ts";
import { dial } from "../net/sockets.ts";
import { POLL, type Timeouts } from "../spec/timeouts.ts";
import type { SubjectProcess } from "../subject/process.ts";

export const HOST = "127.0.0.1";

/** Whether a process of the subject itself listens on the port in time: another program may have taken it. */
export async function waitUntilListening(
  program: SubjectProcess,
  port: number,
  timeouts: Timeouts,
): Promise<boolean> {
  const { timeline } = program;
  const end = performance.now() + timeouts.start;
  while (!program.exited && performance.now() < end) {
    if (await listensOn(program, port, timeouts)) {
      timeline.mark("subject", "subject", "note", `listens on port ${port}`);
      return true;
    }
    await Bun.sleep(POLL);
  }
  return false;
}

async function listensOn(
  program: SubjectProcess,
  port: number,
  { reply }: Timeouts,
): Promise<boolean> {
  if (HAS_PROC) return program.ports.includes(port);
  const connection = await dial(program.timeline, "P", { host: HOST, port }, reply);
  if (connection instanceof Connection) connection.close();
  return connection instanceof Connection;
}

/** Where clients find the server: many bind to the name of their host, which is another address of this machine. */
export function findServerHost(program: SubjectProcess, port: number): string {
  const host = HAS_PROC ? findListenAddress(program.processes, port) : undefined;
  if (host === "0:0:0:0:0:0:0:0" && isFree(port)) return "::1";
  return host === undefined || UNSPECIFIED.has(host) ? HOST : host;
}

/** Whether HOST is free although a socket of IPv6 listens on every address: then that socket takes no IPv4. */
function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: HOST, port, socket: { data() {} } }).stop(true);
    return true;
  } catch {
    return false;
  }
}

const UNSPECIFIED = new Set(["0.0.0.0", "0:0:0:0:0:0:0:0"]);

/** What a server does that does not listen on its port. */
export async function describeFailedStart(program: SubjectProcess, port: number): Promise<string> {
  await program.waitForExit(0);
  const inBackground = program.exited !== undefined && program.processes.length > 0;
  if (inBackground)
    return "it went to the background, where no SIGINT of a terminal reaches it: start it so that it stays in the foreground";
  const state = program.exited ? `it ended (${program.ending})` : "it runs";
  const ports = program.ports.filter((other) => other !== port);
  const elsewhere = ports.length ? ` and listens on ${ports.join(", ")}` : "";
  return `${state}${elsewhere} and does not listen on port ${port}; it printed ${program.lastWords}`;
}
