// The only file that calls the C library: sendfile(2), flock(2) and isatty(3), each undefined where the system has none.

import { dlopen, ptr } from "bun:ffi";

/** Moves at most `count` bytes of `file` from `offset` into `socket`, in the kernel; returns how many, or -1 (sendfile(2)). */
export type KernelSend = (socket: number, file: number, offset: number, count: number) => number;

/** Takes the exclusive lock of an open file without waiting; false where another process has it (flock(2)). The lock ends with the descriptor. */
export type TryLock = (file: number) => boolean;

const LOCK_EX = 2;
const LOCK_NB = 4;
const MSG_DONTWAIT = 0x40;

const symbols = load();

/** sendfile(2) of Linux; elsewhere, and with a C library that is named otherwise, undefined. */
export const kernelSend: KernelSend | undefined = symbols && bindSend(symbols.sendfile);

/** flock(2); undefined where it cannot be had. */
export const tryLock: TryLock | undefined =
  symbols && ((file) => symbols.flock(file, LOCK_EX | LOCK_NB) === 0);

/** isatty(3); undefined where it cannot be had. `node:tty` knows too, at the price of 6 ms of start-up. */
export const isTerminal: ((fd: number) => boolean) | undefined =
  symbols && ((fd) => symbols.isatty(fd) === 1);

/** Takes into `buffer` what a socket holds, without waiting: how many bytes, 0 at the peer's FIN, or -1 (recv(2)). */
export const kernelReceive =
  symbols &&
  ((socket: number, buffer: Uint8Array): number =>
    Number(symbols.recv(socket, buffer, buffer.length, MSG_DONTWAIT)));

function bindSend(sendfile: NonNullable<typeof symbols>["sendfile"]): KernelSend {
  const position = new BigInt64Array(1);
  const address = ptr(position);
  return (socket, file, offset, count) => {
    position[0] = BigInt(offset);
    return Number(sendfile(socket, file, address, count));
  };
}

/** glibc first, then musl by the name that Alpine gives it. Other systems take other arguments, and are not tried. */
function load() {
  if (process.platform !== "linux") return undefined;
  for (const name of ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"]) {
    try {
      return dlopen(name, {
        sendfile: { args: ["i32", "i32", "ptr", "u64"], returns: "i64" },
        recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
        flock: { args: ["i32", "i32"], returns: "i32" },
        isatty: { args: ["i32"], returns: "i32" },
      }).symbols;
    } catch {
      // Not this C library: the next name, or none.
    }
  }
  return undefined;
}
