// Step 6: the client sends a command on P.

import { dataOpener, hasArgument } from "../dialect/steps.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { type CaseContext, HOST } from "../harness/context.ts";
import { findData } from "./evidence.ts";
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

/** The ports are looked up whenever bytes of the request arrive: the suite itself then waits to see whether more follow. */
async function listenFirst(context: CaseContext): Promise<void> {
  const listener = context.listen("P");
  let openPorts: ReadonlySet<number> = new Set();
  let isComplete = false;
  listener.onData = () => {
    if (!isComplete) openPorts = listOpenPorts();
  };
  let isReachable = false;
  const atCommand = async (server: DialectServer): Promise<void> => {
    isComplete = true;
    isReachable = HAS_PROC ? openPorts.has(server.dataPort()) : await canDial(server);
    // In some dialects Q is opened before the command is complete.
    if (server.q) isReachable = server.refusedDials === 0;
  };
  const dataPort = context.dataPort(listener.port);
  const server = await serveClient(context, { kind: "list", atCommand }, { listener, dataPort });
  const expected = "the client listens on DATA_PORT before it sends the command";
  const opener = dataOpener(server.conversation);
  need(
    opener === "server",
    "S7.23",
    opener === "client" ? "the client opens Q itself" : "there is no Q",
  );
  need(server.hasRequest, "S6.1", describeRequest(server));
  const observed = `nobody listens on port ${server.dataPort()} when the command arrives`;
  must(isReachable, expected, observed, findData(server.p));
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
