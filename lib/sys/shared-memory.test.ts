// Memory that a child inherits: both see the same words, and no file has its name.

import { expect, test } from "bun:test";
import { closeSync, fstatSync, ftruncateSync } from "node:fs";
import { createSharedMemory, mapSharedMemory, openUnnamedFile } from "./shared-memory.ts";

const BYTES = 8192;
const LIMIT = 10_000;

function createUnnamed(): number {
  const fd = openUnnamedFile();
  ftruncateSync(fd, BYTES);
  return fd;
}

test.each([
  ["memfd_create", () => createSharedMemory(BYTES)],
  ["an unnamed file", createUnnamed],
])(
  "a child that inherits the descriptor of %s writes where this process reads",
  async (_, create) => {
    const fd = create();
    expect(fstatSync(fd).nlink).toBe(0);
    const words = mapSharedMemory(fd);
    expect(words.length).toBe(BYTES / 4);
    words[1] = 7;
    const script = `
      const { mapSharedMemory } = await import(${JSON.stringify(`${import.meta.dir}/shared-memory.ts`)});
      const words = mapSharedMemory(3);
      words[2] = words[1] + 1;`;
    const stdio: [null, "inherit", "inherit", number] = [null, "inherit", "inherit", fd];
    const child = Bun.spawn([process.execPath, "-e", script], { stdio, timeout: LIMIT / 2 });
    expect(await child.exited).toBe(0);
    closeSync(fd);
    expect(words[2]).toBe(8);
  },
  LIMIT,
);
