// Finds the source line of a system call from the frames of its stack, by the debug information of the program.

import { makeFrame, type StackFrame } from "../subject/stack-frame.ts";
import type { SystemCall } from "./system-call.ts";

/** For addr2line, which reads all debug information of a program, in ms. */
const LIMIT = 5_000;

const FRAME =
  /^(?<program>.+)\((?<name>[^()]*?)(?:\(.*\))?\+0x[0-9a-f]+\) \[0x(?<address>[0-9a-f]+)\]$/;
/** Where the libraries of the system are. */
const FOREIGN = /^\/(usr\/|lib|opt\/)/;

interface OwnFrame {
  readonly program: string;
  readonly name: string;
  readonly address: string;
}

/** Adds the places to the calls. A line needs `-g`; without it the place is only the function. */
export function findPlaces(calls: readonly SystemCall[]): void {
  const found = calls.flatMap((call) => (call.place ? [] : [[call, findOwn(call)] as const]));
  const own = found.flatMap(([, frame]) => frame ?? []);
  const places = new Map<string, StackFrame>();
  for (const [program, frames] of Map.groupBy(own, (frame) => frame.program))
    for (const [address, place] of lookUp(program, frames)) places.set(program + address, place);
  for (const [call, frame] of found) {
    if (!frame) continue;
    call.place = places.get(frame.program + frame.address) ?? makeFrame({ name: frame.name });
  }
}

/** The program's own function that was called last. */
function findOwn({ frames }: SystemCall): OwnFrame | undefined {
  for (const frame of frames) {
    const { program = "", name = "", address = "" } = FRAME.exec(frame)?.groups ?? {};
    if (program !== "" && !FOREIGN.test(program) && name !== "_start")
      return { program, name, address };
  }
  return undefined;
}

/** A frame's address is that of the next instruction, which may be on another line: the call is before it. */
function lookUp(program: string, frames: readonly OwnFrame[]): [string, StackFrame][] {
  const known = [...new Map(frames.map((frame) => [frame.address, frame])).values()];
  if (!Bun.which("addr2line")) return [];
  const addresses = known.map(({ address }) => (BigInt(`0x${address}`) - 1n).toString(16));
  const { stdout } = Bun.spawnSync(["addr2line", "-e", program, ...addresses], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: LIMIT,
  });
  const lines = stdout.toString().split("\n");
  return known.flatMap(({ address, name }, index) => {
    const [, file = "", line = ""] = /^(.*):(\d+)/.exec(lines[index] ?? "") ?? [];
    return file === "" || file === "??" ? [] : [[address, makeFrame({ name, file, line })]];
  });
}
