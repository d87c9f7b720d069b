// Reads what strace wrote: the system calls of a program, in the order in which they ended.

import { sum } from "../net/usage.ts";
import { makeFrame, type StackFrame } from "../subject/stack-frame.ts";
import { PLACE_MARK } from "../subject/python-places.ts";

export interface SystemCall {
  /** The thread; for the first thread of a process, its number too. */
  readonly thread: number;
  /** As the C library calls it: `recv` for recvfrom, `fork` for clone. `signal`, `killed` and `exited` are events. */
  readonly name: string;
  /** All arguments, as strace shows them. */
  readonly text: string;
  /** Its first argument, if that is a descriptor. */
  readonly descriptor?: number;
  /** The value; nothing if it did not return. */
  readonly result?: number;
  /** Such as EPIPE. */
  readonly error?: string;
  /** The bytes that it read or wrote, or the beginning of them, as Latin-1. */
  readonly data: string;
  /** How many bytes it was given, or had room for. */
  readonly size: number;
  /** What strace knows of its first descriptor: a path, or both addresses of a connection. */
  readonly target: string;
  /** The same of the descriptor that it returned. */
  readonly returned: string;
  /** In seconds since 1970. */
  readonly began: number;
  readonly ended: number;
  /** `program(function+0x1f) [0x12a9]` of each frame, the last one that was called first. */
  readonly frames: readonly string[];
  /** How often Python had printed since it wrote last on standard output. */
  readonly prints: number;
  /** The line of the program's own source, if it is known. */
  place?: StackFrame;
}

const LINE = /^(\d+) +(\d+\.\d+) (.*)$/;
const UNFINISHED = / *<unfinished \.\.\.>$/;
const RESUMED = /^<\.\.\. \w+ resumed>/;
const WHOLE = /^(\w+)\((.*)\)\s+= (.*?)(?: <(\d+\.\d+)>)?$/s;
/** A descriptor with what it stands for. */
const DESCRIPTOR = /^(-?\d+)(?:<((?:->|[^>])*)>)?/;
const STRING = /"((?:[^"\\]|\\.)*)"/gs;
const SIZE = /(?:"(?:\.\.\.)?|0x[0-9a-f]+|NULL), (\d+)/;
const IOV_SIZE = /iov_len=(\d+)/g;

const NAMES: Record<string, string> = {
  recvfrom: "recv",
  sendto: "send",
  accept4: "accept",
  openat: "open",
  creat: "open",
  clone: "fork",
  clone3: "fork",
  vfork: "fork",
  waitid: "wait",
  wait4: "wait",
};

interface Begun {
  text: string;
  began: number;
}

/** A call that did not return before the end is the last of its thread, and has no result. */
export function parseCalls(trace: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const open = new Map<number, Begun>();
  const marks = new Map<number, Mark>();
  let frames: string[] = [];
  for (const line of trace.split("\n")) {
    if (line.startsWith(" > ")) {
      // What follows the first function of a thread belongs to another one.
      if (!/\((_start|clone3?)\+/.test(frames.at(-1) ?? "")) frames.push(line.slice(3));
      continue;
    }
    const [, id = "", time = "", rest = ""] = LINE.exec(line) ?? [];
    if (id === "") continue;
    const [thread, at] = [Number(id), Number(time)];
    if (UNFINISHED.test(rest)) {
      open.set(thread, { text: rest.replace(UNFINISHED, ""), began: at });
      continue;
    }
    const begun = open.get(thread);
    const isResumed = RESUMED.test(rest);
    if (isResumed) open.delete(thread);
    const text = isResumed ? `${begun?.text ?? ""}${rest.replace(RESUMED, "")}` : rest;
    frames = [];
    const began = isResumed ? (begun?.began ?? at) : at;
    const call = parseEvent(thread, text, at) ?? parseWhole(thread, text, began, at, frames);
    if (!call) continue;
    const before = marks.get(thread);
    const mark = parseMark(call, before);
    if (mark) marks.set(thread, mark);
    else calls.push(addMark(call, before));
    if (before && call.name === "write" && isScreen(call)) before.prints = 0;
  }
  // A program that was killed has not returned from its last call.
  for (const [thread, { text, began }] of open) {
    const call = parseWhole(thread, `${text}) = ?`, began, Infinity, []);
    if (call) calls.push(addMark(call, marks.get(thread)));
  }
  return calls;
}

const isScreen = ({ descriptor }: SystemCall): boolean => descriptor === 1 || descriptor === 2;

/** What Python said before its call. */
interface Mark {
  place: StackFrame;
  prints: number;
}

const addMark = (call: SystemCall, mark: Mark | undefined): SystemCall => ({
  ...call,
  ...(mark && { place: mark.place, prints: mark.prints }),
});

const EVENT = { text: "", data: "", size: 0, target: "", returned: "", prints: 0, frames: [] };

function parseEvent(thread: number, text: string, at: number): SystemCall | undefined {
  const common = { ...EVENT, thread, began: at, ended: at };
  const [, signal] = /^--- (SIG\w+) /.exec(text) ?? [];
  if (signal) return { ...common, name: "signal", text: signal };
  const [, killer] = /^\+\+\+ killed by (SIG\w+)/.exec(text) ?? [];
  if (killer) return { ...common, name: "killed", text: killer };
  const [, status] = /^\+\+\+ exited with (\d+)/.exec(text) ?? [];
  return status === undefined ? undefined : { ...common, name: "exited", text: status };
}

function parseWhole(
  thread: number,
  text: string,
  began: number,
  at: number,
  frames: string[],
): SystemCall | undefined {
  const [, called = "", args = "", value = "", took] = WHOLE.exec(text) ?? [];
  if (called === "") return undefined;
  const [, result, returned = ""] = DESCRIPTOR.exec(value) ?? [];
  const [, descriptor, target = ""] = DESCRIPTOR.exec(args) ?? [];
  const [, error] = /^-1 (E\w+)/.exec(value) ?? [];
  const data = [...args.matchAll(STRING)].map(([, part = ""]) => unescapeText(part)).join("");
  const pieces = [...args.matchAll(IOV_SIZE)].map(([, size]) => Number(size));
  const size = pieces.length > 0 ? sum(pieces) : Number(SIZE.exec(args)?.[1] ?? 0);
  return {
    ...{ thread, name: NAMES[called] ?? called, text: args, data, size, target, returned, frames },
    prints: 0,
    // A call that was interrupted is told when it goes on: then its time of beginning is known already.
    ...{ began, ended: Math.max(at, began + Number(took ?? 0)) },
    ...(descriptor !== undefined && { descriptor: Number(descriptor) }),
    ...(result !== undefined && { result: Number(result) }),
    ...(error && { error }),
  };
}

/** The place that a program in Python names before its next call. */
function parseMark({ name, descriptor, data }: SystemCall, before?: Mark): Mark | undefined {
  if (name !== "write" || descriptor !== -1 || !data.startsWith(PLACE_MARK)) return undefined;
  const [file = "", line = "", code = "", called] = data.slice(PLACE_MARK.length).split(":");
  const place = makeFrame({ file, line, name: code === "<module>" ? "" : code });
  return { place, prints: (before?.prints ?? 0) + (called === "print" ? 1 : 0) };
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", v: "\v", f: "\f" };

/** A string as C writes it. */
const unescapeText = (text: string): string =>
  text.replace(/\\([0-7]{1,3}|x[0-9a-f]{2}|.)/gs, (_, code: string) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    return ESCAPES[code] ?? code;
  });
