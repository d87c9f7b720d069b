// A script: what the suite does as the server, so that a case can judge a client.

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
    if (!(await server.runStep(at))) return;
    if (atCommand && at === findRequestEnd(conversation)) return atCommand(server);
  }
  if (isError) await server.sendError(failure, error);
  else if (atData && server.payloadConnection) await atData(server, server.payloadConnection);
  else await server.deliver();
}

/** An error about a list is one about the command, if the dialect says where such an error comes. */
const chooseError = ({ conversation }: DialectServer, { kind }: Script): ErrorKind =>
  kind === "list" && conversation.steps.some((step) => "invalid" in step) ? "invalid" : "missing";

/** What the client sent, for a message. */
export const describeRequest = ({ p }: DialectServer): string => `on P it sent ${show(p.text)}`;
