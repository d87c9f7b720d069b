// A datagram to a Unix socket (unix(7)), which Bun's sockets do not offer.

import { bind } from "./libc.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;

/** The longest path in a `struct sockaddr_un`, in bytes, with its NUL. */
const MAX_PATH_BYTES = 108;

/** Sends a text without waiting; false if that fails. A path that begins with `@` is an abstract one, as systemd writes it. */
export function sendDatagram(path: string, text: string): boolean {
  const calls = bind({
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
    close: { args: ["i32"], returns: "i32" },
  });
  const name = Buffer.from(path.startsWith("@") ? `\0${path.slice(1)}` : `${path}\0`);
  const socket = calls?.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) ?? -1;
  if (!calls || socket < 0) return false;
  const address = Buffer.concat([new Uint8Array(new Uint16Array([AF_UNIX]).buffer), name]);
  const bytes = Buffer.from(text);
  const sent =
    name.length <= MAX_PATH_BYTES &&
    Number(calls.sendto(socket, bytes, bytes.length, MSG_NOSIGNAL, address, address.length)) ===
      bytes.length;
  calls.close(socket);
  return sent;
}
