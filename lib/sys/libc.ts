// The only file that opens the C library. A call is undefined if the system does not have it.

import { dlopen, type FFIFunction, type Library, ptr } from "bun:ffi";

/** Moves at most `count` bytes of `file` from `offset` into `socket`, in the kernel; returns how many, or -1 (sendfile(2)). */
export type KernelSend = (socket: number, file: number, offset: number, count: number) => number;

/** Locks an open file without waiting; false if another process has the lock (flock(2)). It ends with the descriptor. */
export type TryLock = (file: number) => boolean;

const LOCK_EX = 2;
const LOCK_NB = 4;

const calls = bind({
  sendfile: { args: ["i32", "i32", "ptr", "u64"], returns: "i64" },
  flock: { args: ["i32", "i32"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  sigaction: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  isatty: { args: ["i32"], returns: "i32" },
});

/** sendfile(2) of Linux; undefined on other systems, or if the C library has an unknown name. */
export const kernelSend: KernelSend | undefined = calls && bindSendfile(calls.sendfile);

/** flock(2). */
export const tryLock: TryLock | undefined =
  calls && ((file) => calls.flock(file, LOCK_EX | LOCK_NB) === 0);

/** isatty(3). `node:tty` could tell too, but takes 6 ms to load. */
export const isTerminal: ((fd: number) => boolean) | undefined =
  calls && ((fd) => calls.isatty(fd) === 1);

/** `struct sigaction` is at most so large, in bytes, on every Linux. It begins with the handler. */
const SIGACTION_BYTES = 256;
const SIG_IGN = 1n;

/** True if the caller of this program chose that it ignores a signal, and no handler was installed since (sigaction(2)). */
export const isSignalIgnored: ((signal: number) => boolean) | undefined =
  calls &&
  ((signal) => {
    const action = new BigUint64Array(SIGACTION_BYTES / BigUint64Array.BYTES_PER_ELEMENT);
    return calls.sigaction(signal, null, action) === 0 && action[0] === SIG_IGN;
  });

const IPPROTO_TCP = 6;
const TCP_CORK = 3;
const TCP_CONGESTION = 13;
const SOL_SOCKET = 1;
const SO_KEEPALIVE = 9;
const TCP_KEEPIDLE = 4;
const TCP_KEEPINTVL = 5;
const TCP_KEEPCNT = 6;
const ON = new Int32Array([1]);
/** After how long a silence the kernel probes, in seconds: sooner than any firewall forgets a connection, and still cheap. */
const KEEP_ALIVE = new Int32Array([5]);
/** How many probes may stay without an answer: ten minutes of them, since our own time limits end a transfer earlier. */
const PROBES = new Int32Array([120]);
/** Every Linux has this congestion control, and allows it to every user. */
const RENO = Buffer.from("reno");

/** Makes a socket send only full segments until its FIN takes the rest along (tcp(7)): a small file then needs one segment less. */
export const cork: (socket: number) => void = calls
  ? (socket) => void calls.setsockopt(socket, IPPROTO_TCP, TCP_CORK, ON, ON.byteLength)
  : () => {};

/** Makes a socket send as fast as its peer reads (tcp(7)): only for a peer on this machine, where no network is shared. */
export const disablePacing: (socket: number) => void = calls
  ? (socket) => void calls.setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, RENO, RENO.byteLength)
  : () => {};

/** Makes the kernel send a packet now and then on a socket that is silent (tcp(7)), so that no firewall between forgets it. */
export function keepAlive(socket: number): void {
  calls?.setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, KEEP_ALIVE, KEEP_ALIVE.byteLength);
  calls?.setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, KEEP_ALIVE, KEEP_ALIVE.byteLength);
  calls?.setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, PROBES, PROBES.byteLength);
  calls?.setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, ON, ON.byteLength);
}

function bindSendfile(sendfile: NonNullable<typeof calls>["sendfile"]): KernelSend {
  const position = new BigInt64Array(1);
  const address = ptr(position);
  return (socket, file, offset, count) => {
    position[0] = BigInt(offset);
    return Number(sendfile(socket, file, address, count));
  };
}

/**
 * The calls of the C library with the names of `declarations`; undefined if it lacks one of them. Tries glibc, then musl
 * under its names on Alpine. Other systems than Linux have other arguments, and are not tried.
 */
export function bind<const Calls extends Record<string, FFIFunction>>(
  declarations: Calls,
): Library<Calls>["symbols"] | undefined {
  if (process.platform !== "linux") return undefined;
  for (const name of ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"]) {
    try {
      return dlopen(name, declarations).symbols;
    } catch {
      // This system has another C library: try the next name.
    }
  }
  return undefined;
}
