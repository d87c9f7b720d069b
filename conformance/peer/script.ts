// A script: what the suite does as the server, so that a case can judge a client.

import { need } from "../spec/verdict.ts";
import { show } from "../net/bytes.ts";
import type { Connection } from "../net/connection.ts";
import { findErrorStep, findRequestEnd } from "../dialect/steps.ts";
import type { CommandKind, ErrorKind } from "../dialect/types.ts";
import type { DialectServer } from "./server.ts";

export interface Script {
  kind: CommandKind;
  payload?: Uint8Array;
  /** The text of an error, which the suite sends instead of a payload. */
  error?: string;
  /** Whether a client may leave without a request, or with one that nobody knows: the case looks at it itself. */
  mayLeave?: boolean;
  /** Runs instead of the rest of the conversation, once the request has arrived. */
  atCommand?: (server: DialectServer) => Promise<void>;
  /** Runs instead of the payload, on the connection that carries it, once it is announced. */
  atData?: (server: DialectServer, on: Connection) => Promise<void>;
}

export async function playScript(server: DialectServer, script: Script): Promise<void> {
  const { error, atCommand, atData } = script;
  const { conversation } = server;
  const kind = chooseError(server, script);
  const failure = server.dialect.errors[kind];
  const isError = error !== undefined;
  const end = isError ? findErrorStep(conversation, kind, failure) : conversation.steps.length;
  for (let at = 0; at < Math.min(end, conversation.steps.length); at++) {
    if (!(await server.runStep(at))) return needRequest(server, script, at);
    if (atCommand && at === findRequestEnd(conversation)) return atCommand(server);
  }
  if (isError) await server.sendError(failure, error);
  else if (atData && server.payloadConnection) await atData(server, server.payloadConnection);
  else await server.deliver();
}

/** What follows a request that nobody can understand says nothing about the client. */
function needRequest(server: DialectServer, { mayLeave }: Script, at: number): void {
  const isRequest = "send" in (server.conversation.steps[at] ?? {}) && !server.hasRequest;
  const observed = `no request of the dialect: ${describeRequest(server)}`;
  need(!isRequest || mayLeave === true, "S6.1", observed);
}

/** An error about a list is one about the command, if the dialect says where such an error comes. */
const chooseError = ({ conversation }: DialectServer, { kind }: Script): ErrorKind =>
  kind === "list" && conversation.steps.some((step) => "invalid" in step) ? "invalid" : "missing";

/** What the client sent, for a message. */
export const describeRequest = ({ p }: DialectServer): string => `on P it sent ${show(p.text)}`;
