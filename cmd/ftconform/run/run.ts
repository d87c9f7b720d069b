// Runs the suite on one configuration, with a time limit, a signal that ends it, and a line that shows how far it is.

import {
  CASES,
  PROBES,
  type Result,
  runSuite,
  type SuiteConfig,
} from "../../../conformance/index.ts";

/** `none` is no security boundary. */
export type Sandbox = "bwrap" | "none";

export interface SuiteRun {
  readonly results: readonly Result[];
  /** Why it did not come to its end, if it did not. */
  readonly cut?: string;
  readonly seconds: number;
  /** How the programs were kept from the files and the network of others. Absent if nothing of the kind was asked for. */
  readonly sandbox?: Sandbox;
  /** The last words of the process that ran it, if that was another process and it failed. */
  readonly log?: string;
}

export interface RunLimits {
  /** In ms. */
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly onResult: (result: Result) => void;
}

export async function runWithin(
  config: SuiteConfig,
  { limit, signal, onResult }: RunLimits,
): Promise<SuiteRun> {
  const begun = performance.now();
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), limit);
  const either = AbortSignal.any([signal, over.signal]);
  const results = await runSuite(config, [...CASES, ...PROBES], { signal: either, onResult });
  clearTimeout(timer);
  const cut = over.signal.aborted ? timeLimit(limit) : signal.aborted ? INTERRUPTED : undefined;
  return { results, seconds: secondsSince(begun), ...(cut ? { cut } : {}) };
}

/** Why a run was cut short by a person, a closed terminal or a supervisor. */
export const INTERRUPTED = "it was ended by a signal";

export const timeLimit = (limit: number): string =>
  `it was ended by the time limit of ${limit / 1000} s`;

/** With one digit after the point. */
export const secondsSince = (begun: number): number =>
  Math.round((performance.now() - begun) / 100) / 10;
