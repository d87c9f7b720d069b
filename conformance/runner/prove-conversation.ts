// Proves that a conversation works with a subject: what a program never does then means something.

import { readdirSync } from "node:fs";
import type { CaseContext } from "../harness/context.ts";
import type { Conversation } from "../harness/test-case.ts";
import { formatListing } from "../dialect/listing.ts";
import { dataOpener } from "../dialect/steps.ts";
import { hasListing, runRequest } from "../peer/client-requests.ts";
import { serveClient } from "../peer/launch-client.ts";
import { pickServedFile } from "../peer/pick-file.ts";
import { describeRequest } from "../peer/script.ts";
import { need } from "../spec/verdict.ts";

/** Throws the rule that is broken, if the subject does not carry out the command at all. */
export const proveConversation = (context: CaseContext, what: Conversation): Promise<void> =>
  context.role === "server" ? proveServer(context, what) : proveClient(context, what);

async function proveServer(context: CaseContext, what: Conversation): Promise<void> {
  const server = await context.startServer();
  const file = what === "get" ? await pickServedFile(context, server) : "";
  const client = await runRequest(context, server, what, { file });
  client.close();
  const { payload, q, conversation, description } = client;
  const hasNoQ = q === undefined && dataOpener(conversation) !== "nobody";
  const rule = hasNoQ ? "S7.5" : what === "list" ? "S7.8" : "S7.10";
  const works = what === "list" ? hasListing(client) : payload.length > 0;
  need(works, rule, `-${what[0]} brings ${hasNoQ ? "no Q" : "nothing"}: ${description}`);
}

async function proveClient(context: CaseContext, what: Conversation): Promise<void> {
  const file = "hello.txt";
  const payload = {
    list: formatListing(context.dialect, [file]),
    get: context.files.content(file),
  };
  const call = what === "get" ? { file } : {};
  const server = await serveClient(context, { kind: what, payload: payload[what] }, call);
  const { program } = server;
  need(server.hasRequest, "S6.1", describeRequest(server));
  await context.waitForEnd(program);
  if (what === "list") return;
  const files = readdirSync(context.files.home);
  need(files.length > 0, "S7.15", `the client saved nothing; ${program.words}`);
}
