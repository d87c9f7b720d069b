// A client that opens Q itself and waits on it without a limit: HOST PORT COMMAND [FILE] DATA_PORT. It ends as soon as Q is refused, or P or Q ends.

import { connect, type Socket } from "node:net";

const [host = "", port = "", command = "", ...rest] = process.argv.slice(2);
const dataPort = Number(rest.pop());

function open(to: number): Socket {
  const socket = connect({ host, port: to });
  for (const event of ["error", "end", "close"]) socket.once(event, () => process.exit(1));
  return socket;
}

const p = open(Number(port));
p.write(`${[command, ...rest, dataPort].join(" ")}\n`);
p.resume();
const PAUSE = 100; // milliseconds: a server needs a moment to listen
setTimeout(() => open(dataPort).resume(), PAUSE);
