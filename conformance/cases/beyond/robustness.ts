// Beyond the assignment, for a server that meets bad input: the results inform, and decide nothing.

import { join } from "node:path";
import type { CaseContext } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, probe } from "../../harness/test-case.ts";
import { HAS_PROC, countOpenFiles } from "../../net/procfs.ts";
import { runRequest, prepareRequest, checkService } from "../../peer/client-requests.ts";
import { POLL } from "../../spec/timeouts.ts";
import { findFreePort } from "../../net/ports.ts";
import { applies, must } from "../../spec/verdict.ts";
import { expectEndAfter, processOf } from "../expectations.ts";
import { expectService, sendEndlessLine } from "./service.ts";

const LINE = 16 * 1024 * 1024; // bytes of one line
const RANDOM_REQUESTS = 100;
const REQUEST_PAIRS = 20;
const SPARE = 2; // descriptors that a program may open once and keep

/** If the server connects to such a port all the same, the error of the kernel must not end it. */
async function sendBadPorts(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  for (const port of ["0", "1", "65536", "-1", "1e3", "x", "9".repeat(80)]) {
    const client = await prepareRequest(context, server, "list", { dataPort: findFreePort() });
    client.values["dport"] = port;
    const running = client.run().catch(() => undefined); // the dialect may not be able to encode it
    await Promise.race([running, Bun.sleep(context.timeouts.quiet)]);
    client.close();
    await expectService(context, server, `the data port ${show(port, 8)}`);
  }
}

async function floodServer(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  await sendEndlessLine(context, await context.connect(server), LINE);
  await expectService(context, server, `${LINE} bytes without a line end`);
}

/** Bytes of all kinds, in pieces, with and without an end. Every run sends the same ones. */
async function sendRandomBytes(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  let seed = 7;
  const random = (most: number): number =>
    (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % most;
  const randomByte = (): number => (random(3) ? 32 + random(95) : random(256));
  for (let count = 0; count < RANDOM_REQUESTS; count++) {
    const p = await context.connect(server);
    for (let pieces = 1 + random(3); pieces > 0; pieces--)
      p.send(Uint8Array.from({ length: random(40) }, randomByte));
    if (random(2)) p.send("\n");
    if (random(2)) p.finish();
    await context.happensWithin(() => p.hasEnded, POLL);
    if (random(2)) p.close();
    else p.abort();
  }
  await expectService(context, server, `${RANDOM_REQUESTS} requests of random bytes`);
}

/** Descriptors that stay open after each client run out in the end. */
async function countDescriptors(context: CaseContext): Promise<void> {
  applies(HAS_PROC, "this system does not report the open files of a process");
  const server = await context.startServer();
  const program = processOf(server);
  const countOpen = (): number =>
    program.processes.reduce((sum, pid) => sum + countOpenFiles(pid), 0);
  await checkService(context, server);
  await context.happensWithin(() => false, context.timeouts.quiet);
  const before = countOpen();
  for (let count = 0; count < REQUEST_PAIRS; count++)
    for (const file of ["hello.txt", context.absent])
      (await runRequest(context, server, "get", { file })).close();
  await context.timeline.waitUntil(() => countOpen() <= before + SPARE, context.timeouts.close);
  const after = countOpen();
  const observed = `${after} descriptors after ${2 * REQUEST_PAIRS} clients`;
  must(after <= before + SPARE, `about ${before} open descriptors, as before`, observed);
}

/** To open a pipe blocks until somebody writes to it. */
async function requestPipe(context: CaseContext): Promise<void> {
  const made = Bun.spawnSync(["mkfifo", join(context.files.served, "pipe")]);
  applies(made.success, "this system has no mkfifo");
  const server = await context.startServer();
  const client = await prepareRequest(context, server, "get", { file: "pipe" });
  void client.run().catch(() => {});
  await context.happensWithin(() => client.p.hasEnded, context.timeouts.quiet);
  await expectService(context, server, "a request for a named pipe");
}

async function terminate(context: CaseContext): Promise<void> {
  await expectEndAfter(context, processOf(await context.startServer()), "SIGTERM");
}

export const cases: TestCase[] = [
  probe("B10", "server", "invalid data ports do not stop the server", sendBadPorts),
  probe("B11", "server", "a line of several megabytes does not stop the server", floodServer),
  probe("B12", "server", "requests of random bytes do not stop the server", sendRandomBytes),
  probe("B13", "server", "the server closes its descriptors after each client", countDescriptors),
  probe("B14", "server", "a request for a named pipe does not block the server", requestPipe),
  probe("B15", "server", "SIGTERM ends the server", terminate),
];
