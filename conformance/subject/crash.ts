// A subject that ends by itself, and the stack trace that its runtime printed.

import { constants } from "node:os";

export interface Crash {
  signal?: string;
  status?: number;
  /** What equal crashes have in common: the exception's name, or the signal, or `exit STATUS`. */
  kind: string;
  /** The end and the error, for a person. */
  words: string;
}

/** How a stack trace begins in the languages in which the assignment is solved. */
const BEGINNING =
  /^Traceback \(most recent|^Exception in thread|panicked at|^panic:|Segmentation fault|core dumped|^\s+at .+:\d+/m;
/** The line that names the error. */
const ERROR_LINE =
  /^(Exception in thread .*|[\w.:]*(Error|Exception)\b.*|panic:.*|.*(panicked at|Segmentation fault).*)$/;
const ERROR_NAME = /[\w.]*(Error|Exception)\b/;

/** How a stack trace begins, its line that names the error, and that name. */
export function findStackTrace(
  output: string,
): { beginning: string; line: string; error?: string } | undefined {
  const beginning = BEGINNING.exec(output);
  if (!beginning) return undefined;
  const named = output.split("\n").findLast((line) => ERROR_LINE.test(line));
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
  return {
    ...(signal === undefined ? {} : { signal: String(signal) }),
    ...(status === undefined ? {} : { status }),
    kind: trace?.error ?? String(signal ?? (end ? `exit ${status}` : trace?.line)),
    words: [end?.words, trace?.line].filter(Boolean).join(", "),
  };
}

const signalOf = (status: number): string | undefined =>
  Object.entries(constants.signals).find(([, number]) => number + SIGNAL_STATUS === status)?.[0];
