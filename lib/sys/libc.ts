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
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
});

/** sendfile(2) of Linux; undefined on other systems, or if the C library has an unknown name. */
export const kernelSend: KernelSend | undefined = calls && bindSendfile(calls.sendfile);

/** flock(2). */
export const tryLock: TryLock | undefined =
  calls && ((file) => calls.flock(file, LOCK_EX | LOCK_NB) === 0);

/** isatty(3). `node:tty` could tell too, but takes 6 ms to load. */
export const isTerminal: ((fd: number) => boolean) | undefined =
  calls && ((fd) => calls.isatty(fd) === 1);

const POLLOUT = 4;

/** Waits until a write to the descriptor would not wait any more (poll(2)). Returns false after `ms` milliseconds, or at a signal. */
export const waitUntilWritable: ((fd: number, ms: number) => boolean) | undefined =
  calls && ((fd, ms) => calls.poll(new Int32Array([fd, POLLOUT]), 1, ms) > 0);

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

const SO_RCVBUF = 8;
const IPPROTO_TCP = 6;
const TCP_CORK = 3;
const TCP_CONGESTION = 13;
const SOL_SOCKET = 1;
const SO_KEEPALIVE = 9;
const TCP_KEEPIDLE = 4;
const TCP_KEEPINTVL = 5;
const TCP_KEEPCNT = 6;
const TCP_NOTSENT_LOWAT = 25;
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

/** Room for a few lines of 4 KiB, in bytes. Without a limit the kernel takes up to 6 MiB for each connection that is not read. */
const RECEIVE_BUFFER = new Int32Array([16 * 1024]);

/** Unsent bytes that the kernel takes, beside those on their way: enough to send on while this process does other things. */
const MAX_UNSENT = new Int32Array([128 * 1024]);

/** Bounds what the kernel holds of a peer that sends more than is read (socket(7)). */
export const limitReceiveBuffer: (socket: number) => void = calls
  ? (socket) => void calls.setsockopt(socket, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER, 4)
  : () => {};

/** Bounds what the kernel holds for a peer that does not read (tcp(7)); without it, that is up to 4 MiB. */
export const limitUnsent: (socket: number) => void = calls
  ? (socket) => void calls.setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, MAX_UNSENT, 4)
  : () => {};

const RWF_NOWAIT = 8;

/** Reads into `bytes` only what is in memory: returns how many, or -1 if a disk would be waited for or nobody knows (preadv2(2)). */
export type ReadCached = (file: number, bytes: Uint8Array, offset: number) => number;

/** Undefined if the C library has no such call. A kernel or a file system without it answers -1. */
export const readCached: ReadCached | undefined = bindReadCached();

const POSIX_FADV_RANDOM = 1;
const advise = bind({ posix_fadvise: { args: ["i32", "i64", "i64", "i32"], returns: "i32" } });

/**
 * The kernel then reads from the disk only what is asked for (posix_fadvise(2)). Otherwise a small read may fetch megabytes,
 * for which other files wait on a slow disk, and even a read of what is in memory may start one.
 */
export const disableReadAhead: (file: number) => void = advise
  ? (file) => void advise.posix_fadvise(file, 0, 0, POSIX_FADV_RANDOM)
  : () => {};

const POSIX_FADV_DONTNEED = 4;

/** Drops what is in memory of a file and on the disk as well, for a measurement. */
export const dropCached: (file: number) => void = advise
  ? (file) => void advise.posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)
  : () => {};

const SYS_OPENAT2 = 437n; // the same on all processors; the C library has no name for it
const O_CLOEXEC = 0o2000000n;
const RESOLVE_NO_MAGICLINKS = 0x02n;
const RESOLVE_NO_SYMLINKS = 0x04n;
const RESOLVE_BENEATH = 0x08n;
const RESOLVE_CACHED = 0x20n;

/**
 * Opens `name` beneath an open directory, if that needs no disk and leads through no link (openat2(2), of Linux 5.12).
 * Returns the descriptor, or -1 for any reason: another call then finds out which.
 */
export type OpenCached = (directory: number, name: string, flags: number) => number;

export const openCached: OpenCached | undefined = bindOpenCached();

function bindReadCached(): ReadCached | undefined {
  const args = ["i32", "ptr", "i32", "i64", "i32"] as const;
  const libc = bind({ preadv2: { args, returns: "i64" } });
  if (!libc) return undefined;
  const vector = new BigUint64Array(2);
  return (file, bytes, offset) => {
    vector[0] = BigInt(ptr(bytes));
    vector[1] = BigInt(bytes.length);
    return Number(libc.preadv2(file, vector, 1, offset, RWF_NOWAIT));
  };
}

function bindOpenCached(): OpenCached | undefined {
  const libc = bind({ syscall: { args: ["i64", "i32", "ptr", "ptr", "u64"], returns: "i64" } });
  if (!libc) return undefined;
  const how = new BigUint64Array(3); // struct open_how: flags, mode, resolve
  how[2] = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_CACHED;
  return (directory, name, flags) => {
    how[0] = BigInt(flags) | O_CLOEXEC;
    const path = Buffer.from(`${name}\0`);
    return Number(libc.syscall(SYS_OPENAT2, directory, path, how, how.byteLength));
  };
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
