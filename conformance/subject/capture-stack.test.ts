// A program that waits is asked where it is: by gdb in C, by a signal in Python.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { captureStacks } from "./capture-stack.ts";

/** A compiler and a debugger on a machine that is busy. */
const LIMIT = 60_000;
const here = mkdtempSync(join(tmpdir(), "ft-capture-"));
afterAll(() => rmSync(here, { recursive: true, force: true }));

const C = `#include <stdio.h>
#include <unistd.h>
static void wait_for_client(void) {
  char c;
  puts("ready"); fflush(stdout);
  read(0, &c, 1);
}
int main(void) { wait_for_client(); return 0; }
`;
const PYTHON = `import sys, threading
def wait_for_client():
    print("ready", flush=True)
    sys.stdin.read()
threading.Thread(target=lambda: threading.Event().wait(), daemon=True).start()
wait_for_client()
`;

/** Runs the program until it says that it is ready, and asks where it is. */
async function capture(...command: string[]): Promise<string[]> {
  const program = Bun.spawn(command, {
    env: { PATH: Bun.env["PATH"] ?? "", PYTHONFAULTHANDLER: "1" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const source = { processes: [program.pid], output: "" };
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const piece of stream) source.output += Buffer.from(piece).toString("latin1");
  };
  const reading = [read(program.stdout), read(program.stderr)];
  try {
    while (!source.output.includes("ready") && program.exitCode === null) await Bun.sleep(5);
    return await captureStacks(source);
  } finally {
    program.kill("SIGKILL");
    await Promise.all([program.exited, ...reading]);
  }
}

const hasC = Bun.which("gcc") !== null && Bun.which("gdb") !== null;

function compile(...flags: string[]): string {
  const [source, program] = [join(here, "wait.c"), join(here, `wait${flags.join("")}`)];
  writeFileSync(source, C);
  expect(Bun.spawnSync(["gcc", ...flags, "-o", program, source]).success).toBe(true);
  return program;
}

test.skipIf(!hasC)(
  "C that was built with -g: the function, the file and the line (skipped without gcc and gdb)",
  async () => {
    const [place] = await capture(compile("-g"));
    expect(place).toBe(
      "your program waits at wait.c line 6, in wait_for_client, in a call of read",
    );
  },
  LIMIT,
);

test.skipIf(!hasC)(
  "C without debug information: the function, and how to see the line (skipped without gcc and gdb)",
  async () => {
    const [place] = await capture(compile());
    expect(place).toContain("in wait_for_client");
    expect(place).toContain("build with -g");
  },
  LIMIT,
);

test.skipIf(Bun.which("python3") === null)(
  "Python: the line of each thread (skipped without Python)",
  async () => {
    writeFileSync(join(here, "wait.py"), PYTHON);
    const places = await capture("python3", join(here, "wait.py"));
    expect(places).toContain("your program waits at wait.py line 4, in wait_for_client");
    expect(places).toContain("your program waits at wait.py line 5, in <lambda>");
  },
  LIMIT,
);

test("a process that is gone is nowhere", async () => {
  expect(await captureStacks({ processes: [2 ** 22 + 1], output: "" })).toEqual([]);
});
