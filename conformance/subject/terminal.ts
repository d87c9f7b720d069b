// A pseudo-terminal as the screen of a program: into a pipe, C programs print only when they end.

import { dlopen, ptr } from "bun:ffi";
import { closeSync, constants, openSync } from "node:fs";

const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants;
const O_CLOEXEC = 0o2000000; // Linux; node:fs does not name it
const NAME_LENGTH = 64; // bytes: /dev/pts/ and a number
const TERMIOS_LENGTH = 256; // bytes: more than any C library has for its struct termios
const TCSANOW = 0;
const TIOCSWINSZ = 0x5414; // Linux
/** Rows and columns. A program that breaks its lines at the edge of the screen must not break a message. */
const WINDOW = new Uint16Array([50, 500, 0, 0]);

export interface Terminal {
  /** The suite's end: what the program prints can be read here. */
  readonly master: number;
  /** The program's end. Close it once the program has it, or its end is not seen. */
  readonly slave: number;
}

const calls = bind();

/** Opens a terminal that passes all bytes as they are, without an echo; undefined if this system has none. */
export function openTerminal(): Terminal | undefined {
  if (!calls) return undefined;
  const master = calls.posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0) return undefined;
  try {
    return { master, slave: openSlave(calls, master) };
  } catch {
    closeSync(master);
    return undefined;
  }
}

function openSlave(libc: NonNullable<typeof calls>, master: number): number {
  const name = Buffer.alloc(NAME_LENGTH);
  if (libc.grantpt(master) !== 0 || libc.unlockpt(master) !== 0) throw new Error("no terminal");
  if (libc.ptsname_r(master, ptr(name), NAME_LENGTH) !== 0) throw new Error("no name");
  const slave = openSync(name.toString("latin1").split("\0")[0] ?? "", O_RDWR | O_NOCTTY);
  const settings = Buffer.alloc(TERMIOS_LENGTH);
  libc.tcgetattr(slave, ptr(settings));
  libc.cfmakeraw(ptr(settings)); // no echo, and no CR before a LF
  libc.tcsetattr(slave, TCSANOW, ptr(settings));
  libc.ioctl(slave, TIOCSWINSZ, ptr(WINDOW));
  return slave;
}

/** The calls of the C library, under its name in glibc or musl; undefined on other systems. */
function bind() {
  if (process.platform !== "linux") return undefined;
  const musl = process.arch === "arm64" ? "aarch64" : "x86_64";
  for (const name of ["libc.so.6", `libc.musl-${musl}.so.1`]) {
    try {
      return dlopen(name, {
        posix_openpt: { args: ["i32"], returns: "i32" },
        grantpt: { args: ["i32"], returns: "i32" },
        unlockpt: { args: ["i32"], returns: "i32" },
        ptsname_r: { args: ["i32", "ptr", "u64"], returns: "i32" },
        tcgetattr: { args: ["i32", "ptr"], returns: "i32" },
        tcsetattr: { args: ["i32", "i32", "ptr"], returns: "i32" },
        cfmakeraw: { args: ["ptr"], returns: "void" },
        ioctl: { args: ["i32", "u64", "ptr"], returns: "i32" },
      }).symbols;
    } catch {
      // Another C library.
    }
  }
  return undefined;
}
