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
}

/** Sends PASV and the command, and opens Q up to its key. Throws a `NoDataConnection` if that is what fails. */
export async function openQ(
  p: PassiveControl,
  command: Command,
  options: ConnectOptions,
): Promise<Connection> {
  await requestPassive(p);
  const reply = await p.request(command);
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
    return q;
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
    const advice = `Let connections to port ${port} of the server in (its operator chooses it with ftserver --passive-ports), or leave out --passive.`;
    throw new NoDataConnection(error.kind, reason, advice, port);
  }
}
