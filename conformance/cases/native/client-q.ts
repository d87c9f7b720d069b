// The native dialect: where a client listens for Q, and which connection it takes as Q.

import { type CaseContext, HOST } from "../../harness/context.ts";
import { findMoment } from "../evidence.ts";
import type { TestCase } from "../../harness/test-case.ts";
import { Connection } from "../../net/connection.ts";
import {
  clientRule,
  sendContents,
  sendEnd,
  serveGet,
  expectSaved,
  TEXT,
} from "../../peer/native-server.ts";
import { findFreePort } from "../../net/ports.ts";
import type { Moment } from "../../spec/moment.ts";
import { must, need } from "../../spec/verdict.ts";
import { intrude } from "../stranger.ts";

/** A stranger connects before the server: from another address, from another port, or from another address with the server's port. */
async function rejectStranger(
  context: CaseContext,
  from: string,
  fromPort?: number,
): Promise<void> {
  let stranger: Connection | undefined;
  const result = await serveGet(context, async (server) => {
    stranger = await intrude(server, from, fromPort);
    need(stranger !== undefined, "S6.2", `the data port does not accept a client from ${from}`);
    stranger.send("the stranger's contents\n");
    stranger.finish();
    await sendContents(server, TEXT, fromPort ? { from: HOST, fromPort } : {});
    sendEnd(server);
  });
  expectSaved(context, result);
  const isClosed = stranger?.hasEnded === true;
  must(isClosed, "the client closes the stranger's connection", "it kept the connection open");
}

async function listenOnOneAddress(context: CaseContext): Promise<void> {
  const other = "127.0.0.2";
  let reached: Connection | Error | undefined;
  let attempt: Moment | undefined;
  const result = await serveGet(context, async (server) => {
    const port = Number(server.values["dport"]);
    await Bun.sleep(context.timeouts.quiet / 2);
    reached = await context.dial("Q", { host: other, port });
    attempt = findMoment(context, "Q", ["SYN"], "suite");
    if (reached instanceof Connection) context.own(reached);
    await sendContents(server);
    sendEnd(server);
  });
  const isUnreachable = !(reached instanceof Connection);
  must(isUnreachable, `the client listens only on ${HOST}`, `it also listens on ${other}`, attempt);
  expectSaved(context, result);
}

export const cases: TestCase[] = [
  clientRule("N7.14", "a connection to another address of the client", listenOnOneAddress),
  clientRule("N7.15", "a stranger connects first, from another address", (context) =>
    rejectStranger(context, "127.0.0.2"),
  ),
  clientRule("N7.15", "a stranger connects first, from the server's address", (context) =>
    rejectStranger(context, HOST),
  ),
  clientRule(
    "N7.15",
    "a stranger connects first, from another address and Q's own port",
    (context) => rejectStranger(context, "127.0.0.2", findFreePort()),
  ),
];
