// Finds out in which line of its source a program waits: by gdb, or by a signal at which its runtime prints that.

import { readlinkSync } from "node:fs";
import { basename } from "node:path";
import { findOwnFrame, formatFrame, makeFrame } from "./stack-frame.ts";

/** What is asked of a program. */
export interface StackSource {
  /** Its processes, the oldest first. */
  readonly processes: readonly number[];
  /** All that it has printed so far. */
  readonly output: string;
}

/** Processes of one program that are asked: a server that forks has the oldest and those of its clients. */
const MOST_PROCESSES = 3;
/** For gdb, which reads the debug information of all libraries, in ms. */
const GDB_LIMIT = 8_000;
/** For a runtime that prints its stack, in ms. */
const PRINT_LIMIT = 1_500;
const QUIET = 60; // ms
/** Threads that wait at the same place are told once, and not more places than this. */
const MOST_PLACES = 4;
/** How the frames of a thread begin, in gdb, Python and Java. */
const THREAD = /^(?=Thread \d|Thread 0x|Current thread|"[^"\n]+" #\d)/m;

/** A frame of gdb: its number, perhaps an address, the function, and perhaps the file and line, or the library. */
const GDB_FRAME =
  /^#\d+ +(?:0x[0-9a-f]+ in )?(?<name>[\w:~<>]+) \([^\n]*?\)(?: at (?<file>[^\s:]+):(?<line>\d+)| from (?<library>\S+))?$/gm;
/** Where the C library and its source are. */
const FOREIGN = /\/(sysdeps|nptl|csu|socket|io|posix|misc|nscd|inet)\/|^\.\.\//;
const START = new Set([
  "_start",
  "__libc_start_main",
  "__libc_start_call_main",
  "??",
  "clone3",
  "start_thread",
]);

/** A sentence for each process: where it is. The program may be of no use after that. Never throws. */
export async function captureStacks(program: StackSource): Promise<string[]> {
  const places = new Set<string>();
  for (const pid of program.processes.slice(0, MOST_PROCESSES))
    for (const place of await captureOne(program, pid).catch(() => [])) places.add(place);
  return [...places].slice(0, MOST_PLACES);
}

/** The places of all its threads. */
async function captureOne(program: StackSource, pid: number): Promise<string[]> {
  const name = basename(readlinkSync(`/proc/${pid}/exe`));
  if (/^python/.test(name)) return capturePrinted(program, pid, "SIGABRT");
  if (name === "java") return capturePrinted(program, pid, "SIGQUIT");
  if (/^(bun|node|deno|sh|dash|bash|ruby|perl)$/.test(name)) return [];
  return captureByGdb(pid);
}

/** Python prints its stack at SIGABRT, since PYTHONFAULTHANDLER is set, the frame that was called last first; Java at SIGQUIT. */
async function capturePrinted(
  program: StackSource,
  pid: number,
  signal: NodeJS.Signals,
): Promise<string[]> {
  const before = program.output.length;
  process.kill(pid, signal);
  const end = performance.now() + PRINT_LIMIT;
  let length = 0;
  // It prints at once; when nothing more comes, that was all.
  for (let more = -1; more !== length && performance.now() < end;) {
    await Bun.sleep(QUIET);
    more = length === 0 ? -1 : length;
    length = program.output.length - before;
  }
  return explainThreads(program.output.slice(before));
}

/** Python's dump has the frames of a thread in the other order than a traceback. */
export function explainThreads(text: string): string[] {
  const isPython = text.includes("(most recent call first)");
  return text.split(THREAD).flatMap((thread) => {
    const lines = thread.split("\n");
    const frame = findOwnFrame((isPython ? lines.toReversed() : lines).join("\n"));
    return frame ? [`your program waits at ${formatFrame(frame)}`] : [];
  });
}

async function captureByGdb(pid: number): Promise<string[]> {
  if (!Bun.which("gdb")) return ["install gdb to see here in which line it waits"];
  const command = ["gdb", "-batch", "-nx", "-p", String(pid), "-ex", "thread apply all bt 12"];
  const gdb = Bun.spawn(command, { stdio: ["ignore", "pipe", "ignore"], timeout: GDB_LIMIT });
  const text = await gdb.stdout.text();
  await gdb.exited;
  return text.split(THREAD).flatMap((thread) => explainGdb(thread) ?? []);
}

/** Where the thread is, from gdb's list of its frames. */
export function explainGdb(text: string): string | undefined {
  const frames = [...text.matchAll(GDB_FRAME)].map(({ groups = {} }) => groups);
  const own = frames.filter(
    ({ name = "", file = "", library }) =>
      !library && !FOREIGN.test(file) && !START.has(name) && !name.startsWith("__"),
  );
  const [first] = own;
  if (!first) return undefined;
  const at = frames.indexOf(first);
  const called = frames[at - 1]?.["name"]?.replace(/^(_+|libc_|GI_)+/, "");
  const through = called ? `, in a call of ${called}` : "";
  const advice = first["file"] ? "" : " (build with -g to see the line)";
  return `your program waits at ${formatFrame(makeFrame(first))}${through}${advice}`;
}
