// Memory that several processes share: a descriptor, which a child inherits. It has no name, so nobody else can open or remove it.

import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bind } from "./libc.ts";

const MFD_CLOEXEC = 1;

/** Returns the descriptor of so many bytes of zeros. Only a child to which it is passed inherits it. Throws the system's error. */
export function createSharedMemory(bytes: number): number {
  const fd = createMemfd() ?? openUnnamedFile();
  try {
    ftruncateSync(fd, bytes);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Maps the memory of a descriptor. It lasts as long as the process, even after the descriptor is closed. */
export function mapSharedMemory(fd: number): Int32Array {
  const directory = process.platform === "linux" ? "/proc/self/fd" : "/dev/fd";
  const { buffer, byteOffset, byteLength } = Bun.mmap(`${directory}/${fd}`);
  return new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT);
}

/** memfd_create(2); undefined on a system without it. */
function createMemfd(): number | undefined {
  const calls = bind({ memfd_create: { args: ["ptr", "u32"], returns: "i32" } });
  const fd = calls?.memfd_create(Buffer.from("ftkit\0"), MFD_CLOEXEC) ?? -1;
  return fd < 0 ? undefined : fd;
}

/** A file that loses its name at once: a program that cleans the directory cannot find it. */
export function openUnnamedFile(): number {
  const directory = mkdtempSync(join(tmpdir(), "ftkit-"));
  try {
    return openSync(join(directory, "memory"), "wx+", 0o600);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
