// Step 6: the client sends a command on P.

import { dataOpener, hasArgument } from "../dialect/steps.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { type CaseContext, HOST } from "../harness/context.ts";
import { findData, findMoment } from "./evidence.ts";
import { Connection } from "../net/connection.ts";
import { serveClient } from "../peer/launch-client.ts";

import { describeRequest } from "../peer/script.ts";
import type { DialectServer } from "../peer/server.ts";
import { must, need } from "../spec/verdict.ts";

async function expectCommand(context: CaseContext, file?: string): Promise<void> {
  // Both ports are chosen here, because some clients compute one from the other.
  const listener = context.listen("P");
  const dataPort = context.dataPort(listener.port);
  const script = { kind: file ? "get" : "list", atCommand: async () => {} } as const;
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

async function listenFirst(context: CaseContext): Promise<void> {
  let q: Connection | Error | undefined;
  const atCommand = async (server: DialectServer): Promise<void> => {
    // In some dialects Q is opened before the command is complete.
    if (server.q) {
      q = server.refusedDials === 0 ? server.q : new Error("it was still closed");
      return;
    }
    q = await context.dial("Q", { host: HOST, port: server.dataPort() });
    if (q instanceof Connection) context.own(q);
  };
  const server = await serveClient(context, { kind: "list", atCommand });
  const expected = "the client listens on DATA_PORT before it sends the command";
  const opener = dataOpener(server.conversation);
  need(
    opener === "server",
    "S7.23",
    opener === "client" ? "the client opens Q itself" : "there is no Q",
  );
  need(q !== undefined, "S6.1", describeRequest(server));
  const attempt = findMoment(context, "Q", ["SYN"], "suite");
  const observed = q instanceof Error ? `no connection to DATA_PORT: ${q.message}` : "";
  must(q instanceof Connection, expected, observed, attempt);
}

export const cases: TestCase[] = [
  rule("S6.1", "-l", (context) => expectCommand(context)),
  rule("S6.1", "-g", (context) => expectCommand(context, "hello.txt")),
  rule("S6.2", "the data port at the moment of the command", listenFirst),
];
