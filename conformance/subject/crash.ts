// A subject that ends by itself, and the stack trace that its runtime printed.

import { constants } from "node:os";
import { findOwnFrame, formatFrame } from "./stack-frame.ts";

export interface Crash {
  signal?: string;
  status?: number;
  /** What equal crashes have in common: the exception's name, or the signal, or `exit STATUS`. */
  kind: string;
  /** The end and the error, for a person. */
  words: string;
  /** The function, file and line, if they are known. */
  place?: string;
}

/** How a stack trace begins in the languages in which the assignment is solved. */
const BEGINNING =
  /^Traceback \(most recent|^==\d+==ERROR: \w+Sanitizer|^Fatal Python error|^Exception in thread|panicked at|^panic:|Segmentation fault|core dumped|^\s+at .+:\d+/m;
/** The line that names the error. */
const ERROR_LINE =
  /^(==\d+==ERROR: .*|Fatal Python error.*|Exception in thread .*|[\w.:]*(Error|Exception)\b.*|panic:.*|.*(panicked at|Segmentation fault).*)$/;
const ERROR_NAME = /(?<=Sanitizer: )[\w-]+|[\w.]*(Error|Exception)\b/;

/** How a stack trace begins, its line that names the error, and that name. */
export function findStackTrace(
  output: string,
): { beginning: string; line: string; error?: string } | undefined {
  const beginning = BEGINNING.exec(output);
  if (!beginning) return undefined;
  const lines = output.split("\n");
  // What a sanitizer says first is the cause; of exceptions the last one counts.
  const named =
    lines.find((line) => line.includes("Sanitizer: ") && ERROR_LINE.test(line)) ??
    lines.findLast((line) => ERROR_LINE.test(line));
  const line = (named ?? beginning[0]).trim();
  const error = ERROR_NAME.exec(line)?.[0];
  return { beginning: beginning[0], line, ...(error && { error }) };
}

export interface ProcessEnd {
  code: number | null;
  signal: string | number | null;
  words: string;
}

/** A shell reports a program that a signal has ended by a status of this and the signal's number. */
const SIGNAL_STATUS = 128;

/** The crash of a program that nobody has ended; nothing if it runs and has printed no stack trace. */
export function describeCrash(output: string, end: ProcessEnd | undefined): Crash | undefined {
  const trace = findStackTrace(output);
  if (!end && !trace) return undefined;
  const signal = end?.signal ?? signalOf(end?.code ?? 0);
  const status = end?.code ?? undefined;
  const frame = trace && findOwnFrame(output);
  const place = frame && formatFrame(frame);
  return {
    ...(signal === undefined ? {} : { signal: String(signal) }),
    ...(status === undefined ? {} : { status }),
    kind: trace?.error ?? String(signal ?? (end ? `exit ${status}` : trace?.line)),
    words: [end?.words, trace?.line, place && `at ${place}`].filter(Boolean).join(", "),
    ...(place === undefined ? {} : { place }),
  };
}

const signalOf = (status: number): string | undefined =>
  Object.entries(constants.signals).find(([, number]) => number + SIGNAL_STATUS === status)?.[0];
