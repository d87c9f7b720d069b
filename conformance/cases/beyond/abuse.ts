// Beyond the assignment, for a server that meets clients who mean no good: it informs, and decides nothing.

import { join } from "node:path";
import type { CaseContext, RunningServer } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, probe } from "../../harness/test-case.ts";
import { HAS_PROC, countOpenFiles } from "../../net/procfs.ts";
import { runRequest, prepareRequest, checkService } from "../../peer/client-requests.ts";
import { CLOSE_LIMIT, POLL, QUIET, STOP_LIMIT } from "../../spec/timeouts.ts";
import { findFreePort } from "../../net/ports.ts";
import { applies, must } from "../../spec/verdict.ts";

const FLOOD = 16 * 1024 * 1024; // bytes of one line
const GARBAGE = 100; // requests
const VISITS = 20;
const SPARE = 2; // descriptors that a program may open once and keep

async function goesOn(context: CaseContext, server: RunningServer, after: string): Promise<void> {
  const missing = await checkService(context, server);
  must(missing === undefined, `it serves on after ${after}`, missing ?? "");
}

/** Where it dials all the same, the kernel's answer must not end it. */
async function wrongPorts(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  for (const port of ["0", "1", "65536", "-1", "1e3", "x", "9".repeat(80)]) {
    const list = await prepareRequest(context, server, "list", { dataPort: findFreePort() });
    list.values["dport"] = port;
    const running = list.run().catch(() => undefined); // the dialect may have no way to write it
    await Promise.race([running, Bun.sleep(QUIET)]);
    list.close();
    await goesOn(context, server, `the data port ${show(port, 8)}`);
  }
}

async function endlessLine(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const p = await context.connect(server);
  const piece = "x".repeat(65_536);
  for (let sent = 0; sent < FLOOD && !p.hasEnded; sent += piece.length) {
    p.send(piece);
    await context.happensWithin(() => p.hasEnded, POLL / 5);
  }
  await goesOn(context, server, "a flood without a line end");
}

/** Bytes of all kinds, in pieces, with and without an end: the same ones in each run. */
async function garbage(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  let seed = 7;
  const random = (most: number): number =>
    (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % most;
  for (let count = 0; count < GARBAGE; count++) {
    const p = await context.connect(server);
    for (let pieces = 1 + random(3); pieces > 0; pieces--)
      p.send(
        Uint8Array.from({ length: random(40) }, () => (random(3) ? 32 + random(95) : random(256))),
      );
    if (random(2)) p.send("\n");
    if (random(2)) p.finish();
    await context.happensWithin(() => p.hasEnded, POLL);
    if (random(2)) p.close();
    else p.abort();
  }
  await goesOn(context, server, `${GARBAGE} requests of random bytes`);
}

/** What is left open after each client is missing in the end. */
async function descriptors(context: CaseContext): Promise<void> {
  applies(HAS_PROC, "this system does not tell what a process has open");
  const server = await context.startServer();
  const { program } = server;
  applies(program !== undefined, "the server was not started by the suite");
  const open = (): number => program.processes.reduce((sum, pid) => sum + countOpenFiles(pid), 0);
  await checkService(context, server);
  await context.happensWithin(() => false, QUIET);
  const before = open();
  for (let count = 0; count < VISITS; count++) {
    (await runRequest(context, server, "get", { file: "hello.txt" })).close();
    (await runRequest(context, server, "get", { file: context.absent })).close();
  }
  await context.timeline.waitUntil(() => open() <= before + SPARE, CLOSE_LIMIT);
  const [now, count] = [open(), 2 * VISITS];
  must(
    now <= before + SPARE,
    `${before} open descriptors as before`,
    `${now} after ${count} clients`,
  );
}

/** To open one blocks until somebody writes to it. */
async function pipe(context: CaseContext): Promise<void> {
  const made = Bun.spawnSync(["mkfifo", join(context.files.served, "pipe")]);
  applies(made.success, "this system has no mkfifo");
  const server = await context.startServer();
  const get = await prepareRequest(context, server, "get", { file: "pipe" });
  void get.run().catch(() => {});
  await context.happensWithin(() => get.p.hasEnded, QUIET);
  await goesOn(context, server, "a request for a named pipe");
}

async function terminated(context: CaseContext): Promise<void> {
  const { program } = await context.startServer();
  applies(program !== undefined, "the server was not started by the suite");
  program.kill("SIGTERM");
  const ended = await context.waitFor("the end", STOP_LIMIT, () => program.exited !== undefined);
  must(ended, "SIGTERM ends it as SIGINT does", `${STOP_LIMIT} ms later it still runs`);
}

export const cases: TestCase[] = [
  probe("B10", "server", "data ports that are none", wrongPorts),
  probe("B11", "server", "a line of megabytes", endlessLine),
  probe("B12", "server", "random bytes for requests", garbage),
  probe("B13", "server", "descriptors after many clients", descriptors),
  probe("B14", "server", "a named pipe is asked for", pipe),
  probe("B15", "server", "SIGTERM", terminated),
];
