// What can be concluded from the system calls of a program: a kind of fault, the call that shows it, and the numbers.

import type { StackFrame } from "../subject/stack-frame.ts";
import { isStopSignal, type OpenFile, type Step, type Story } from "./follow-calls.ts";
import type { SystemCall } from "./system-call.ts";

/** What the suite knows of the same case. */
export interface Evidence {
  /** Bytes that the suite has sent. */
  readonly sent: Readonly<Record<"P" | "Q", number>>;
  /** Connections that the suite has opened to P of a server. */
  readonly clients: number;
  /** The suite tried to open Q, and nobody listened. */
  readonly wasRefused: boolean;
  /** The data stands alone on Q, up to its end, and P carries lines. */
  readonly isBare: boolean;
  /** The numbers in the command line of the program. */
  readonly numbers: readonly number[];
}

export interface Found {
  readonly kind: string;
  readonly call: SystemCall;
  readonly facts: Readonly<Record<string, number | string>>;
}

/** One conclusion, as it stands in the result. */
export interface Conclusion {
  readonly kind: string;
  readonly facts: Found["facts"];
  readonly place?: StackFrame;
  /** What the program did, where, and what to do. */
  readonly text: string;
}

/** A check finds its fault, or nothing. */
export type Check = (story: Story, evidence: Evidence) => Found | undefined;

export const found = (kind: string, { call }: Step, facts: Found["facts"] = {}): Found => ({
  kind,
  call,
  facts,
});

/** The calls on a socket or file that come after this one. */
export const stepsAfter = ({ steps }: OpenFile, step: Step): readonly Step[] =>
  steps.slice(steps.indexOf(step) + 1);

/** The first thing that a check finds in one of these. */
export function findFirst<T>(
  all: readonly T[],
  check: (one: T) => Found | undefined,
): Found | undefined {
  for (const one of all) {
    const result = check(one);
    if (result) return result;
  }
  return undefined;
}

export const ofTrack = ({ sockets }: Story, track: "P" | "Q"): readonly OpenFile[] =>
  sockets.filter((socket) => socket.track === track);

/** When the suite told the program to end, or else when it ended, or when the record of a flood of calls was cut; in seconds. */
export const findStop = ({ steps }: Story): number =>
  (
    steps.find(({ call }) => isStopSignal(call)) ??
    steps.findLast(({ call: { name } }) => name === "killed" || name === "exited") ??
    steps.at(-1)
  )?.call.began ?? Infinity;
