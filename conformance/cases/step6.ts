// Step 6: the client sends a command on P.

import { dataOpener, hasArgument } from "../dialect/steps.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { isPort } from "../net/ports.ts";
import { type CaseContext, HOST } from "../harness/context.ts";
import { findData } from "./evidence.ts";
import { measureDelay } from "../net/lateness.ts";
import { HAS_PROC, listOpenPorts } from "../net/procfs.ts";
import { Connection } from "../net/connection.ts";
import { serveClient } from "../peer/launch-client.ts";

import { describeRequest } from "../peer/script.ts";
import type { DialectServer } from "../peer/server.ts";
import { must, need } from "../spec/verdict.ts";

async function expectCommand(context: CaseContext, file?: string): Promise<void> {
  // Both ports are chosen here, because some clients compute one from the other.
  const listener = context.listen("P");
  const dataPort = context.dataPort(listener.port);
  const script = {
    kind: file ? "get" : "list",
    mayLeave: true,
    atCommand: async () => {},
  } as const;
  const server = await serveClient(context, script, {
    listener,
    dataPort,
    ...(file ? { file } : {}),
  });
  const { values, conversation, p } = server;
  const { steps } = conversation;
  const expected = `a command on P with the data port ${dataPort}${file ? ` and the name ${file}` : ""}`;
  const named = steps.flatMap((step) => ("send" in step ? step.send.placeholders : []));
  // A fixed word on Q, such as “go ahead”, is not part of the command.
  const onQ = steps.some((step) => "send" in step && step.on === "Q" && hasArgument(step));
  must(!onQ, expected, `a part of it on Q; ${describeRequest(server)}`, "Q");
  const hasPort = named.includes("dport")
    ? Number(values["dport"]) === dataPort
    : server.hasRequest;
  must(hasPort, expected, describeRequest(server), findData(p) ?? "P");
  must(!file || values["file"] === file, expected, describeRequest(server), findData(p) ?? "P");
}

/** What the suite may be late, in ms, and still see that the client listens later than it sends. */
const DELAY = 25;
/** Starts of the client for which the suite may be too late. */
const TRIES = 3;

async function listenFirst(context: CaseContext): Promise<void> {
  for (let tries = TRIES; tries > 0; tries--) {
    const { isReachable, delay, server } = await lookAtDataPort(context);
    const expected = "the client listens on DATA_PORT before it sends the command";
    const opener = dataOpener(server.conversation);
    const what = opener === "client" ? "the client opens Q itself" : "there is no Q";
    need(opener === "server", "S7.23", what);
    const hasPort = server.hasRequest && isPort(server.dataPort());
    need(hasPort, "S6.1", describeRequest(server));
    const observed = `nobody listens on port ${server.dataPort()} when the command arrives`;
    must(isReachable, expected, observed, findData(server.p));
    if (delay < DELAY) return;
  }
}

/** The ports are looked up whenever bytes of the request arrive: the suite itself then waits to see whether more follow. */
async function lookAtDataPort(
  context: CaseContext,
): Promise<{ isReachable: boolean; delay: number; server: DialectServer }> {
  const listener = context.listen("P");
  let seen = { ports: new Set<number>(), delay: measureDelay() };
  let isComplete = false;
  listener.onData = () => {
    if (!isComplete) seen = { delay: measureDelay(), ports: listOpenPorts() };
  };
  let isReachable = false;
  const atCommand = async (server: DialectServer): Promise<void> => {
    isComplete = true;
    isReachable = HAS_PROC ? seen.ports.has(server.dataPort()) : await canDial(server);
    // In some dialects Q is opened before the command is complete.
    if (server.q) isReachable = server.refusedDials === 0;
  };
  const dataPort = context.dataPort(listener.port);
  const server = await serveClient(context, { kind: "list", atCommand }, { listener, dataPort });
  return { isReachable, delay: seen.delay, server };
}

/** Without /proc, the suite can only try to connect. */
async function canDial(server: DialectServer): Promise<boolean> {
  const { context } = server;
  const q = await context.dial("Q", { host: HOST, port: server.dataPort() });
  return q instanceof Connection && context.own(q) === q;
}

export const cases: TestCase[] = [
  rule("S6.1", "-l", (context) => expectCommand(context)),
  rule("S6.1", "-g", (context) => expectCommand(context, "hello.txt")),
  rule("S6.2", "the data port at the moment of the command", listenFirst),
];
