// Step 4: the client opens P and the server accepts it.

import { type CaseContext, HOST } from "../harness/context.ts";
import { expectFailureStatus } from "./expectations.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { waitForP, launchClient, commandWord } from "../peer/launch-client.ts";
import { isAccepted } from "../net/procfs.ts";
import type { Listener } from "../net/sockets.ts";
import { must, Inconclusive, NotApplicable } from "../spec/verdict.ts";

/** An address of this machine, beside the one that all other cases use. */
const OTHER_HOST = "127.0.0.2";

async function openP(context: CaseContext): Promise<void> {
  const started = launchClient(context, "list");
  const p = await waitForP(context, started);
  const { program } = started;
  // If the program has ended, it may not be a client at all: that says nothing about its connections.
  if (!p && program.exited)
    throw new Inconclusive(
      `the client does not run (${program.ending}); it printed ${program.lastWords}`,
    );
  must(p !== undefined, "the client opens P", `it opened no connection; ${program.words}`);
}

/** A client that always connects to this machine's usual name works in a lab, and nowhere else. */
async function openPElsewhere(context: CaseContext): Promise<void> {
  let listener: Listener;
  try {
    listener = context.listen("P", OTHER_HOST);
  } catch {
    throw new NotApplicable(`this machine has no address ${OTHER_HOST}`);
  }
  const started = launchClient(context, "list", { listener });
  const p = await waitForP(context, started);
  const observed = `it opened no connection there; ${started.program.words}`;
  must(p !== undefined, `the client opens P to ${OTHER_HOST}`, observed);
}

async function acceptP(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const p = await context.connect(server);
  await context.happensWithin(() => p.hasEnded, context.timeouts.quiet);
  const end = p.wasReset ? "the server reset P" : "the server closed P";
  must(!p.hasEnded, "P stays open while the client is silent", end, "P");
  const accepted = (): boolean => isAccepted(server.port, p.local.port);
  await context.timeline.waitUntil(accepted, server.program ? context.timeouts.reply / 5 : 0);
  const waiting = "P is still in the queue of the kernel";
  must(!server.program || accepted(), "the server calls accept() for P", waiting);
}

async function reportNoServer(context: CaseContext): Promise<void> {
  const values = { host: HOST, port: context.dataPort(), dataport: context.dataPort() };
  const program = context.startClient({ ...values, command: commandWord(context, "list") });
  const running = await context.waitForEnd(program);
  must(!running, "the client ends", running ?? "");
  expectFailureStatus(program);
  must(program.output.trim() !== "", "an error message", "it printed nothing", "subject");
}

export const cases: TestCase[] = [
  rule("S4.1", "the client opens P to the given host and port", openP),
  rule("S4.1", `SERVER_HOST is ${OTHER_HOST}`, openPElsewhere, { needs: ["{host}"] }),
  rule("S4.2", "a client connects and is silent", acceptP),
  rule("S4.3", "nobody listens on SERVER_PORT", reportNoServer),
];
