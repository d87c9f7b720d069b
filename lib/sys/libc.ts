// The C library: the only file that opens it. Each call is undefined where the system has none.

import { dlopen, type FFIFunction, type Library, ptr } from "bun:ffi";

/** Moves at most `count` bytes of `file` from `offset` into `socket`, in the kernel; returns how many, or -1 (sendfile(2)). */
export type KernelSend = (socket: number, file: number, offset: number, count: number) => number;

/** Takes the exclusive lock of an open file without waiting; false where another process has it (flock(2)). The lock ends with the descriptor. */
export type TryLock = (file: number) => boolean;

const LOCK_EX = 2;
const LOCK_NB = 4;

const calls = bind({
  sendfile: { args: ["i32", "i32", "ptr", "u64"], returns: "i64" },
  flock: { args: ["i32", "i32"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  isatty: { args: ["i32"], returns: "i32" },
});

/** sendfile(2) of Linux; elsewhere, and with a C library that is named otherwise, undefined. */
export const kernelSend: KernelSend | undefined = calls && bindSend(calls.sendfile);

/** flock(2); undefined where it cannot be had. */
export const tryLock: TryLock | undefined =
  calls && ((file) => calls.flock(file, LOCK_EX | LOCK_NB) === 0);

/** isatty(3); undefined where it cannot be had. `node:tty` knows too, at the price of 6 ms of start-up. */
export const isTerminal: ((fd: number) => boolean) | undefined =
  calls && ((fd) => calls.isatty(fd) === 1);

const IPPROTO_TCP = 6;
const TCP_CORK = 3;
const TCP_CONGESTION = 13;
const ON = new Int32Array([1]);
/** Every Linux has it, and lets anybody choose it. */
const RENO = Buffer.from("reno");

/** Lets a socket send whole segments only, until its FIN takes the rest along (tcp(7)): without it a small file costs a segment more. */
export const cork: (socket: number) => void = calls
  ? (socket) => void calls.setsockopt(socket, IPPROTO_TCP, TCP_CORK, ON, ON.byteLength)
  : () => {};

/** Lets a socket send as fast as its peer reads (tcp(7)): for one whose peer is on this machine, where no path is shared. */
export const disablePacing: (socket: number) => void = calls
  ? (socket) => void calls.setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, RENO, RENO.byteLength)
  : () => {};

function bindSend(sendfile: NonNullable<typeof calls>["sendfile"]): KernelSend {
  const position = new BigInt64Array(1);
  const address = ptr(position);
  return (socket, file, offset, count) => {
    position[0] = BigInt(offset);
    return Number(sendfile(socket, file, address, count));
  };
}

/**
 * Calls of the C library by their names; undefined where it does not have all of them. glibc first, then musl by the
 * name that Alpine gives it. Other systems than Linux take other arguments, and are not tried.
 */
export function bind<const Calls extends Record<string, FFIFunction>>(
  wanted: Calls,
): Library<Calls>["symbols"] | undefined {
  if (process.platform !== "linux") return undefined;
  for (const name of ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"]) {
    try {
      return dlopen(name, wanted).symbols;
    } catch {
      // Not this C library: the next name, or none.
    }
  }
  return undefined;
}
