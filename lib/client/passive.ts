// Q that the client opens, after PASV: to the host of P, to the port that the server names there, with the key that P carries.

import { formatError, Failure } from "../errors.ts";
import type { Connection } from "../net/connection.ts";
import { dial } from "../net/socket.ts";
import { HIGHEST_PORT, LOWEST_DATA_PORT } from "../protocol/port.ts";
import type { Command, Reply, Request } from "../protocol/protocol.ts";
import { sendKey } from "../tls/transfer-key.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { NoDataConnection } from "./data-mode.ts";
import { readNumber, toFailure } from "./reply-fields.ts";

/** What P of a session offers. */
export interface PassiveControl {
  /** The host to which P was opened. */
  readonly address: string;
  /** The fingerprint of P's certificate. */
  readonly fingerprint: string;
  request(request: Request): Promise<Reply>;
  readReply(): Promise<Reply>;
}

/**
 * Sends PASV and the command, opens Q, and returns it with the next reply, which is `150` or an error about the command.
 * Throws a `NoDataConnection` if Q is what fails.
 */
export async function openQ(
  p: PassiveControl,
  command: Command,
  options: ConnectOptions,
): Promise<{ q: Connection; reply: Reply }> {
  await requestPassive(p);
  const reply = await p.request(command);
  if (reply.code === 425)
    throw new NoDataConnection("refused", toFailure(reply).message, "", undefined, 425);
  if (reply.code !== 229) throw toFailure(reply);
  const port = readNumber(reply, "port");
  if (port < LOWEST_DATA_PORT || port > HIGHEST_PORT)
    throw new Failure("protocol", `The server named ${port} as the port of its data connection.`);
  const q = await dialQ(p.address, port, options);
  try {
    const { tls, timeout } = options;
    const key = reply.fields.get("key") ?? "";
    if (tls) await tls.connectQ(q, p.fingerprint, key, timeout);
    else await sendKey(q, key, timeout);
    return { q, reply: await readAnswer(p, port) };
  } catch (error) {
    q.close();
    throw error;
  }
}

/** A server that does not know PASV may answer anything, or nothing at all. */
async function requestPassive(p: PassiveControl): Promise<void> {
  const words = await p.request({ kind: "passive" }).then(
    (reply) => (reply.code === 350 ? undefined : toFailure(reply).message),
    (error) => {
      if (!(error instanceof Failure) || error.kind === "timeout") throw error;
      return formatError(error);
    },
  );
  if (words === undefined) return;
  const what = `The server cannot wait for a data connection from here: it does not know PASV. It said: ${words}`;
  throw new NoDataConnection("refused", what, "Leave out --passive.");
}

/** What accepts connections to the port may be something else than the server, such as a proxy. */
async function readAnswer(p: PassiveControl, port: number): Promise<Reply> {
  const what = `The data connection to port ${port} of the server was opened, but did not reach the server`;
  const reply = await p.readReply().catch((error) => {
    if (!(error instanceof Failure) || error.kind !== "timeout") throw error;
    throw new NoDataConnection("timeout", `${what}: ${error.message}`, advise(port), port);
  });
  if (reply.code !== 425) return reply;
  const reason = `${what}: ${toFailure(reply).message}`;
  throw new NoDataConnection("refused", reason, advise(port), port, 425);
}

async function dialQ(
  address: string,
  port: number,
  { timeout, signal }: ConnectOptions,
): Promise<Connection> {
  try {
    return await dial({ address, port }, timeout, { signal });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 425) throw error; // interrupted
    const reason = `This host could not open the data connection to the server: ${error.message}`;
    throw new NoDataConnection(error.kind, reason, advise(port), port, error.code);
  }
}

function advise(port: number): string {
  return `Let connections to port ${port} of the server in (its operator chooses it with ftserver --passive-ports), or leave out --passive.`;
}
