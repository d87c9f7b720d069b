// Which cases are played once more under strace, and what their results take from that.

import { parseAddress } from "../subject/command-line.ts";
import type { SuiteConfig } from "../subject/config.ts";
import { whyUntraced } from "../subject/strace.ts";
import type { CaseFacts } from "./result.ts";

/** All attempts under strace that nobody asked for, together, in ms: a program that fails everywhere is shown often enough. */
const BUDGET = 20_000;

/** The tracing of one run. */
export class Tracing {
  static readonly #all = new WeakMap<SuiteConfig, Tracing>();
  #spent = 0;
  #hasSaid = false;

  private constructor(private readonly config: SuiteConfig) {}

  static of(config: SuiteConfig): Tracing {
    const known = this.#all.get(config) ?? new Tracing(config);
    this.#all.set(config, known);
    return known;
  }

  /** `isThorough` is false for a case that is tried only once. */
  isWanted({ verdict, isUnstarted, timeline }: CaseFacts, isThorough: boolean): boolean {
    const { tracing, server = "", seal } = this.config;
    // In a sandbox, the suite cannot see the calls.
    if (tracing === undefined || seal || parseAddress(server) || isUnstarted) return false;
    // A case that plays many runs shows none of them.
    if (timeline.length === 0) return false;
    if (tracing === "all") return verdict !== "not-applicable";
    return isThorough && verdict === "fail" && this.#spent < BUDGET;
  }

  /** Why there is no strace, the first time; an empty text later. Nothing if it works. */
  whyNot(): string | undefined {
    const reason = whyUntraced();
    if (reason === undefined) return undefined;
    const isNew = !this.#hasSaid;
    this.#hasSaid = true;
    return isNew ? reason : "";
  }

  /** Counts the time until it is disposed of. */
  spend(): Disposable {
    const began = performance.now();
    return {
      [Symbol.dispose]: () => {
        this.#spent += performance.now() - began;
      },
    };
  }
}

/** The verdict stays. If the traced attempt had the same, its timeline tells the same story, with the calls. */
export function mergeTrace(facts: CaseFacts, traced: CaseFacts): CaseFacts {
  const { conclusions = [] } = traced;
  const sentences = conclusions.map(({ text }) => text);
  const isSame = traced.verdict === facts.verdict;
  const difference = isSame || sentences.length > 0 ? [] : [describeDifference(traced)];
  const remarks = [...new Set([...sentences, ...(facts.remarks ?? []), ...difference])];
  return {
    ...(isSame ? takeTimeline(facts, traced) : facts),
    ...(conclusions.length > 0 && { conclusions }),
    ...(remarks.length > 0 && { remarks }),
  };
}

function describeDifference({ verdict, reason, observed }: CaseFacts): string {
  const why = reason ?? observed;
  const detail = why ? ` (${why})` : "";
  return `under strace the verdict was ${verdict}${detail}, so that its system calls are not shown`;
}

/** What was observed goes with its timeline. */
function takeTimeline({ decisive: _, ...facts }: CaseFacts, traced: CaseFacts): CaseFacts {
  const { timeline, expected, observed, judgedAt, decisive } = traced;
  return {
    ...facts,
    timeline,
    ...(expected !== undefined && { expected }),
    ...(observed !== undefined && { observed }),
    ...(judgedAt !== undefined && { judgedAt }),
    ...(decisive !== undefined && { decisive }),
  };
}
